/** A creation that is repeated under one Idempotency-Key makes nothing more, and gives the same answer. */
import { applyD1Migrations } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { findGrant } from "../../src/grant/find.ts";
import { hashToken } from "../../src/grant/token.ts";
import { type Answer, ask, grantUnder, listed, operatorWith } from "./admin-given.ts";
import { problemIn } from "./api-given.ts";
import { ledgerOf } from "./ledger-given.ts";

beforeAll(() => applyD1Migrations(env.GRANTGATE_DB, env.TEST_MIGRATIONS));
afterEach(() => vi.useRealTimers());

const DAY_MS = 24 * 3_600_000;

type Kind = {
  readonly path: string;
  readonly status: number;
  readonly body: object;
  readonly other: object;
  /** How many there are of what it makes. */
  readonly count: () => Promise<number>;
};

let slugs = 0;

async function grants(): Promise<Kind> {
  const server = `again-${++slugs}`;
  await grantUnder(server);
  const body = { server, policy: "support", label: "CI" };
  const count = async () => (await listed(`/grants?server=${server}`)).length - 1;
  return { path: "/grants", status: 201, body, other: { ...body, label: "other" }, count };
}

async function operators(): Promise<Kind> {
  const name = `Again ${++slugs}`;
  const count = async () => (await listed("/operators")).filter((one) => one.name === name).length;
  return { path: "/operators", status: 201, body: { name, role: "viewer" }, other: { name, role: "admin" }, count };
}

async function rotations(): Promise<Kind> {
  const { id } = await grantUnder(`again-${++slugs}`);
  const count = async () => (await listed(`/changes?target=grant:${id}&action=grant.rotate`)).length;
  const path = `/grants/${id}/rotate`;
  return { path, status: 200, body: { overlapSeconds: 60 }, other: { overlapSeconds: 0 }, count };
}

const KINDS = [
  ["a grant", grants],
  ["an operator", operators],
  ["a rotation", rotations],
] as const;

/** Keys are an operator's, for whatever is made: each test has its own. */
let keys = 0;
beforeEach(() => {
  keys++;
});

function keyed(key: string, token = env.ADMIN_TOKEN) {
  return { token: token ?? null, headers: { "idempotency-key": `${key}-${keys}` } };
}

const replayed = ({ headers }: Answer) => headers.get("idempotency-replayed");

describe.each(KINDS)("%s under a key", (_, kind) => {
  it("is made once, and shown again as it was", async () => {
    const { path, status, body, count } = await kind();
    const first = await ask("POST", path, { body, ...keyed("once") });
    expect([first.status, replayed(first)]).toEqual([status, null]);
    const again = await ask("POST", path, { body, ...keyed("once") });
    expect([again.status, replayed(again)]).toEqual([status, "true"]);
    expect(again.body).toEqual(first.body);
    expect(again.headers.get("etag")).toBe(first.headers.get("etag"));
    expect(await count()).toBe(1);
    const another = await ask("POST", path, { body, ...keyed("twice") });
    expect(another.body.token).not.toBe(first.body.token);
    expect(await count()).toBe(2);
  });

  it("is made once by twenty requests at the same moment, and its token is good", async () => {
    const { path, status, body, count } = await kind();
    const all = await Promise.all(Array.from({ length: 20 }, () => ask("POST", path, { body, ...keyed("moment") })));
    expect(all.map((answer) => [answer.status, answer.text])).toEqual(all.map(({ text }) => [status, text]));
    expect(new Set(all.map(({ body }) => `${body.id} ${body.token}`)).size).toBe(1);
    expect(all.filter((answer) => replayed(answer) === null)).toHaveLength(1);
    expect(await count()).toBe(1);
    const token = String(all[0]?.body.token);
    if (token.startsWith("ggo_")) expect((await ask("GET", "/whoami", { token })).body.id).toBe(all[0]?.body.id);
    else expect(await findGrant(env, token)).toEqual({ grant: all[0]?.body.id, token: await hashToken(token) });
  });

  it("is refused when it is asked for otherwise, and is another operator's own", async () => {
    const { path, status, body, other, count } = await kind();
    const first = await ask("POST", path, { body, ...keyed("mine") });
    expect(problemIn(await ask("POST", path, { body: other, ...keyed("mine") })).status).toBe(422);
    expect(await count()).toBe(1);
    const { token } = await operatorWith("admin");
    const theirs = await ask("POST", path, { body: other, ...keyed("mine", token) });
    expect([theirs.status, replayed(theirs)]).toEqual([status, null]);
    expect(theirs.body.token).not.toBe(first.body.token);
    expect(await count()).toBe(2);
  });

  it("is forgotten after a day, and then made anew with another token", async () => {
    const { path, status, body, count } = await kind();
    const from = Date.now();
    vi.useFakeTimers({ toFake: ["Date"], now: from });
    const first = await ask("POST", path, { body, ...keyed("old") });
    vi.setSystemTime(from + 30_000);
    expect((await ask("POST", path, { body, ...keyed("old") })).body.token).toBe(first.body.token);
    vi.setSystemTime(from + DAY_MS);
    const next = await ask("POST", path, { body, ...keyed("old") });
    expect([next.status, replayed(next)]).toEqual([status, null]);
    expect(next.body.token).not.toBe(first.body.token);
    expect(await count()).toBe(2);
    expect((await ask("POST", path, { body, ...keyed("old") })).body.token).toBe(next.body.token);
  });

  it.each(["", " ", "two words", "x".repeat(256)])("is refused for the key %j", async (key) => {
    const { path, body, count } = await kind();
    const headers = { "idempotency-key": key };
    expect(problemIn(await ask("POST", path, { body, headers })).status).toBe(400);
    expect(await count()).toBe(0);
  });

  it("needs a ROOT_KEY to derive its token from", async () => {
    const { path, body, count } = await kind();
    const answer = await ask("POST", path, { body, ...keyed("none"), env: { ROOT_KEY: "short" } });
    expect(problemIn(answer).status).toBe(503);
    expect(answer.body.detail).toContain("ROOT_KEY");
    expect(await count()).toBe(0);
  });
});

describe("a rotation under a key", () => {
  it("is told apart from a token that has been replaced since", async () => {
    const { id } = await grantUnder("again-replaced");
    const path = `/grants/${id}/rotate`;
    await ask("POST", path, { body: {}, ...keyed("first") });
    await ask("POST", path, { body: {}, ...keyed("second") });
    expect(problemIn(await ask("POST", path, { body: {}, ...keyed("first") })).status).toBe(409);
  });

  it("is given again to whoever says what it was of, though that has changed by it", async () => {
    const { id } = await grantUnder("again-matched");
    const headers = { "idempotency-key": "matched", "if-match": '"1"' };
    const first = await ask("POST", `/grants/${id}/rotate`, { body: {}, headers });
    const again = await ask("POST", `/grants/${id}/rotate`, { body: {}, headers });
    expect([first.status, again.status, again.body]).toEqual([200, 200, first.body]);
  });

  it("that was cut short is brought into force by its repetition", async () => {
    const { id } = await grantUnder("again-cut");
    await ask("PATCH", `/grants/${id}`, { body: { label: "known to its ledger" } });
    const unreachable = { put: () => Promise.reject(new Error("unreachable")) };
    const GRANT_LEDGER = new Proxy(env.GRANT_LEDGER, {
      get: (target, key) => (key === "getByName" ? () => unreachable : Reflect.get(target, key)),
    });
    const asked = { body: { overlapSeconds: 60 }, ...keyed("cut") };
    expect((await ask("POST", `/grants/${id}/rotate`, { ...asked, env: { GRANT_LEDGER } })).status).toBe(503);
    const again = await ask("POST", `/grants/${id}/rotate`, asked);
    expect([again.status, replayed(again)]).toEqual([200, "true"]);
    const hash = await hashToken(String(again.body.token));
    expect((await ledgerOf({ id }).view())?.tokens?.map((token) => token.hash)).toContain(hash);
  });
});
