import { abortAllDurableObjects, applyD1Migrations, evictDurableObject, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import type { GrantRecord } from "../../src/grant/record.ts";
import { canonicalJson } from "../../src/json/canonical.ts";
import { parseJson } from "../../src/json/parse.ts";
import { advance, noCounters, type StoredCounters } from "../../src/ledger/counters.ts";
import { take } from "../../src/ledger/take.ts";
import { MOST_WEIGHT } from "../../src/ledger/weight.ts";
import {
  admittedOf,
  counterState,
  decisionsOf,
  demand,
  entry,
  errorOf,
  journalOf,
  known,
  ledgerOf,
  NOON,
  newGrant,
  recordOf,
  request,
  seqOf,
  UNIT,
  usedOf,
} from "./ledger-given.ts";

beforeAll(() => applyD1Migrations(env.GRANTGATE_DB, env.TEST_MIGRATIONS));
beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date"], now: NOON });
});
afterEach(() => {
  vi.useRealTimers();
});

describe("counting", () => {
  it("admits exactly max of 200 calls that come at once", async () => {
    const grant = await known();
    expect(await admittedOf(grant, 200)).toBe(30);
    expect(await usedOf(grant)).toBe("30");
  });

  it("admits exactly max under each of 20 grants at once", async () => {
    const grants = await Promise.all(Array.from({ length: 20 }, () => known()));
    expect(await Promise.all(grants.map((grant) => admittedOf(grant, 40)))).toEqual(grants.map(() => 30));
  });

  it("stays exact when counters are shared by calls that ask for different things", async () => {
    const grant = await known();
    const both = request({ demands: [demand({ amount: 2n * UNIT }), demand({ counter: "calls", max: 10n * UNIT })] });
    const [twos, ones] = await Promise.all([admittedOf(grant, 50, both), admittedOf(grant, 50)]);
    expect(twos).toBe(10);
    expect(2 * twos + ones).toBe(30);
  });

  it("takes nothing of the first counter when the second refuses", async () => {
    const grant = await known();
    const answer = await ledgerOf(grant).take(
      request({
        demands: [demand(), demand({ counter: "none", max: UNIT, amount: 2n * UNIT, rule: "/tools/x/limits/1" })],
      }),
    );
    expect(answer).toEqual({
      kind: "limited",
      demand: 1,
      used: 0n,
      max: UNIT,
      resetAt: NOON + 12 * 3_600_000,
      retryAfterMs: 12 * 3_600_000,
      at: NOON,
    });
    expect(await usedOf(grant)).toBeUndefined();
  });

  it("keeps the count when max is edited, and starts anew in the next window", async () => {
    const grant = await known();
    await admittedOf(grant, 10);
    expect(await admittedOf(grant, 10, request({ demands: [demand({ max: 12n * UNIT })] }))).toBe(2);
    vi.setSystemTime(NOON + 12 * 3_600_000);
    expect(await admittedOf(grant, 20, request({ demands: [demand({ max: 12n * UNIT })] }))).toBe(12);
  });
});

describe("what storage holds", () => {
  it("is the count, after the object was evicted", async () => {
    const grant = await known();
    await admittedOf(grant, 29);
    await evictDurableObject(ledgerOf(grant));
    expect(await admittedOf(grant, 5)).toBe(1);
  });

  it("is every count that was answered, after all objects crashed in the middle", async () => {
    const grant = await known();
    const calls = Array.from({ length: 20 }, () =>
      ledgerOf(grant)
        .take(request())
        .catch(() => null),
    );
    await Promise.race(calls);
    await abortAllDurableObjects();
    const before = (await Promise.all(calls)).filter((answer) => answer?.kind === "ok").length;
    const after = await admittedOf(grant, 40);
    expect(before).toBeGreaterThan(0);
    expect(before + after).toBeLessThanOrEqual(30);
    expect(await usedOf(grant)).toBe("30");
  });

  it("is the latest instant too: a clock that steps back over a crash opens nothing", async () => {
    const grant = await known();
    await admittedOf(grant, 30, request({ demands: [demand({ window: "minute" })] }));
    vi.setSystemTime(NOON + 60_000);
    await admittedOf(grant, 30, request({ demands: [demand({ window: "minute" })] }));
    await evictDurableObject(ledgerOf(grant));
    vi.setSystemTime(NOON);
    expect(await admittedOf(grant, 5, request({ demands: [demand({ window: "minute" })] }))).toBe(0);
  });

  it("is written once for calls that overlap", async () => {
    const grant = await known();
    let writes = 0;
    await runInDurableObject(ledgerOf(grant), (_, { storage }) => {
      const transactionSync = storage.transactionSync.bind(storage);
      storage.transactionSync = (closure) => {
        writes++;
        return transactionSync(closure);
      };
    });
    await admittedOf(grant, 200);
    expect(writes).toBeLessThanOrEqual(20);
    expect(await journalOf(grant)).toHaveLength(200);
  });

  it("is the only thing answered from: when a write fails, the object goes and nothing of it counts", async () => {
    const grant = await known();
    await admittedOf(grant, 3);
    await runInDurableObject(ledgerOf(grant), (_, { storage }) => {
      storage.transactionSync = () => {
        throw new Error("the disk is full");
      };
    });
    expect(await errorOf(() => ledgerOf(grant).take(request()))).toContain("could not be written");
    expect(await usedOf(grant)).toBe("3");
    expect(await journalOf(grant)).toHaveLength(3);
    expect(await admittedOf(grant, 40)).toBe(27);
  });
});

describe("a session", () => {
  const asked = (session: string | null) => request({ demands: [demand({ scope: "session" })], session });

  it("counts apart from others, and from the grant", async () => {
    const grant = await known();
    const calls = [asked("a"), asked("b"), asked(null), request()].map((one) => admittedOf(grant, 40, one));
    const [a, b, none, own] = await Promise.all(calls);
    expect([a, b]).toEqual([30, 30]);
    expect((none ?? 0) + (own ?? 0)).toBe(30);
    const { counters } = await ledgerOf(grant).usage();
    expect(counters.map(({ scope, session, used }) => [scope, session, used]).sort()).toEqual([
      ["grant", undefined, "30"],
      ["session", "a", "30"],
      ["session", "b", "30"],
    ]);
  });

  it("leaves nothing behind when its windows have ended", async () => {
    const grant = await known();
    for (const session of ["a", "b", "c"]) await admittedOf(grant, 1, asked(session));
    vi.setSystemTime(NOON + 12 * 3_600_000);
    await admittedOf(grant, 1);
    const names = await runInDurableObject(ledgerOf(grant), (_, { storage }) => [
      ...(storage.kv.get<StoredCounters>("counters")?.running.keys() ?? []),
    ]);
    expect(names).toEqual(['["grant","refunds","day","calendar"]']);
  });

  it("too many for the ledger to hold is refused with a reason, journalled, and over when windows end", async () => {
    const grant = await known();
    await runInDurableObject(ledgerOf(grant), (_, { storage }) => {
      const counters = noCounters();
      advance(counters, NOON);
      for (let nth = 0; counters.weight < MOST_WEIGHT - 500; nth++) {
        take(counters, [demand({ scope: "session" })], String(nth).padStart(64, "0"));
      }
      storage.kv.put("counters", counters);
    });
    await evictDurableObject(ledgerOf(grant));
    const error = await errorOf(() => admittedOf(grant, 2, asked("f".repeat(64))));
    expect(error).toContain("the call could not be counted: Error: the ledger holds");
    expect((await decisionsOf(grant)).at(-1)).toMatchObject({ effect: "deny", rule: "(failed closed)" });
    expect(await admittedOf(grant, 40, asked("0".repeat(64)))).toBe(29);
    vi.setSystemTime(NOON + 12 * 3_600_000);
    expect(await admittedOf(grant, 1, asked("f".repeat(64)))).toBe(1);
  });
});

describe("a rolling window", () => {
  const limit = demand({ align: "rolling", window: "minute" });

  it("is held over evictions, and gives back from where it was taken", async () => {
    const grant = await known();
    expect(await admittedOf(grant, 20, request({ demands: [limit] }))).toBe(20);
    vi.setSystemTime(NOON + 30_000);
    const seq = seqOf(await ledgerOf(grant).take(request({ demands: [limit] })));
    expect(await admittedOf(grant, 40, request({ demands: [limit] }))).toBe(9);
    await evictDurableObject(ledgerOf(grant));
    expect(await ledgerOf(grant).take(request({ demands: [limit] }))).toMatchObject({
      kind: "limited",
      used: 30n * UNIT,
      resetAt: NOON + 60_000,
      retryAfterMs: 30_000,
    });
    await ledgerOf(grant).settle([{ seq, status: null, latencyMs: 1, giveBack: true }]);
    expect(await admittedOf(grant, 5, request({ demands: [limit] }))).toBe(1);
    vi.setSystemTime(NOON + 60_000);
    expect(await admittedOf(grant, 40, request({ demands: [limit] }))).toBe(20);
  });
});

describe("what an earlier version stored", () => {
  it("is read: counters go on, and open rows give back", async () => {
    const grant = await known();
    await runInDurableObject(ledgerOf(grant), (_, { storage }) => {
      const [start, end] = [NOON - 12 * 3_600_000, NOON + 12 * 3_600_000];
      const counter = { scope: "grant", name: "refunds", window: "day", align: "calendar", start, end };
      const identity = '["grant","refunds","day","calendar"]';
      const running = new Map([[identity, { ...counter, used: 29n * UNIT, max: 30n * UNIT }]]);
      storage.kv.put("counters", { clock: NOON, running });
      storage.sql.exec("CREATE TABLE journal (seq INTEGER PRIMARY KEY, entry TEXT NOT NULL, taken TEXT) STRICT");
      storage.sql.exec("INSERT INTO journal VALUES (1, '{}', ?)", JSON.stringify([[identity, start, "2000000"]]));
      storage.sql.exec("INSERT INTO journal VALUES (2, '{}', NULL), (3, '{}', '[]')");
    });
    await evictDurableObject(ledgerOf(grant));
    expect(seqOf(await ledgerOf(grant).take(request()))).toBe(4);
    expect(await admittedOf(grant, 5)).toBe(0);
    const settlement = { seq: 1, status: null, latencyMs: 1, giveBack: true };
    await ledgerOf(grant).settle([settlement, settlement]);
    expect(await admittedOf(grant, 5)).toBe(2);
  });

  it("and what an earlier gate asks, is understood", async () => {
    const grant = await known();
    const { session: _, ...earlier } = request({ demands: [demand({ scope: "session" })] });
    expect(await admittedOf(grant, 40, earlier)).toBe(30);
    expect(await admittedOf(grant, 1)).toBe(0);
  });
});

describe("standing", () => {
  it("ends with the next take after a revocation was put", async () => {
    const grant = await known();
    expect(await admittedOf(grant, 1)).toBe(1);
    await ledgerOf(grant).put({ ...grant, status: "revoked", revision: 2 });
    expect(await ledgerOf(grant).take(request())).toEqual({ kind: "revoked" });
    expect(await ledgerOf(grant).view()).toBeNull();
    expect(await journalOf(grant)).toHaveLength(1);
  });

  it("ends at the very millisecond of expiry, and does not come back when the clock does", async () => {
    const grant = await known({ expiresAt: NOON + 1_000 });
    vi.setSystemTime(NOON + 999);
    expect(await ledgerOf(grant).view()).toEqual(grant);
    vi.setSystemTime(NOON + 1_000);
    expect(await ledgerOf(grant).take(request())).toEqual({ kind: "revoked" });
    vi.setSystemTime(NOON);
    expect(await ledgerOf(grant).view()).toBeNull();
  });

  it("says stale, with what is in force, to whoever decided by another policy or server, and takes nothing", async () => {
    const grant = await known();
    const stale = { kind: "stale", grant };
    expect(await ledgerOf(grant).take(request({ policyVersion: "policy-0" }))).toEqual(stale);
    expect(await ledgerOf(grant).take(request({ policyVersion: null }))).toEqual(stale);
    expect(await ledgerOf(grant).take(request({ serverVersion: "server-0" }))).toEqual(stale);
    expect(await ledgerOf(grant).take(request({ serverVersion: null }))).toEqual(stale);
    expect(await usedOf(grant)).toBeUndefined();
    expect(await journalOf(grant)).toEqual([]);
  });

  it("says revoked rather than stale", async () => {
    const grant = await known({ status: "revoked" });
    expect(await ledgerOf(grant).take(request({ policyVersion: "policy-0" }))).toEqual({ kind: "revoked" });
  });

  it("lets a grant without a policy through to its server's version only", async () => {
    const grant = await known({ policy: null });
    const asked = request({ policyVersion: null, demands: [] });
    expect((await ledgerOf(grant).take(asked)).kind).toBe("ok");
  });

  it("keeps the later of two records in whatever order they come", async () => {
    const grant = await known({ revision: 5 });
    await ledgerOf(grant).put({ ...grant, status: "revoked", revision: 4 });
    await ledgerOf(grant).put({ ...grant, label: "same revision", revision: 5 });
    expect(await ledgerOf(grant).view()).toEqual(grant);
    await evictDurableObject(ledgerOf(grant));
    expect(await ledgerOf(grant).view()).toEqual(grant);
  });

  it("is never taken from the record of another grant", async () => {
    const grant = await known();
    expect(await errorOf(() => ledgerOf(grant).put(newGrant({ revision: 9 })))).toContain("another grant");
    expect(await ledgerOf(grant).view()).toEqual(grant);
  });
});

describe("a ledger that was never told of its grant", () => {
  async function register(id: string): Promise<void> {
    const db = env.GRANTGATE_DB;
    await db.batch([
      db.prepare("INSERT INTO server_versions VALUES ('server-1', 'files', 'sealed', 0) ON CONFLICT DO NOTHING"),
      db.prepare("INSERT INTO policy_versions VALUES ('policy-1', '{}', 0) ON CONFLICT DO NOTHING"),
      db.prepare(
        `INSERT INTO servers (slug, file, secrets, version, created_at, updated_at)
         VALUES ('files', '{}', '[]', 'server-1', 0, 0) ON CONFLICT DO NOTHING`,
      ),
      db.prepare(
        `INSERT INTO policies (server, name, version, created_at, updated_at)
         VALUES ('files', 'support', 'policy-1', 0, 0) ON CONFLICT DO NOTHING`,
      ),
      db
        .prepare(
          `INSERT INTO grants (id, server, policy, label, tags, status, created_at, updated_at)
           VALUES (?, 'files', 'support', 'laptop', '["ci"]', 'active', 0, 0)`,
        )
        .bind(id),
      db.prepare("INSERT INTO grant_tokens (hash, grant_id, created_at) VALUES (?, ?, 0)").bind(`hash of ${id}`, id),
    ]);
  }

  function registered(grant: GrantRecord): GrantRecord {
    return { ...grant, tokens: [{ hash: `hash of ${grant.id}`, expiresAt: null }], credentialVersion: null };
  }

  it("reads it from the registry, once for calls that come at once, and counts them exactly", async () => {
    const grant = newGrant();
    await register(grant.id);
    expect(await admittedOf(grant, 50)).toBe(30);
    expect(await ledgerOf(grant).view()).toEqual(registered(grant));
  });

  it("goes on without the registry afterwards", async () => {
    const grant = newGrant();
    await register(grant.id);
    await admittedOf(grant, 1);
    await env.GRANTGATE_DB.prepare("DELETE FROM grants WHERE id = ?").bind(grant.id).run();
    await evictDurableObject(ledgerOf(grant));
    expect(await ledgerOf(grant).view()).toEqual(registered(grant));
  });

  it("refuses what the registry does not know, and asks again the next time", async () => {
    const grant = newGrant();
    expect(await ledgerOf(grant).take(request())).toEqual({ kind: "revoked" });
    expect(await ledgerOf(grant).view()).toBeNull();
    await register(grant.id);
    expect((await ledgerOf(grant).take(request())).kind).toBe("ok");
  });

  it("does not let a reading that began earlier undo a revocation that was pushed meanwhile", async () => {
    const grant = newGrant();
    await register(grant.id);
    const [answer] = await Promise.all([
      ledgerOf(grant).take(request()),
      ledgerOf(grant).put({ ...grant, status: "revoked", revision: 2 }),
    ]);
    expect(["ok", "revoked"]).toContain(answer.kind);
    expect(await ledgerOf(grant).take(request())).toEqual({ kind: "revoked" });
    expect(await ledgerOf(grant).view()).toBeNull();
  });
});

describe("the journal", () => {
  it("has a row for a call that was let through, was denied, and was limited", async () => {
    const grant = await known();
    const refused = { effect: "deny", rule: "/tools/create_refund/deny_if/0" };
    await ledgerOf(grant).take(request());
    await ledgerOf(grant).take(request({ demands: [], entry: { ...entry, ...refused } }));
    await ledgerOf(grant).take(request({ demands: [demand({ amount: 40n * UNIT })] }));
    const counters = [counterState()];
    expect(await journalOf(grant)).toEqual([
      { seq: 1, link: 1, endLink: null, isOpen: true, record: recordOf(grant, { counters }), ending: null },
      { seq: 2, link: 2, endLink: null, isOpen: false, record: recordOf(grant, refused), ending: null },
      {
        seq: 3,
        link: 3,
        endLink: null,
        isOpen: false,
        record: recordOf(grant, { effect: "limit", rule: "/tools/create_refund/limits/0", counters }),
        ending: null,
      },
    ]);
  });

  it("writes nothing for a look that leaves no trace", async () => {
    const grant = await known();
    const answer = await ledgerOf(grant).take(request({ demands: [], entry: null }));
    expect(answer).toEqual({ kind: "ok", seq: null, at: NOON });
    expect(await journalOf(grant)).toEqual([]);
  });

  it("goes on with its numbers after an eviction", async () => {
    const grant = await known();
    await admittedOf(grant, 3);
    await evictDurableObject(ledgerOf(grant));
    expect(seqOf(await ledgerOf(grant).take(request()))).toBe(4);
  });

  it("clips what a client may make as long as it likes", async () => {
    const grant = await known();
    await ledgerOf(grant).take(request({ entry: { ...entry, tool: "x".repeat(3_000_000) } }));
    const [record] = await decisionsOf(grant);
    expect(record?.tool).toHaveLength(512);
  });

  it("names every counter that was taken from, as it then stood, and whom it counted", async () => {
    const grant = await known();
    const perSession = demand({ counter: "steps", window: 90, scope: "session", max: 5n * UNIT, amount: 2n * UNIT });
    await ledgerOf(grant).take(request({ demands: [demand(), perSession], session: "a" }));
    await ledgerOf(grant).take(request({ demands: [demand(), perSession], session: null }));
    const steps = counterState({ counter: "steps", window: "90", used: "2", max: "5" });
    expect((await decisionsOf(grant)).map(({ counters }) => counters)).toEqual([
      [counterState(), { ...steps, scope: "session" }],
      [counterState({ used: "2" }), { ...steps, scope: "grant" }],
    ]);
  });

  it("holds calls and their endings as canonical texts, with what the gate lets be recorded", async () => {
    const grant = await known({ label: "é\n\ud800" });
    const more = {
      arguments: '{"a":9007199254740993,"b":["x"]}',
      bytes: 321,
      trace: "0af7651916cd43dd8448eb211c80319c",
    };
    await ledgerOf(grant).take(
      request({ demands: [demand(), demand({ counter: "b" })], entry: { ...entry, ...more } }),
    );
    await ledgerOf(grant).take(request({ demands: [demand({ max: 0n })], entry: { ...entry, ...more } }));
    await ledgerOf(grant).settle([{ seq: 1, status: null, latencyMs: 1.5, bytes: 0, giveBack: true }]);
    const texts = await runInDurableObject(ledgerOf(grant), (_, { storage }) =>
      storage.sql
        .exec<{ record: string; ending: string | null }>("SELECT record, ending FROM calls ORDER BY seq")
        .toArray(),
    );
    const [first, second] = texts;
    if (!first?.ending || second === undefined) throw new Error("one ended, and one was refused");
    for (const text of [first.record, first.ending, second.record]) {
      const read = parseJson(text);
      expect(read.ok && canonicalJson(read.value)).toBe(text);
    }
    expect(first.record).toContain('{"arguments":{"a":9007199254740993,"b":["x"]},"at":');
    const { effect: _, ...kept } = recordOf(grant, { ...more, arguments: expect.anything() });
    expect(JSON.parse(first.record)).toMatchObject(kept);
    expect(JSON.parse(second.record)).toMatchObject({
      ...kept,
      effect: "limit",
      rule: "/tools/create_refund/limits/0",
    });
    expect(JSON.parse(first.ending)).toEqual({ at: NOON, status: null, latencyMs: 1.5, bytes: 0, gaveBack: true });
  });

  it("leaves out arguments that are no JSON or too long, and keeps the rest", async () => {
    const grant = await known();
    for (const text of ["", "{", '{"a":1},"effect":"allow"', JSON.stringify("x".repeat(65_536))]) {
      await ledgerOf(grant).take(request({ demands: [], entry: { ...entry, arguments: text } }));
    }
    expect(await decisionsOf(grant)).toEqual(Array.from({ length: 4 }, () => recordOf(grant)));
  });
});

describe("settling", () => {
  it("completes the row", async () => {
    const grant = await known();
    const seq = seqOf(await ledgerOf(grant).take(request()));
    await ledgerOf(grant).settle([{ seq, status: 200, latencyMs: 12, giveBack: false }]);
    expect((await journalOf(grant))[0]).toMatchObject({
      link: 1,
      endLink: 2,
      isOpen: false,
      ending: { at: NOON, status: 200, latencyMs: 12 },
    });
    expect(await usedOf(grant)).toBe("1");
  });

  it("takes the next link in the order in which calls were decided and ended", async () => {
    const grant = await known();
    const end = (seq: number) => ({ seq, status: 200, latencyMs: 1, bytes: 7, giveBack: false });
    for (let seq = 1; seq <= 3; seq++) await ledgerOf(grant).take(request());
    await ledgerOf(grant).take(request({ settlements: [end(3), end(1)] }));
    await evictDurableObject(ledgerOf(grant));
    await ledgerOf(grant).settle([end(4), end(4), end(3), end(9)]);
    await ledgerOf(grant).take(request());
    const rows = await journalOf(grant);
    expect(rows.map(({ link, endLink }) => [link, endLink])).toEqual([
      [1, 5],
      [2, null],
      [3, 4],
      [6, 7],
      [8, null],
    ]);
    expect(rows[0]?.ending?.bytes).toBe(7);
  });

  it("writes down that units went back only where some did", async () => {
    const grant = await known();
    const back = (seq: number) => ({ seq, status: null, latencyMs: 1, giveBack: true });
    await ledgerOf(grant).take(request());
    await ledgerOf(grant).take(request({ demands: [] }));
    await ledgerOf(grant).take(request({ demands: [demand({ window: "minute" })] }));
    vi.setSystemTime(NOON + 60_000);
    await ledgerOf(grant).settle([back(1), back(2), back(3)]);
    expect((await journalOf(grant)).map(({ ending }) => ending?.gaveBack)).toEqual([true, undefined, undefined]);
  });

  it("does not await the end of what was not let through", async () => {
    const grant = await known();
    await ledgerOf(grant).take(request({ demands: [], entry: { ...entry, effect: "hide" } }));
    await ledgerOf(grant).settle([{ seq: 1, status: 200, latencyMs: 1, giveBack: false }]);
    expect((await journalOf(grant))[0]?.ending).toBeNull();
  });

  it("gives units back once, however often it is said", async () => {
    const grant = await known();
    await admittedOf(grant, 5);
    const seq = seqOf(await ledgerOf(grant).take(request({ demands: [demand({ amount: 2n * UNIT })] })));
    const end = { seq, status: null, latencyMs: 3, giveBack: true };
    await Promise.all([ledgerOf(grant).settle([end, end]), ledgerOf(grant).settle([end])]);
    await evictDurableObject(ledgerOf(grant));
    await ledgerOf(grant).settle([end]);
    expect(await usedOf(grant)).toBe("5");
  });

  it("does not give back what was settled as run", async () => {
    const grant = await known();
    const seq = seqOf(await ledgerOf(grant).take(request()));
    await ledgerOf(grant).settle([{ seq, status: 200, latencyMs: 12, giveBack: false }]);
    await ledgerOf(grant).settle([{ seq, status: 502, latencyMs: 1, giveBack: true }]);
    expect(await usedOf(grant)).toBe("1");
    expect((await journalOf(grant))[0]?.ending).toEqual({ at: NOON, status: 200, latencyMs: 12 });
  });

  it("gives nothing back into a window that has ended, nor into the next", async () => {
    const grant = await known();
    const seq = seqOf(await ledgerOf(grant).take(request()));
    vi.setSystemTime(NOON + 86_400_000);
    await ledgerOf(grant).take(request());
    await ledgerOf(grant).settle([{ seq, status: null, latencyMs: 3, giveBack: true }]);
    expect(await usedOf(grant)).toBe("1");
  });

  it("rides along with the next call, before that call takes", async () => {
    const grant = await known();
    await admittedOf(grant, 29);
    const seq = seqOf(await ledgerOf(grant).take(request()));
    const settlements = [{ seq, status: null, latencyMs: 3, giveBack: true }];
    expect((await ledgerOf(grant).take(request())).kind).toBe("limited");
    expect((await ledgerOf(grant).take(request({ settlements }))).kind).toBe("ok");
  });

  it("is recorded with a call that is stale or revoked too", async () => {
    const grant = await known();
    const first = seqOf(await ledgerOf(grant).take(request()));
    const second = seqOf(await ledgerOf(grant).take(request()));
    const end = { status: 200, latencyMs: 1, giveBack: false };
    await ledgerOf(grant).take(request({ policyVersion: "policy-0", settlements: [{ seq: first, ...end }] }));
    await ledgerOf(grant).put({ ...grant, status: "revoked", revision: 2 });
    await ledgerOf(grant).take(request({ settlements: [{ seq: second, ...end }] }));
    expect((await journalOf(grant)).map(({ ending }) => ending?.status)).toEqual([200, 200]);
  });

  it("of a row that is not there changes nothing", async () => {
    const grant = await known();
    await ledgerOf(grant).settle([{ seq: 77, status: 200, latencyMs: 1, giveBack: true }]);
    expect(await journalOf(grant)).toEqual([]);
  });
});
