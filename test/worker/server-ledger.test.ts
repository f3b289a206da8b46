import {
  abortAllDurableObjects,
  applyD1Migrations,
  evictDurableObject,
  listDurableObjectIds,
  runInDurableObject,
} from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { ServerLedger } from "../../src/ledger/server-ledger.ts";
import {
  admittedOf,
  counterState,
  decisionsOf,
  demand,
  errorOf,
  journalOf,
  known,
  ledgerOf,
  NOON,
  recordOf,
  request,
  seqOf,
  serverLedgerOf,
  UNIT,
  usedOf,
  usedTogether,
} from "./ledger-given.ts";

beforeAll(() => applyD1Migrations(env.GRANTGATE_DB, env.TEST_MIGRATIONS));
beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date"], now: NOON });
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

let servers = 0;

/** Grants of a server of their own. */
async function grantsOf(count: number) {
  const server = `server-${++servers}`;
  const grants = await Promise.all(Array.from({ length: count }, () => known({ server })));
  return { server, grants };
}

async function oneGrant() {
  const grant = await known({ server: `server-${++servers}` });
  return { server: grant.server, grant };
}

const together = demand({ scope: "server", rule: "/tools/create_refund/limits/1" });
const alone = demand({ counter: "own", max: 10n * UNIT });

const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0);

/** The next write of a ledger fails; the object goes with it. */
function breakStorage(ledger: DurableObjectStub): Promise<void> {
  return runInDurableObject(ledger, (_, { storage }) => {
    storage.transactionSync = () => {
      throw new Error("the disk is full");
    };
  });
}

describe("a limit of all grants of a server", () => {
  it("admits exactly max of the calls that come at once under 20 grants", async () => {
    const { server, grants } = await grantsOf(20);
    const asked = request({ demands: [together] });
    const admitted = await Promise.all(grants.map((grant) => admittedOf(grant, 10, asked)));
    expect(sum(admitted)).toBe(30);
    expect(await usedTogether(server)).toBe("30");
    const rows = (await Promise.all(grants.map(decisionsOf))).flat();
    expect(rows.filter(({ effect }) => effect === "allow")).toHaveLength(30);
    expect(rows.filter(({ effect }) => effect === "limit")).toHaveLength(170);
  });

  it("is another for each server", async () => {
    const [one, other] = [await oneGrant(), await oneGrant()];
    const asked = request({ demands: [together] });
    expect(await Promise.all([admittedOf(one.grant, 40, asked), admittedOf(other.grant, 40, asked)])).toEqual([30, 30]);
  });

  it("rolls, too", async () => {
    const { grants } = await grantsOf(3);
    const asked = request({ demands: [demand({ scope: "server", align: "rolling", window: "hour" })] });
    const admitted = () => Promise.all(grants.map((grant) => admittedOf(grant, 20, asked)));
    expect(sum(await admitted())).toBe(30);
    vi.setSystemTime(NOON + 3_600_000 - 1);
    expect(sum(await admitted())).toBe(0);
    vi.setSystemTime(NOON + 3_600_000);
    expect(sum(await admitted())).toBe(30);
  });

  it("tells what it found as the grant's own limits do", async () => {
    const { grant } = await oneGrant();
    await admittedOf(grant, 30, request({ demands: [together] }));
    expect(await ledgerOf(grant).take(request({ demands: [alone, together] }))).toEqual({
      kind: "limited",
      demand: 1,
      used: 30n * UNIT,
      max: 30n * UNIT,
      resetAt: NOON + 12 * 3_600_000,
      retryAfterMs: 12 * 3_600_000,
      at: NOON,
    });
    const counters = [counterState({ scope: "server", used: "30" })];
    expect((await decisionsOf(grant)).at(-1)).toEqual(
      recordOf(grant, { effect: "limit", rule: together.rule, counters }),
    );
  });

  it("costs calls without such a limit nothing: nobody asks the server's ledger", async () => {
    const before = await listDurableObjectIds(env.SERVER_LEDGER);
    const { grant } = await oneGrant();
    await admittedOf(grant, 5);
    expect(await listDurableObjectIds(env.SERVER_LEDGER)).toHaveLength(before.length);
  });
});

describe("limits of a grant and of its server in one call", () => {
  const both = request({ demands: [alone, together] });

  it("are taken together or not at all, however many calls come at once", async () => {
    const { server, grants } = await grantsOf(6);
    const admitted = await Promise.all(grants.map((grant) => admittedOf(grant, 15, both)));
    expect(sum(admitted)).toBe(30);
    expect(Math.max(...admitted)).toBeLessThanOrEqual(10);
    expect(await usedTogether(server)).toBe("30");
    const used = await Promise.all(grants.map((grant) => usedOf(grant, "own")));
    expect(used.map(Number)).toEqual(admitted);
  });

  it("leave the server's alone when the grant's refuses", async () => {
    const { server, grant } = await oneGrant();
    expect(await admittedOf(grant, 40, both)).toBe(10);
    expect(await usedTogether(server)).toBe("10");
  });

  it("are journalled with all counters in the order of the demands", async () => {
    const { grant } = await oneGrant();
    await ledgerOf(grant).take(request({ demands: [together, alone, demand({ counter: "more", scope: "server" })] }));
    expect((await decisionsOf(grant))[0]?.counters).toEqual([
      counterState({ scope: "server" }),
      counterState({ counter: "own", max: "10" }),
      counterState({ counter: "more", scope: "server" }),
    ]);
  });

  it("name the first in order that refuses", async () => {
    const { grants } = await grantsOf(2);
    const [grant, other] = grants;
    if (grant === undefined || other === undefined) throw new Error("there are two grants");
    await admittedOf(grant, 10, request({ demands: [alone] }));
    const asked = request({ demands: [together, alone] });
    expect(await ledgerOf(grant).take(asked)).toMatchObject({ kind: "limited", demand: 1 });
    await admittedOf(other, 30, request({ demands: [together] }));
    expect(await ledgerOf(grant).take(asked)).toMatchObject({ kind: "limited", demand: 0, used: 30n * UNIT });
    expect(await ledgerOf(grant).take(both)).toMatchObject({ kind: "limited", demand: 0, used: 10n * UNIT });
  });
});

describe("when the server's ledger", () => {
  const both = request({ demands: [alone, together] });

  it("is evicted between calls, the count goes on", async () => {
    const { server, grant } = await oneGrant();
    await admittedOf(grant, 29, request({ demands: [together] }));
    await evictDurableObject(serverLedgerOf(server));
    await evictDurableObject(ledgerOf(grant));
    expect(await admittedOf(grant, 5, request({ demands: [together] }))).toBe(1);
  });

  it("and the grants' crash in the middle, no call is admitted that both do not hold", async () => {
    const { server, grants } = await grantsOf(4);
    const calls = grants.flatMap((grant) =>
      Array.from({ length: 5 }, () =>
        ledgerOf(grant)
          .take(both)
          .then(({ kind }) => ({ grant, kind }))
          .catch(() => null),
      ),
    );
    await Promise.race(calls);
    await abortAllDurableObjects();
    const answered = (await Promise.all(calls)).filter((answer) => answer?.kind === "ok");
    expect(answered.length).toBeGreaterThan(0);
    expect(Number(await usedTogether(server))).toBeGreaterThanOrEqual(answered.length);
    for (const grant of grants) {
      const ok = answered.filter((answer) => answer?.grant === grant).length;
      expect(Number((await usedOf(grant, "own")) ?? 0)).toBeGreaterThanOrEqual(ok);
    }
    const after = await Promise.all(grants.map((grant) => admittedOf(grant, 15, both)));
    expect(answered.length + sum(after)).toBeLessThanOrEqual(30);
  });

  it("can't be written, the call fails, is journalled as that, and the grant has its units back", async () => {
    const { server, grant } = await oneGrant();
    await admittedOf(grant, 4, both);
    await breakStorage(serverLedgerOf(server));
    expect(await errorOf(() => ledgerOf(grant).take(both))).toContain("the call could not be counted");
    expect(await usedOf(grant, "own")).toBe("4");
    const failed = { effect: "deny", rule: "(failed closed)" };
    expect((await decisionsOf(grant)).at(-1)).toEqual(recordOf(grant, failed));
    await evictDurableObject(ledgerOf(grant));
    expect(await admittedOf(grant, 15, both)).toBe(6);
    expect(await usedTogether(server)).toBe("10");
  });

  it("fails, a call that the grant's own limit refuses is told of that limit", async () => {
    const { grant } = await oneGrant();
    await admittedOf(grant, 10, both);
    vi.spyOn(ServerLedger.prototype, "check").mockRejectedValueOnce(new Error("unreachable"));
    const answer = await ledgerOf(grant).take(request({ demands: [together, alone] }));
    expect(answer).toMatchObject({ kind: "limited", demand: 1 });
  });

  it("answers after the grant was revoked, the call is refused and nothing is taken", async () => {
    const { server, grant } = await oneGrant();
    const take = ServerLedger.prototype.take;
    vi.spyOn(ServerLedger.prototype, "take").mockImplementationOnce(async function (this: ServerLedger, demands) {
      const outcome = await take.call(this, demands);
      await ledgerOf(grant).put({ ...grant, status: "revoked", revision: 2 });
      return outcome;
    });
    expect(await ledgerOf(grant).take(both)).toEqual({ kind: "revoked" });
    expect(await usedTogether(server)).toBe("0");
    expect(await usedOf(grant, "own")).toBe("0");
    expect(await journalOf(grant)).toEqual([]);
  });

  it("answers after the policy was edited, the call has to be decided again", async () => {
    const { server, grant } = await oneGrant();
    const edited = { ...grant, policy: { name: "support", version: "policy-2" }, revision: 2 };
    const take = ServerLedger.prototype.take;
    vi.spyOn(ServerLedger.prototype, "take").mockImplementationOnce(async function (this: ServerLedger, demands) {
      const outcome = await take.call(this, demands);
      await ledgerOf(grant).put(edited);
      return outcome;
    });
    expect(await ledgerOf(grant).take(both)).toEqual({ kind: "stale", grant: edited });
    expect(await admittedOf(grant, 15, { ...both, policyVersion: "policy-2" })).toBe(10);
    expect(await usedTogether(server)).toBe("10");
  });
});

describe("giving back over both", () => {
  const both = request({ demands: [alone, demand({ ...together, amount: 2n * UNIT })] });
  const back = (seq: number) => ({ seq, status: null, latencyMs: 1, giveBack: true });

  it("happens once, however often it is said", async () => {
    const { server, grant } = await oneGrant();
    await admittedOf(grant, 3, both);
    const seq = seqOf(await ledgerOf(grant).take(both));
    await Promise.all([ledgerOf(grant).settle([back(seq), back(seq)]), ledgerOf(grant).settle([back(seq)])]);
    await evictDurableObject(ledgerOf(grant));
    await ledgerOf(grant).settle([back(seq)]);
    expect([await usedOf(grant, "own"), await usedTogether(server)]).toEqual(["3", "6"]);
  });

  it("happens before a call that it rides with takes", async () => {
    const { grant } = await oneGrant();
    const all = request({ demands: [demand({ ...together, amount: 30n * UNIT })] });
    const seq = seqOf(await ledgerOf(grant).take(all));
    expect((await ledgerOf(grant).take(all)).kind).toBe("limited");
    expect((await ledgerOf(grant).take({ ...all, settlements: [back(seq)] })).kind).toBe("ok");
  });

  it("does not touch the next window of either", async () => {
    const { server, grant } = await oneGrant();
    const seq = seqOf(await ledgerOf(grant).take(both));
    vi.setSystemTime(NOON + 12 * 3_600_000);
    await ledgerOf(grant).take(both);
    await ledgerOf(grant).settle([back(seq)]);
    expect([await usedOf(grant, "own"), await usedTogether(server)]).toEqual(["1", "2"]);
  });

  it("is lost rather than repeated when the server's ledger can't be written", async () => {
    const { server, grant } = await oneGrant();
    const seq = seqOf(await ledgerOf(grant).take(both));
    await breakStorage(serverLedgerOf(server));
    await ledgerOf(grant).settle([back(seq)]);
    await ledgerOf(grant).settle([back(seq)]);
    expect([await usedOf(grant, "own"), await usedTogether(server)]).toEqual(["0", "2"]);
  });

  it("is said to the server's ledger only when the row is closed for good", async () => {
    const { server, grant } = await oneGrant();
    const seq = seqOf(await ledgerOf(grant).take(both));
    const settlements = [back(seq)];
    for (const say of [
      () => ledgerOf(grant).settle(settlements),
      () => ledgerOf(grant).take(request({ settlements })),
      () => ledgerOf(grant).take({ ...both, settlements }),
    ]) {
      await breakStorage(ledgerOf(grant));
      expect(await errorOf(say)).toContain("could not be written");
      expect([await usedOf(grant, "own"), await usedTogether(server)]).toEqual(["1", "2"]);
    }
    await ledgerOf(grant).settle([back(seq)]);
    expect([await usedOf(grant, "own"), await usedTogether(server)]).toEqual(["0", "0"]);
  });
});
