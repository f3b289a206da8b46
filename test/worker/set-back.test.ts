/**
 * A registry that was set back to an earlier time, as D1 Time Travel does it: ledgers then know more than it does, and
 * yet what it says is what is in force.
 */
import { applyD1Migrations, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import type { TakeAnswer } from "../../src/ledger/protocol.ts";
import { ask, grantUnder, policy, server } from "./admin-given.ts";
import { setUp } from "./audit-given.ts";
import { caretaker, expectAllInForce, leaveLedgers, NOON, over, passes, storedBy } from "./caretaker-given.ts";
import { entry, ledgerOf } from "./ledger-given.ts";

const HOUR = 3_600_000;
const db = env.GRANTGATE_DB;

beforeAll(() => applyD1Migrations(env.GRANTGATE_DB, env.TEST_MIGRATIONS));
beforeEach(async () => {
  vi.useFakeTimers({ toFake: ["Date"], now: NOON });
  vi.spyOn(console, "warn").mockImplementation((line) => void logged.push(String(line)));
  await runInDurableObject(caretaker(), async (_, { storage }) => storage.deleteAll());
  await leaveLedgers();
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
  logged.length = 0;
});

const logged: string[] = [];

const TABLES = [
  "server_versions",
  "policy_versions",
  "servers",
  "policies",
  "policy_revisions",
  "grants",
  "grant_tokens",
  "credential_versions",
  "changes",
];

/** What the registry holds now, to be set back to. */
async function bookmark(): Promise<() => Promise<void>> {
  const kept: D1PreparedStatement[] = [];
  for (const table of TABLES) {
    const { results } = await db.prepare(`SELECT * FROM ${table}`).all();
    for (const row of results) {
      const columns = Object.keys(row);
      const insert = `INSERT INTO ${table} (${columns.join()}) VALUES (${columns.map(() => "?").join()})`;
      kept.push(db.prepare(insert).bind(...Object.values(row)));
    }
  }
  const emptied = TABLES.toReversed().map((table) => db.prepare(`DELETE FROM ${table}`));
  return async () => {
    await db.batch([db.prepare("PRAGMA defer_foreign_keys = on"), ...emptied, ...kept]);
  };
}

/** A call as a gate makes it that knows what is in force. */
async function call(id: string): Promise<TakeAnswer> {
  const known = { policyVersion: null, serverVersion: null, demands: [], entry, settlements: [] };
  const answer = await ledgerOf({ id }).take(known);
  if (answer.kind !== "stale") return answer;
  const { policy: under, serverVersion } = answer.grant;
  return ledgerOf({ id }).take({ ...known, policyVersion: under?.version ?? null, serverVersion });
}

const relabel = (id: string, label: string) => ask("PATCH", `/grants/${id}`, { body: { label } });
const edit = (slug: string, description: string) =>
  ask("PUT", `/policies/${slug}/support`, { body: { ...policy, description } });

/** A grant whose ledger is three changes ahead of what the registry was set back to. */
async function ahead(slug: string): Promise<{ readonly id: string; readonly forward: () => Promise<void> }> {
  const { id } = await grantUnder(slug);
  await call(id);
  const back = await bookmark();
  for (const label of ["one", "two", "three"]) await relabel(id, label);
  const forward = await bookmark();
  await back();
  expect((await storedBy(id))?.revision).toBe(4);
  expect((await ask("GET", `/grants/${id}`)).body).toMatchObject({ revision: 1, label: "laptop" });
  return { id, forward };
}

describe("after the registry was set back, the next change is in force for the next call", () => {
  it("when it revokes a grant", async () => {
    const { id } = await ahead("back-revoke");
    expect((await ask("POST", `/grants/${id}/revoke`)).status).toBe(200);
    expect(await call(id)).toEqual({ kind: "revoked" });
    await expectAllInForce();
  });

  it("when it edits a policy, and the grant is told with its new revision", async () => {
    const { id } = await ahead("back-policy");
    const { status, body } = await edit("back-policy", "edited");
    expect(status).toBe(200);
    expect(await storedBy(id)).toMatchObject({ label: "laptop", policy: { version: body.version }, revision: 5 });
    expect((await ask("GET", `/grants/${id}`)).headers.get("etag")).toBe('"5"');
    await expectAllInForce();
    expect(logged.join()).toContain(`"grant":"${id}","cause":"its ledger held revision 4 (active)"`);
  });

  it("when it comes to the very revision that the ledger holds", async () => {
    const { id } = await ahead("back-equal");
    for (const label of ["1", "2", "3"]) {
      expect((await relabel(id, label)).status).toBe(200);
      expect((await storedBy(id))?.label).toBe(label);
    }
    await expectAllInForce();
  });

  it("when many come at once", async () => {
    const { id } = await ahead("back-many");
    const changes = Array.from({ length: 6 }, (_, nth) =>
      nth % 2 === 0 ? relabel(id, `${nth}`) : edit("back-many", `${nth}`),
    );
    for (const { status } of await Promise.all(changes)) expect(status).toBe(200);
    await expectAllInForce();
  });

  it("or it is said that it is not, when the registry can't be asked", async () => {
    const { id } = await ahead("back-away");
    const gone = () => {
      throw new Error("D1 is gone");
    };
    await setUp({ ...(await stored(id)) }, { GRANTGATE_DB: over(db, { prepare: gone }) });
    expect((await ask("POST", `/grants/${id}/revoke`)).status).toBe(503);
    await setUp({ ...(await stored(id)) }, {});
    expect((await ask("POST", `/grants/${id}/revoke`)).status).toBe(200);
    expect(await call(id)).toEqual({ kind: "revoked" });
  });
});

describe("what was revoked before the registry was set back", () => {
  async function revokedThenSetBack(slug: string): Promise<string> {
    const { id } = await grantUnder(slug);
    await call(id);
    const back = await bookmark();
    expect((await ask("POST", `/grants/${id}/revoke`)).status).toBe(200);
    await back();
    expect((await ask("GET", `/grants/${id}`)).body).toMatchObject({ status: "active" });
    return id;
  }

  it("stays revoked, and the registry writes it down again", async () => {
    const id = await revokedThenSetBack("back-final");
    expect((await edit("back-final", "edited")).status).toBe(200);
    expect(await call(id)).toEqual({ kind: "revoked" });
    expect((await ask("GET", `/grants/${id}`)).body).toMatchObject({ status: "revoked" });
    const { items } = (await ask("GET", `/changes?target=grant:${id}&action=grant.revoke`)).body;
    expect(items).toMatchObject([{ operator: { id: "ledger" }, after: { status: "revoked" } }]);
    await expectAllInForce();
  });

  it("can't be resumed or moved", async () => {
    const id = await revokedThenSetBack("back-resume");
    await ask("POST", `/grants/${id}/suspend`);
    expect((await ask("POST", `/grants/${id}/resume`)).status).toBe(409);
    expect(await call(id)).toEqual({ kind: "revoked" });
  });
});

async function stored(id: string) {
  const grant = await storedBy(id);
  if (grant === null) throw new Error("the ledger holds nothing");
  return grant;
}

describe("the caretaker", () => {
  it("brings everything into force that the registry now says, though nobody changes anything", async () => {
    const { id } = await grantUnder("back-round");
    const { id: other } = await grantUnder("back-round");
    for (const each of [id, other]) await call(each);
    const back = await bookmark();
    await ask("POST", `/grants/${id}/suspend`);
    await edit("back-round", "edited");
    await ask("PUT", "/servers/back-round", { body: { ...server, secrets: { TOKEN: "other" } } });
    await caretaker().watch();
    await passes(2);
    const forward = await bookmark();
    for (const set of [back, forward, back]) {
      await set();
      vi.setSystemTime(Date.now() + 2 * HOUR);
      await passes(2);
      await expectAllInForce();
    }
    expect((await call(id)).kind).toBe("ok");
  });

  it("carries nothing again when nothing was set back", async () => {
    const { id } = await grantUnder("not-back");
    await call(id);
    for (let round = 0; round < 3; round++) {
      await caretaker().watch();
      await passes(2);
      await relabel(id, `${round}`);
      expect((await ask("GET", "/status")).body.behind).toEqual({ grants: 0, since: null });
    }
    expect(logged.join()).not.toContain("set back");
    expect((await storedBy(id))?.revision).toBe(4);
  });
});

describe("a ledger that is in use", () => {
  it("finds out by itself what the registry was set back to", async () => {
    const { id } = await ahead("back-used");
    await call(id);
    await runDurableObjectAlarm(ledgerOf({ id }));
    await expectAllInForce();
    expect(await storedBy(id)).toMatchObject({ label: "laptop", revision: 5 });
  });

  it("ends a grant that the registry does not know any more, and takes it up again when it does", async () => {
    await grantUnder("back-unknown");
    const back = await bookmark();
    const { id } = await grantUnder("back-unknown");
    expect((await call(id)).kind).toBe("ok");
    const forward = await bookmark();
    await back();
    await runDurableObjectAlarm(ledgerOf({ id }));
    expect(await call(id)).toEqual({ kind: "revoked" });
    expect(await storedBy(id)).toBeNull();
    await forward();
    expect((await call(id)).kind).toBe("ok");
  });

  it("ends nothing because the registry can't be read", async () => {
    const { id } = await grantUnder("back-error");
    await call(id);
    const gone = () => {
      throw new Error("D1 is gone");
    };
    await setUp(await stored(id), { GRANTGATE_DB: over(db, { prepare: gone, batch: gone }) });
    vi.spyOn(console, "error").mockImplementation(() => {});
    await runDurableObjectAlarm(ledgerOf({ id }));
    expect((await call(id)).kind).toBe("ok");
  });

  it("asks the registry once a minute at most", async () => {
    const { id } = await grantUnder("back-seldom");
    await call(id);
    let asked = 0;
    const prepare = (query: string) => {
      if (query.includes("FROM grants")) asked++;
      return db.prepare(query);
    };
    await setUp(await stored(id), { GRANTGATE_DB: over(db, { prepare }) });
    for (let nth = 0; nth < 5; nth++) {
      await call(id);
      await runDurableObjectAlarm(ledgerOf({ id }));
    }
    expect(asked).toBe(1);
    vi.setSystemTime(NOON + 61_000);
    await call(id);
    await runDurableObjectAlarm(ledgerOf({ id }));
    expect(asked).toBe(2);
  });

  it("leaves alone what was changed around a grant that can't be used", async () => {
    const { id } = await grantUnder("back-idle");
    await call(id);
    await ask("POST", `/grants/${id}/suspend`);
    await edit("back-idle", "edited");
    await runDurableObjectAlarm(ledgerOf({ id }));
    expect((await ask("GET", `/grants/${id}`)).body.revision).toBe(2);
    await ask("POST", `/grants/${id}/resume`);
    await expectAllInForce();
  });
});
