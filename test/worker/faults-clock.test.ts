/**
 * Clocks that step: forward over windows' ends, backward as on a machine whose clock is behind, and in the middle of a
 * call. In no window that a ledger's own clock knows is more let through than its limit; what a step cost ends when true
 * time has caught up; and nothing goes back into a window that it was not taken from.
 */
import { abortAllDurableObjects, applyD1Migrations } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import type { GrantRecord } from "../../src/grant/record.ts";
import type { Demand, Settlement } from "../../src/ledger/protocol.ts";
import { alarmOf, verified } from "./audit-given.ts";
import {
  admittedOf,
  decisionsOf,
  demand,
  known,
  ledgerOf,
  NOON,
  request,
  seqOf,
  UNIT,
  usedOf,
  usedTogether,
} from "./ledger-given.ts";

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const MAX = 3;

beforeAll(() => applyD1Migrations(env.GRANTGATE_DB, env.TEST_MIGRATIONS));
beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date"], now: NOON });
});
afterEach(() => {
  vi.useRealTimers();
});

let servers = 0;
const newGrant = () => known({ server: `clock-${++servers}` });

const limit = (over: Partial<Demand>): Demand => demand({ counter: "units", max: BigInt(MAX) * UNIT, ...over });

const back = (seq: number): Settlement => ({ seq, status: null, latencyMs: 1, giveBack: true });

/** How many of ten calls at that instant are let through; what only memory held is gone before. */
async function admittedAt(at: number, grant: GrantRecord, demands: readonly Demand[]): Promise<number> {
  vi.setSystemTime(at);
  await abortAllDurableObjects();
  return admittedOf(grant, 10, request({ demands: [...demands] }));
}

async function takeAt(at: number, grant: GrantRecord, demands: readonly Demand[]): Promise<number> {
  vi.setSystemTime(at);
  return seqOf(await ledgerOf(grant).take(request({ demands: [...demands] })));
}

const KEPT_BY = [["grant"], ["session"], ["server"]] as const;

describe.each(KEPT_BY)("a limit of scope %s", (scope) => {
  it("is new in each window that the clock steps into, over one or over many", async () => {
    const grant = await newGrant();
    const minute = [limit({ scope, window: "minute" })];
    const steps = [0, MINUTE - 1, MINUTE, 2 * MINUTE, 50 * MINUTE, DAY, 400 * DAY, 400 * DAY + MINUTE - 1];
    const admitted = [];
    for (const step of steps) admitted.push(await admittedAt(NOON + step, grant, minute));
    expect(admitted).toEqual([MAX, 0, MAX, MAX, MAX, MAX, MAX, 0]);
  });

  it.each([
    ["a second", SECOND],
    ["a window", MINUTE],
    ["a day", DAY],
    ["a year", 365 * DAY],
  ])(
    "opens nothing again when the clock goes back by %s, and is open again when time has caught up",
    async (_, step) => {
      for (const align of ["calendar", "rolling"] as const) {
        const grant = await newGrant();
        const minute = [limit({ scope, window: "minute", align })];
        const admitted = [];
        for (const at of [0, -step, -step + MINUTE / 2, MINUTE - 1, MINUTE]) {
          admitted.push(await admittedAt(NOON + at, grant, minute));
        }
        expect(admitted, align).toEqual([MAX, 0, 0, 0, MAX]);
      }
    },
  );

  it("costs one window when the clock was ahead for a moment, which lasts until its true end", async () => {
    const grant = await newGrant();
    const hour = [limit({ scope, window: "hour" })];
    const admitted = [];
    for (const at of [0, 5 * HOUR, SECOND, HOUR, 5 * HOUR, 6 * HOUR - 1, 6 * HOUR]) {
      admitted.push(await admittedAt(NOON + at, grant, hour));
    }
    expect(admitted).toEqual([MAX, MAX, 0, 0, 0, 0, MAX]);
  });

  it("rolls as its ledger's clock goes, and never has more than its units in any stretch of it", async () => {
    const grant = await newGrant();
    const rolling = [limit({ scope, window: "minute", align: "rolling" })];
    const admitted = [];
    // By the ledger's clock: 0, 0, 59.999, 60, 60, 119.999, 120, 120 and 180 seconds.
    for (const at of [0, -DAY, MINUTE - 1, MINUTE, SECOND, 2 * MINUTE - 1, 2 * MINUTE, -1, 3 * MINUTE]) {
      admitted.push(await admittedAt(NOON + at, grant, rolling));
    }
    expect(admitted).toEqual([MAX, 0, 0, MAX, 0, 0, MAX, 0, MAX]);
  });

  it.each<[string, string, Demand["window"], string, string]>([
    [
      "the day on which summer time begins in Europe",
      "2027-03-28T00:00:00Z",
      "day",
      "2027-03-28T23:59:59.999Z",
      "2027-03-29",
    ],
    ["the day on which it ends there", "2027-10-31T00:00:00Z", "day", "2027-10-31T23:59:59.999Z", "2027-11-01"],
    [
      "the hour that is there twice then",
      "2027-10-31T01:00:00Z",
      "hour",
      "2027-10-31T01:59:59.999Z",
      "2027-10-31T02:00Z",
    ],
    ["a leap day", "2028-02-29T00:00:00Z", "day", "2028-02-29T23:59:59.999Z", "2028-03-01"],
    ["a short month", "2027-02-01T00:00:00Z", "month", "2027-02-28T23:59:59.999Z", "2027-03-01"],
    ["a week across a year's end", "2026-12-28T00:00:00Z", "week", "2027-01-03T23:59:59.999Z", "2027-01-04"],
  ])("has %s in one window, to the millisecond", async (_, first, window, last, next) => {
    const grant = await newGrant();
    const limits = [limit({ scope, window })];
    const at = (text: string) => admittedAt(Date.parse(text), grant, limits);
    expect([await at(first), await at(last), await at(next)]).toEqual([MAX, 0, MAX]);
  });
});

describe("a call during which the clock steps", () => {
  const both = (over: Partial<Demand>) => [limit(over), limit({ ...over, counter: "shared", scope: "server" })];
  const used = async (grant: GrantRecord) => [await usedOf(grant, "units"), await usedTogether(grant.server, "shared")];

  it.each(["calendar", "rolling"] as const)(
    "over its %s window's end gives nothing back into the next",
    async (align) => {
      const grant = await newGrant();
      const minute = both({ window: "minute", align });
      const seq = await takeAt(NOON + 1, grant, minute);
      await takeAt(NOON + MINUTE + 1, grant, minute);
      await ledgerOf(grant).settle([back(seq)]);
      expect(await used(grant)).toEqual(["1", "1"]);
      expect(await admittedAt(NOON + MINUTE + 2, grant, minute)).toBe(MAX - 1);
    },
  );

  it.each(["calendar", "rolling"] as const)(
    "backward gives back once, into the %s window it took from",
    async (align) => {
      const grant = await newGrant();
      const minute = both({ window: "minute", align });
      const seq = await takeAt(NOON + 30 * SECOND, grant, minute);
      expect(await admittedAt(NOON + 30 * SECOND, grant, minute)).toBe(MAX - 1);
      vi.setSystemTime(NOON - DAY);
      await ledgerOf(grant).settle([back(seq), back(seq)]);
      await ledgerOf(grant).settle([back(seq)]);
      expect(await used(grant)).toEqual([`${MAX - 1}`, `${MAX - 1}`]);
      expect(await admittedAt(NOON - DAY, grant, minute)).toBe(1);
    },
  );

  it("ahead and back again gives back what it took, where the ledger was not asked meanwhile", async () => {
    const grant = await newGrant();
    const minute = both({ window: "minute" });
    const seq = await takeAt(NOON, grant, minute);
    vi.setSystemTime(NOON + 50 * DAY);
    vi.setSystemTime(NOON + 1);
    await ledgerOf(grant).settle([back(seq)]);
    expect(await admittedAt(NOON + 2, grant, minute)).toBe(MAX);
  });
});

describe("the journal of a ledger whose clock steps", () => {
  it("is in the order of time, whole, and waits no longer than it should to be gathered", async () => {
    const grant = await newGrant();
    for (const at of [0, DAY, -DAY, HOUR]) await admittedAt(NOON + at, grant, [limit({ window: "second" })]);
    for (const at of [2 * DAY, 0]) await takeAt(NOON + at, grant, []);
    const times = (await decisionsOf(grant)).map(({ at }) => at);
    expect(times).toHaveLength(42);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
    // Set while the clock was two days ahead, an alarm would be as late.
    expect(await alarmOf(grant)).toBeLessThanOrEqual(NOON + Number(env.AUDIT_DELAY_SECONDS) * SECOND);
    expect(await verified(grant)).toMatchObject({ kind: "whole", records: 42 });
  });
});
