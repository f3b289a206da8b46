import {
  abortAllDurableObjects,
  applyD1Migrations,
  evictDurableObject,
  runDurableObjectAlarm,
  runInDurableObject,
} from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, beforeAll, beforeEach, describe, expect, it, type MockInstance, vi } from "vitest";
import { MOST_BEHIND } from "../../src/audit/gather.ts";
import { alarmOf, decideMany, ended, marksOf, setUp, trailOf, verified } from "./audit-given.ts";
import {
  decisionsOf,
  demand,
  entry,
  errorOf,
  journalOf,
  known,
  ledgerOf,
  recordOf,
  request,
  UNIT,
} from "./ledger-given.ts";

/** Far ahead, so that an alarm never runs but when a test says so. */
const NOW = Date.parse("2126-11-20T12:00:00Z");
const DAY = 86_400_000;

beforeAll(() => applyD1Migrations(env.GRANTGATE_DB, env.TEST_MIGRATIONS));
beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date"], now: NOW });
  logged = vi.spyOn(console, "error").mockImplementation(() => {});
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

let logged: MockInstance;
const d1: D1Database = Object.getPrototypeOf(env.GRANTGATE_DB);

describe("a decision and its ending", () => {
  it("land in D1 with the alarm, as the ledger wrote them", async () => {
    const grant = await known();
    await ledgerOf(grant).take(request({ demands: [demand()] }));
    await ledgerOf(grant).settle([{ ...ended(1), bytes: 99 }]);
    expect(await trailOf(grant)).toEqual([]);
    expect(await runDurableObjectAlarm(ledgerOf(grant))).toBe(true);
    const [record] = await trailOf(grant);
    const counters = [{ counter: "refunds", scope: "grant", window: "day", used: "1", max: "30" }];
    expect(JSON.parse(record?.record ?? "")).toEqual(recordOf(grant, { at: NOW, counters }));
    expect(JSON.parse(record?.ending ?? "")).toEqual({ at: NOW, status: 200, latencyMs: 12, bytes: 99 });
    expect([record?.seq, record?.link, record?.endLink]).toEqual([1, 1, 2]);
    expect(await verified(grant)).toMatchObject({ kind: "whole", records: 1, head: { link: 2 } });
    expect(await journalOf(grant)).toEqual([]);
  });

  it("are found by what they are about", async () => {
    const grant = await known({ server: "found" });
    await ledgerOf(grant).take(request({ demands: [], entry: { ...entry, effect: "deny", rule: "/default" } }));
    await ledgerOf(grant).gather();
    const found = env.GRANTGATE_DB.prepare("SELECT at, server, method, tool, effect, rule FROM audit WHERE server = ?");
    expect(await found.bind("found").first()).toEqual({
      at: NOW,
      server: "found",
      method: "tools/call",
      tool: "create_refund",
      effect: "deny",
      rule: "/default",
    });
  });

  it("may come apart: the ending is added to what is there", async () => {
    const grant = await known();
    await decideMany(grant, 3);
    await ledgerOf(grant).gather();
    expect((await trailOf(grant)).map(({ ending }) => ending)).toEqual([null, null, null]);
    await ledgerOf(grant).settle([ended(2), ended(1)]);
    await runDurableObjectAlarm(ledgerOf(grant));
    expect((await trailOf(grant)).map(({ link, endLink }) => [link, endLink])).toEqual([
      [1, 5],
      [2, 4],
      [3, null],
    ]);
    expect((await journalOf(grant)).map(({ seq }) => seq)).toEqual([3]);
    expect(await verified(grant)).toMatchObject({ kind: "whole" });
  });

  it("survive an eviction between the two", async () => {
    const grant = await known();
    await decideMany(grant, 2);
    await evictDurableObject(ledgerOf(grant));
    await ledgerOf(grant).settle([ended(1)]);
    await ledgerOf(grant).gather();
    await evictDurableObject(ledgerOf(grant));
    await ledgerOf(grant).settle([ended(2)]);
    await decideMany(grant, 1);
    expect(await verified(grant)).toMatchObject({ kind: "whole", records: 3, head: { link: 5 } });
    expect((await ledgerOf(grant).usage()).calls).toBe(3);
  });

  it("are in order of time, even when the ledger moves to a machine whose clock is behind", async () => {
    for (const isGathered of [false, true]) {
      const grant = await known();
      await ledgerOf(grant).take(request({ demands: [], entry: { ...entry, effect: "deny" } }));
      if (isGathered) await ledgerOf(grant).gather();
      await evictDurableObject(ledgerOf(grant));
      vi.setSystemTime(NOW - 2_000);
      await decideMany(grant, 1);
      expect(await verified(grant)).toMatchObject({ kind: "whole", records: 2 });
      expect((await trailOf(grant)).map(({ record }) => JSON.parse(record).at)).toEqual([NOW, NOW]);
      vi.setSystemTime(NOW);
    }
  });

  it("keep their numbers when nothing of them is left in the ledger", async () => {
    const grant = await known();
    await ledgerOf(grant).take(request({ demands: [], entry: { ...entry, effect: "deny" } }));
    await runDurableObjectAlarm(ledgerOf(grant));
    expect(await journalOf(grant)).toEqual([]);
    await evictDurableObject(ledgerOf(grant));
    expect((await ledgerOf(grant).usage()).calls).toBe(1);
    await decideMany(grant, 1);
    expect(await verified(grant)).toMatchObject({ kind: "whole", records: 2, head: { link: 2 } });
  });
});

describe("gathering", () => {
  it("twice, or by many at once, doubles nothing", async () => {
    const grant = await known();
    await decideMany(grant, 5);
    const gathered = await Promise.all([
      ledgerOf(grant).gather(),
      runDurableObjectAlarm(ledgerOf(grant)),
      ledgerOf(grant).gather(),
    ]);
    expect(gathered[0]).toEqual(gathered[2]);
    const hash = (await trailOf(grant)).at(-1)?.hash;
    expect(gathered[0]).toMatchObject({ head: { link: 5, hash }, gathered: 5, released: { link: 0 } });
    await ledgerOf(grant).gather();
    expect(await trailOf(grant)).toHaveLength(5);
  });

  it("happens by itself, after a restart that nobody called for as well", async () => {
    vi.useRealTimers();
    const [grant, other] = [await known(), await known()];
    for (const one of [grant, other]) await setUp(one, { AUDIT_DELAY_SECONDS: "0.3" });
    await Promise.all([grant, other].map((one) => decideMany(one, 2)));
    await evictDurableObject(ledgerOf(other));
    for (const one of [grant, other]) {
      await vi.waitFor(async () => expect(await trailOf(one)).toHaveLength(2), { timeout: 4_000 });
    }
    expect(await verified(other)).toMatchObject({ kind: "whole", records: 2 });
  });

  it("takes what is decided while it runs with the next alarm at the latest", async () => {
    const grant = await known();
    await decideMany(grant, 3);
    const all = Promise.all([ledgerOf(grant).gather(), decideMany(grant, 20), ledgerOf(grant).gather()]);
    await all;
    await runDurableObjectAlarm(ledgerOf(grant));
    expect(await trailOf(grant)).toHaveLength(23);
    expect(await verified(grant)).toMatchObject({ kind: "whole", records: 23 });
  });

  it("brings more than one batch, whether there are many records or large ones", async () => {
    const grant = await known();
    await Promise.all(Array.from({ length: 1_200 }, () => ledgerOf(grant).take(request({ demands: [] }))));
    await ledgerOf(grant).settle(Array.from({ length: 1_200 }, (_, nth) => ended(1_200 - nth)));
    const large = JSON.stringify({ text: '"é\\'.repeat(10_000) });
    for (let nth = 0; nth < 12; nth++) {
      await ledgerOf(grant).take(request({ demands: [], entry: { ...entry, arguments: large } }));
    }
    const batch = vi.spyOn(d1, "batch");
    expect(await verified(grant)).toMatchObject({ kind: "whole", records: 1_212, head: { link: 2_412 } });
    expect(batch.mock.calls.length).toBeGreaterThanOrEqual(7);
    await runDurableObjectAlarm(ledgerOf(grant));
    expect(await journalOf(grant)).toHaveLength(12);
  });

  it("has an alarm from the first link on, and one for what stays open", async () => {
    const grant = await known();
    await setUp(grant, { AUDIT_DELAY_SECONDS: "5" });
    expect(await alarmOf(grant)).toBeNull();
    await decideMany(grant, 1);
    expect(await alarmOf(grant)).toBe(NOW + 5_000);
    vi.setSystemTime(NOW + 1_000);
    await decideMany(grant, 2);
    expect(await alarmOf(grant)).toBe(NOW + 5_000);
    vi.setSystemTime(NOW + 5_000);
    await runDurableObjectAlarm(ledgerOf(grant));
    expect(await alarmOf(grant)).toBe(NOW + DAY);
    await ledgerOf(grant).settle([ended(1), ended(2)]);
    expect(await alarmOf(grant)).toBe(NOW + 10_000);
    await runDurableObjectAlarm(ledgerOf(grant));
    expect(await alarmOf(grant)).toBe(NOW + 1_000 + DAY);
    await ledgerOf(grant).settle([ended(3)]);
    await runDurableObjectAlarm(ledgerOf(grant));
    expect(await alarmOf(grant)).toBeNull();
    expect(await journalOf(grant)).toEqual([]);
  });

  it("lets go of a call whose ending never came, a day after it was decided", async () => {
    const grant = await known();
    await decideMany(grant, 1);
    await runDurableObjectAlarm(ledgerOf(grant));
    vi.setSystemTime(NOW + DAY - 1);
    await decideMany(grant, 1);
    await runDurableObjectAlarm(ledgerOf(grant));
    expect((await journalOf(grant)).map(({ seq }) => seq)).toEqual([1, 2]);
    vi.setSystemTime(NOW + DAY);
    await runDurableObjectAlarm(ledgerOf(grant));
    expect((await journalOf(grant)).map(({ seq }) => seq)).toEqual([2]);
    await ledgerOf(grant).settle([ended(1), ended(2)]);
    expect(await verified(grant)).toMatchObject({ kind: "whole", records: 2, head: { link: 3 } });
  });

  it("sets the alarm that is missing when a ledger finds links from before", async () => {
    const grant = await known();
    await decideMany(grant, 2);
    await runInDurableObject(ledgerOf(grant), (_, { storage }) => storage.deleteAlarm());
    await evictDurableObject(ledgerOf(grant));
    await ledgerOf(grant).usage();
    await vi.waitFor(async () => expect(await alarmOf(grant)).not.toBeNull());
    await runDurableObjectAlarm(ledgerOf(grant));
    expect(await trailOf(grant)).toHaveLength(2);
  });

  it("writes no row of the journal more than once for a decision and once for its ending", async () => {
    const grant = await known();
    const written = await runInDurableObject(ledgerOf(grant), async (ledger, { storage }) => {
      const exec = storage.sql.exec.bind(storage.sql);
      const cursors: { readonly rowsWritten: number }[] = [];
      storage.sql.exec = <T extends Record<string, SqlStorageValue>>(query: string, ...bindings: unknown[]) => {
        const cursor = exec<T>(query, ...bindings);
        cursors.push(cursor);
        return cursor;
      };
      for (let nth = 0; nth < 10; nth++) await ledger.take(request({ demands: [] }));
      await ledger.settle(Array.from({ length: 10 }, (_, nth) => ended(nth + 1)));
      return cursors.reduce((sum, { rowsWritten }) => sum + rowsWritten, 0);
    });
    expect(written).toBe(20);
  });
});

describe("when D1 fails", () => {
  it("before or after it wrote, nothing is lost and nothing doubled", async () => {
    const real = env.GRANTGATE_DB.batch.bind(env.GRANTGATE_DB);
    const failures: D1Database["batch"][] = [
      () => Promise.reject(new Error("D1 is down")),
      async (statements) => {
        await real(statements);
        throw new Error("the answer was lost");
      },
    ];
    for (const failure of failures) {
      const grant = await known();
      await decideMany(grant, 3);
      vi.spyOn(d1, "batch").mockImplementationOnce(failure);
      await runDurableObjectAlarm(ledgerOf(grant));
      expect((await journalOf(grant)).map(({ seq }) => seq)).toEqual([1, 2, 3]);
      expect(await alarmOf(grant)).toBe(NOW + 5_000);
      await ledgerOf(grant).settle([ended(3), ended(1)]);
      await decideMany(grant, 1);
      await evictDurableObject(ledgerOf(grant));
      vi.setSystemTime(NOW + 5_000);
      await runDurableObjectAlarm(ledgerOf(grant));
      expect((await trailOf(grant)).map(({ link, endLink }) => [link, endLink])).toEqual([
        [1, 5],
        [2, null],
        [3, 4],
        [6, null],
      ]);
      expect(await verified(grant)).toMatchObject({ kind: "whole", records: 4, head: { link: 6 } });
      vi.setSystemTime(NOW);
    }
  });

  it("it is tried again ever more slowly, at least every five minutes, and calls hear nothing of it", async () => {
    const grant = await known();
    const batch = vi.spyOn(d1, "batch").mockRejectedValue(new Error("D1 is down"));
    await decideMany(grant, 1);
    const waits: number[] = [];
    for (let at = NOW; waits.length < 9; ) {
      await runDurableObjectAlarm(ledgerOf(grant));
      const next = (await alarmOf(grant)) ?? 0;
      waits.push((next - at) / 1_000);
      at = next;
      vi.setSystemTime(at - 1);
      await decideMany(grant, 1);
      expect(await alarmOf(grant)).toBe(next);
      vi.setSystemTime(at);
    }
    expect(waits).toEqual([5, 10, 20, 40, 80, 160, 300, 300, 300]);
    expect(await errorOf(() => ledgerOf(grant).gather())).toContain("could not be gathered");
    expect(logged).toHaveBeenCalledWith(expect.stringContaining('"event":"audit sink failed"'));
    batch.mockRestore();
    expect(await verified(grant)).toMatchObject({ kind: "whole", records: 10 });
    expect((await marksOf(grant)).d1).toMatchObject({ failures: 0, link: 10 });
  });

  it("for days, all that was decided meanwhile waits in the ledger", async () => {
    const grant = await known();
    await Promise.all(Array.from({ length: 1_500 }, () => ledgerOf(grant).take(request({ demands: [] }))));
    const batch = vi.spyOn(d1, "batch").mockRejectedValue(new Error("D1 is down"));
    await runDurableObjectAlarm(ledgerOf(grant));
    vi.setSystemTime(NOW + 3 * DAY);
    await runDurableObjectAlarm(ledgerOf(grant));
    expect(await decisionsOf(grant)).toHaveLength(1_500);
    batch.mockRestore();
    expect(await verified(grant)).toMatchObject({ kind: "whole", records: 1_500 });
    await runDurableObjectAlarm(ledgerOf(grant));
    expect(await decisionsOf(grant)).toEqual([]);
  });

  it("in the middle of a crash of every object, the chain goes on", async () => {
    const grants = await Promise.all(Array.from({ length: 4 }, () => known()));
    const calls = grants.flatMap((grant) =>
      Array.from({ length: 30 }, async (_, nth) => {
        const answer = await ledgerOf(grant).take(request({ demands: [demand({ max: 1_000n * UNIT })] }));
        if (answer.kind === "ok" && answer.seq !== null) await ledgerOf(grant).settle([ended(answer.seq)]);
        if (nth % 7 === 0) await ledgerOf(grant).gather();
        return { grant, answer };
      }).map((call) => call.catch(() => null)),
    );
    await Promise.race(calls);
    await abortAllDurableObjects();
    const answered = (await Promise.all(calls)).filter((call) => call !== null);
    for (const grant of grants) {
      await decideMany(grant, 2);
      expect(await verified(grant)).toMatchObject({ kind: "whole" });
      const seqs = (await trailOf(grant)).map(({ seq }) => seq);
      expect(seqs).toEqual(seqs.map((_, nth) => nth + 1));
      for (const call of answered.filter((one) => one.grant === grant)) {
        expect(seqs).toContain(call.answer.kind === "ok" ? call.answer.seq : null);
      }
    }
  });
});

describe("a sink that joins or falls behind", () => {
  it("begins where the trail has come to, even when the ledger crashes before it was ever served", async () => {
    const grant = await known();
    await setUp(grant, { AUDIT_BUCKET: undefined });
    await decideMany(grant, 2);
    await ledgerOf(grant).gather();
    await evictDurableObject(ledgerOf(grant));
    await decideMany(grant, 2);
    await ledgerOf(grant).gather();
    await evictDurableObject(ledgerOf(grant));
    expect((await marksOf(grant)).r2).toMatchObject({ link: 2, seq: 2 });
    expect((await decisionsOf(grant)).length).toBe(4);
    await runDurableObjectAlarm(ledgerOf(grant));
    const { objects } = await bucket().list({ prefix: `audit/2126-11-20/${grant.id}/` });
    expect(objects.map(({ key }) => key)).toEqual([`audit/2126-11-20/${grant.id}/000000000003-4.ndjson`]);
  });

  it("skips ahead when it is more than 100,000 links behind, and that is logged", async () => {
    const grant = await known();
    await decideMany(grant, 1);
    await ledgerOf(grant).gather();
    await runInDurableObject(ledgerOf(grant), (_, { storage }) => {
      const d1 = { link: MOST_BEHIND + 10, hash: "f".repeat(64), seq: 7, failures: 0, retryAt: 0 };
      const r2 = { ...d1, link: 9, seq: 1, until: 500, failures: 3 };
      storage.kv.put("marks", { d1, r2 });
    });
    await evictDurableObject(ledgerOf(grant));
    await decideMany(grant, 1);
    await runDurableObjectAlarm(ledgerOf(grant));
    expect((await marksOf(grant)).r2).toMatchObject({ link: MOST_BEHIND + 11, seq: 8, failures: 0 });
    expect(logged).toHaveBeenCalledWith(
      JSON.stringify({
        level: "error",
        event: "audit links skipped",
        grant: grant.id,
        step: "r2",
        count: MOST_BEHIND + 1,
      }),
    );
  });
});

function bucket(): R2Bucket {
  if (env.AUDIT_BUCKET === undefined) throw new Error("vitest.config.ts binds a bucket");
  return env.AUDIT_BUCKET;
}
