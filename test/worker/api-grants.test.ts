/** What the API does to a grant is true of the very next call that comes with one of its tokens. */
import { applyD1Migrations, evictDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { findGrant } from "../../src/grant/find.ts";
import { hashToken } from "../../src/grant/token.ts";
import type { TakeAnswer } from "../../src/ledger/protocol.ts";
import { type Answer, type Asked, ask, grantUnder, listed } from "./admin-given.ts";
import { problemIn } from "./api-given.ts";
import { entry, ledgerOf, NOON } from "./ledger-given.ts";

beforeAll(() => applyD1Migrations(env.GRANTGATE_DB, env.TEST_MIGRATIONS));
beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date"], now: NOON });
});
afterEach(() => {
  vi.useRealTimers();
});

const at = (seconds: number) => new Date(NOON + seconds * 1_000).toISOString();

/** A call as the gate makes it, by the revision of the grant that it knows; by the one in force when left out. */
async function take(token: string, revision?: number): Promise<TakeAnswer> {
  const found = await findGrant(env, token);
  if (found === null) throw new Error("the token leads nowhere");
  const ledger = ledgerOf({ id: found.grant });
  const known = revision ?? (await ledger.view())?.revision ?? 0;
  const versions = { policyVersion: null, serverVersion: null };
  return ledger.take({ token: found.token, revision: known, ...versions, demands: [], entry, settlements: [] });
}

const call = async (token: string) => (await take(token)).kind;

async function must(answer: Promise<Answer>): Promise<Record<string, unknown>> {
  const { status, body, text } = await answer;
  if (status >= 300) throw new Error(text);
  return body;
}

describe("rotating", () => {
  it("ends the earlier token at once, unless told otherwise", async () => {
    const { id, token } = await grantUnder("rotated");
    expect(await call(token)).toBe("ok");
    const fresh = String((await must(ask("POST", `/grants/${id}/rotate`, { body: {} }))).token);
    expect([await call(token), await call(fresh)]).toEqual(["revoked", "ok"]);
    await evictDurableObject(ledgerOf({ id }));
    expect([await call(token), await call(fresh)]).toEqual(["revoked", "ok"]);
  });

  it("leaves both tokens good until the overlap is over, and then only the new one", async () => {
    const { id, token } = await grantUnder("overlapped");
    const body = await must(ask("POST", `/grants/${id}/rotate`, { body: { overlapSeconds: 60 } }));
    const fresh = String(body.token);
    expect(body.tokens).toEqual([
      { createdAt: at(0), expiresAt: at(60) },
      { createdAt: at(0), expiresAt: null },
    ]);
    expect([await call(token), await call(fresh)]).toEqual(["ok", "ok"]);
    vi.setSystemTime(NOON + 59_999);
    expect([await call(token), await call(fresh)]).toEqual(["ok", "ok"]);
    vi.setSystemTime(NOON + 60_000);
    expect([await call(token), await call(fresh)]).toEqual(["revoked", "ok"]);
    await evictDurableObject(ledgerOf({ id }));
    expect([await call(token), await call(fresh)]).toEqual(["revoked", "ok"]);
    expect((await must(ask("GET", `/grants/${id}`))).tokens).toEqual([{ createdAt: at(0), expiresAt: null }]);
  });

  it("never makes an earlier token last longer", async () => {
    const { id, token } = await grantUnder("twice-rotated");
    const second = String((await must(ask("POST", `/grants/${id}/rotate`, { body: { overlapSeconds: 60 } }))).token);
    const third = String((await must(ask("POST", `/grants/${id}/rotate`, { body: { overlapSeconds: 600 } }))).token);
    vi.setSystemTime(NOON + 60_000);
    expect([await call(token), await call(second), await call(third)]).toEqual(["revoked", "ok", "ok"]);
    await must(ask("POST", `/grants/${id}/rotate`, { body: {} }));
    expect([await call(second), await call(third)]).toEqual(["revoked", "revoked"]);
  });

  it("keeps only what is still of use, and of that only the hash", async () => {
    const { id } = await grantUnder("often-rotated");
    for (let n = 1; n <= 5; n++) {
      vi.setSystemTime(NOON + n * 1_000);
      await must(ask("POST", `/grants/${id}/rotate`, { body: {} }));
    }
    vi.setSystemTime(NOON + 9_000);
    const last = String((await must(ask("POST", `/grants/${id}/rotate`, { body: {} }))).token);
    const kept = (await ledgerOf({ id }).view())?.tokens ?? [];
    expect(kept.length).toBeLessThanOrEqual(2);
    expect(kept).toContainEqual({ hash: await hashToken(last), expiresAt: null });
  });

  it.each([-1, 0.5, 2_592_001, "60", null])("is refused with an overlap of %j", async (overlapSeconds) => {
    const { id, token } = await grantUnder("overlap-refused");
    const answer = await ask("POST", `/grants/${id}/rotate`, { body: { overlapSeconds } });
    expect(problemIn(answer).errors?.map(({ pointer }) => pointer)).toEqual(["/overlapSeconds"]);
    expect(await call(token)).toBe("ok");
  });
});

describe("suspending", () => {
  it("refuses calls until it is resumed, with the counts of before", async () => {
    const { id, token } = await grantUnder("suspended");
    await call(token);
    expect((await must(ask("POST", `/grants/${id}/suspend`))).status).toBe("suspended");
    expect(await call(token)).toBe("revoked");
    await evictDurableObject(ledgerOf({ id }));
    expect(await call(token)).toBe("revoked");
    expect((await must(ask("POST", `/grants/${id}/resume`))).status).toBe("active");
    expect(await call(token)).toBe("ok");
    expect((await must(ask("GET", `/grants/${id}/usage`))).calls).toBe(2);
  });

  it("changes nothing when it is so already", async () => {
    const { id } = await grantUnder("suspended-again");
    const resumed = await must(ask("POST", `/grants/${id}/resume`));
    expect(resumed.revision).toBe(1);
    const first = await must(ask("POST", `/grants/${id}/suspend`));
    expect(await must(ask("POST", `/grants/${id}/suspend`))).toEqual(first);
  });

  it("outlasts the grant's end, when that is put off", async () => {
    const { id, token } = await grantUnder("suspended-expired", { expiresAt: at(60) });
    await must(ask("POST", `/grants/${id}/suspend`));
    vi.setSystemTime(NOON + 60_000);
    expect((await must(ask("GET", `/grants/${id}`))).status).toBe("expired");
    const extended = await must(ask("PATCH", `/grants/${id}`, { body: { expiresAt: at(600) } }));
    expect(extended.status).toBe("suspended");
    expect(await call(token)).toBe("revoked");
    await must(ask("POST", `/grants/${id}/resume`));
    expect(await call(token)).toBe("ok");
  });

  it("is told of by the list", async () => {
    const { id } = await grantUnder("suspended-listed");
    await must(ask("POST", `/grants/${id}/suspend`));
    const ids = async (status: string) =>
      (await listed(`/grants?server=suspended-listed&status=${status}`)).map((grant) => grant.id);
    expect([await ids("suspended"), await ids("active"), await ids("expired")]).toEqual([[id], [], []]);
  });

  it("does not miss what is changed meanwhile", async () => {
    const { id, token } = await grantUnder("suspended-edited");
    await must(ask("POST", `/grants/${id}/suspend`));
    const { version } = await must(
      ask("PUT", "/policies/suspended-edited/support", { body: { version: "1", default: "allow" } }),
    );
    await must(ask("POST", `/grants/${id}/resume`));
    expect((await ledgerOf({ id }).view())?.policy?.version).toBe(version);
    expect(await call(token)).toBe("ok");
  });
});

describe("a grant's end", () => {
  it.each([
    ["the past", -60],
    ["now", 0],
  ])("put to %s is in force at the next call", async (_, seconds) => {
    const { id, token } = await grantUnder("ended", { expiresAt: at(3_600) });
    expect(await call(token)).toBe("ok");
    const body = await must(ask("PATCH", `/grants/${id}`, { body: { expiresAt: at(seconds) } }));
    expect(body).toMatchObject({ status: "expired", expiresAt: at(seconds) });
    expect(await call(token)).toBe("revoked");
  });

  it("comes by itself, and is taken back by putting it off", async () => {
    const { id, token } = await grantUnder("ends", { expiresAt: at(60) });
    vi.setSystemTime(NOON + 59_999);
    expect(await call(token)).toBe("ok");
    vi.setSystemTime(NOON + 60_000);
    expect(await call(token)).toBe("revoked");
    await must(ask("PATCH", `/grants/${id}`, { body: { expiresAt: null } }));
    expect(await call(token)).toBe("ok");
  });

  it("put off brings what was changed after it", async () => {
    const { id } = await grantUnder("ended-edited", { expiresAt: at(60) });
    await ledgerOf({ id }).view();
    vi.setSystemTime(NOON + 60_000);
    const { version } = await must(
      ask("PUT", "/policies/ended-edited/support", { body: { version: "1", default: "allow" } }),
    );
    await must(ask("PATCH", `/grants/${id}`, { body: { expiresAt: at(600) } }));
    expect((await ledgerOf({ id }).view())?.policy?.version).toBe(version);
  });
});

describe("tags and label", () => {
  it("are seen by the next decision", async () => {
    const { id, token } = await grantUnder("tagged", { tags: ["ci"] });
    expect((await take(token, 1)).kind).toBe("ok");
    await must(ask("PATCH", `/grants/${id}`, { body: { tags: ["eu"], label: "renamed" } }));
    const grant = { tags: ["eu"], label: "renamed", revision: 2 };
    expect(await take(token, 1)).toMatchObject({ kind: "stale", grant });
    expect((await take(token, 2)).kind).toBe("ok");
  });

  it("find the grant in the list", async () => {
    const { id } = await grantUnder("sought-grants", { tags: ["a%", "b"], label: "Ann's laptop" });
    await grantUnder("sought-grants", { tags: ["c"], label: "CI" });
    const ids = async (query: string) =>
      (await listed(`/grants?server=sought-grants&${query}`, 1)).map((grant) => grant.id);
    for (const query of ["tag=a%25", "tag=b", "label=ann%27s", "label=LAPTOP", "policy=support&tag=b"]) {
      expect([query, await ids(query)]).toEqual([query, [id]]);
    }
    for (const query of ["tag=a", "label=%25", "policy=other", "tag=b&label=CI"]) {
      expect([query, await ids(query)]).toEqual([query, []]);
    }
    expect(await ids("")).toHaveLength(2);
  });
});

describe("moving", () => {
  it("puts a grant under the other policy for the next call, or under none", async () => {
    const { id, token } = await grantUnder("moved");
    const other = await must(ask("PUT", "/policies/moved/other", { body: { version: "1", default: "allow" } }));
    await take(token, 1);
    await must(ask("PUT", `/grants/${id}/policy`, { body: { policy: "other" } }));
    expect(await take(token, 1)).toMatchObject({
      kind: "stale",
      grant: { policy: { name: "other", version: other.version } },
    });
    await must(ask("PUT", `/grants/${id}/policy`, { body: { policy: null } }));
    expect(await take(token, 2)).toMatchObject({ kind: "stale", grant: { policy: null } });
    const answer = await ask("PUT", `/grants/${id}/policy`, { body: { policy: "none" } });
    expect(problemIn(answer).errors).toMatchObject([{ pointer: "/policy" }]);
    expect((await take(token, 3)).kind).toBe("ok");
  });
});

describe("revoking", () => {
  it("is final", async () => {
    const { id, token } = await grantUnder("final");
    await must(ask("POST", `/grants/${id}/revoke`));
    for (const [method, verb, body] of [
      ["POST", "/resume", undefined],
      ["POST", "/suspend", undefined],
      ["POST", "/rotate", {}],
      ["PATCH", "", { expiresAt: null }],
      ["PATCH", "", { label: "x" }],
      ["PUT", "/policy", { policy: null }],
      ["PUT", "/credential", { headers: {} }],
    ] as const) {
      const answer = await ask(method, `/grants/${id}${verb}`, body === undefined ? {} : { body });
      expect([verb, answer.status]).toEqual([verb, 409]);
      expect(answer.body.detail).toContain("final");
    }
    expect(await call(token)).toBe("revoked");
    await evictDurableObject(ledgerOf({ id }));
    expect(await call(token)).toBe("revoked");
    expect((await must(ask("GET", `/grants/${id}`))).status).toBe("revoked");
  });

  it("of a grant that nobody has used yet is in force for its first call", async () => {
    const { id, token } = await grantUnder("final-unused");
    await must(ask("POST", `/grants/${id}/revoke`));
    expect(await call(token)).toBe("revoked");
  });
});

describe("a grant whose server is gone", () => {
  it.each([
    ["suspended", (id: string) => ask("POST", `/grants/${id}/suspend`)],
    ["expired", (id: string) => ask("PATCH", `/grants/${id}`, { body: { expiresAt: at(0) } })],
  ])("since it was %s can be revoked and nothing else, even when another server has the name", async (state, end) => {
    const slug = `gone-${state}`;
    const { id, token } = await grantUnder(slug);
    await must(end(id));
    await must(ask("DELETE", `/policies/${slug}/support`));
    await must(ask("DELETE", `/servers/${slug}`));
    const tried: readonly (readonly [string, string, Asked])[] = [
      ["POST", "/rotate", { body: {} }],
      ["PATCH", "", { body: { expiresAt: null, label: "x" } }],
      ["POST", state === "suspended" ? "/resume" : "/suspend", {}],
    ];
    for (const [method, verb, asked] of tried) {
      const answer = await ask(method, `/grants/${id}${verb}`, asked);
      expect([verb, answer.status]).toEqual([verb, 409]);
      expect(answer.body.detail).toContain("gone");
    }
    expect((await must(ask("POST", `/grants/${id}/revoke`))).status).toBe("revoked");
    await grantUnder(slug);
    expect(await call(token)).toBe("revoked");
  });
});
