import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Counters, condense, noCounters } from "../../../src/ledger/counters.ts";
import type { Demand } from "../../../src/ledger/demand.ts";
import {
  entered,
  fitsFrom,
  inSixtieths,
  latestWith,
  MOST_ENTRIES,
  remaining,
  sumOf,
  withdrawn,
} from "../../../src/ledger/rolling.ts";
import { giveBack, type Taken, take } from "../../../src/ledger/take.ts";
import { lengthOf } from "../../../src/ledger/windows.ts";
import { WINDOWS, type Window } from "../../../src/policy/window.ts";
import { demand, NOON, stored, takeAt, takenAt, UNIT } from "./given.ts";

const rolling = (over: Partial<Demand> = {}) => demand({ align: "rolling", window: "minute", ...over });
const MINUTE = 60_000;
/** Thousands of histories take seconds on a slow machine; that is no failure. */
const PATIENT = { timeout: 120_000 };

describe("a rolling window", () => {
  it("is left by a unit that is exactly one window old, and not a millisecond sooner", () => {
    const counters = noCounters();
    takenAt(counters, NOON, rolling());
    takenAt(counters, NOON + 10, rolling({ amount: 2n * UNIT }));
    expect(takeAt(counters, NOON + MINUTE - 1, rolling()).kind).toBe("limited");
    expect(takeAt(counters, NOON + MINUTE, rolling()).kind).toBe("taken");
    expect(takeAt(counters, NOON + MINUTE, rolling()).kind).toBe("limited");
    expect(takeAt(counters, NOON + MINUTE + 10, rolling({ amount: 2n * UNIT })).kind).toBe("taken");
  });

  it("does not end where a calendar window does", () => {
    const counters = noCounters();
    takenAt(counters, NOON - 1, rolling({ amount: 3n * UNIT }), demand({ window: "minute", amount: 3n * UNIT }));
    expect(takeAt(counters, NOON, rolling()).kind).toBe("limited");
    expect(takeAt(counters, NOON, demand({ window: "minute" })).kind).toBe("taken");
  });

  it("says when this very amount would fit, and not when the first unit leaves", () => {
    const counters = noCounters();
    for (const second of [0, 10, 20]) takenAt(counters, NOON + second * 1_000, rolling());
    const now = NOON + 30_000;
    const limited = { kind: "limited", demand: 0, used: 3n * UNIT, max: 3n * UNIT };
    expect(takeAt(counters, now, rolling())).toEqual({ ...limited, resetAt: NOON + 60_000, retryAfterMs: 30_000 });
    const two = rolling({ amount: 2n * UNIT });
    expect(takeAt(counters, now, two)).toEqual({ ...limited, resetAt: NOON + 70_000, retryAfterMs: 40_000 });
    const never = rolling({ amount: 4n * UNIT });
    expect(takeAt(counters, now, never)).toEqual({ ...limited, resetAt: now + MINUTE, retryAfterMs: MINUTE });
  });

  it("is 31 days long when it is a month, and as long as its name says otherwise", () => {
    const days = (window: Window) => lengthOf(window) / 86_400_000;
    expect([days("month"), days("week"), days("day"), days("hour") * 24]).toEqual([31, 7, 1, 1]);
    expect([lengthOf("minute"), lengthOf("second"), lengthOf(90)]).toEqual([60_000, 1_000, 90_000]);
    const counters = noCounters();
    const february = Date.parse("2027-02-01T00:00:00Z");
    takenAt(counters, february, rolling({ window: "month", amount: 3n * UNIT }));
    expect(takeAt(counters, Date.parse("2027-03-03T23:59:59.999Z"), rolling({ window: "month" })).kind).toBe("limited");
    expect(takeAt(counters, Date.parse("2027-03-04T00:00:00Z"), rolling({ window: "month" })).kind).toBe("taken");
  });

  it("is another counter than the calendar window of the same name", () => {
    const counters = noCounters();
    takenAt(counters, NOON, rolling({ amount: 3n * UNIT }));
    expect(takeAt(counters, NOON, demand({ window: "minute", amount: 3n * UNIT })).kind).toBe("taken");
    expect(counters.running.size).toBe(2);
  });

  it("is forgotten when its last unit has left", () => {
    const counters = noCounters();
    takenAt(counters, NOON, rolling());
    takenAt(counters, NOON + 5, rolling());
    takeAt(counters, NOON + MINUTE + 4);
    expect(stored(counters).running.size).toBe(1);
    takeAt(counters, NOON + MINUTE + 5);
    expect(stored(counters)).toEqual({ clock: NOON + MINUTE + 5, weight: 0, running: new Map() });
  });

  it("sums millionths exactly", () => {
    const counters = noCounters();
    const tenth = rolling({ max: UNIT, amount: 100_000n });
    const kinds = Array.from({ length: 11 }, (_, nth) => takeAt(counters, NOON + nth, tenth).kind);
    expect(kinds.filter((kind) => kind === "taken")).toHaveLength(10);
    expect(takeAt(counters, NOON + 11, rolling({ max: UNIT, amount: 1n })).kind).toBe("limited");
    expect(takeAt(counters, NOON + 11, rolling({ max: UNIT, amount: 0n })).kind).toBe("taken");
    expect(takeAt(counters, NOON + MINUTE, rolling({ max: UNIT, amount: 100_000n })).kind).toBe("taken");
    expect(takeAt(counters, NOON + MINUTE, rolling({ max: UNIT, amount: 1n })).kind).toBe("limited");
  });
});

describe("a rolling window in sixtieths", () => {
  const large = rolling({ max: 1_001n * UNIT });
  const sixtieths = (from: number, until: number, ...demands: Demand[]) => {
    const counters = noCounters();
    for (let now = from; now < until; now++) takenAt(counters, now, ...demands);
    const [counter] = counters.running.values();
    return counter?.align === "rolling" ? counter.entries.map(([at]) => at) : [];
  };

  it("is what a limit above 1,000 units is counted in, and none below", () => {
    expect(sixtieths(NOON + 990, NOON + 1_010, large)).toEqual([NOON + 999, NOON + 1_999]);
    expect(sixtieths(NOON + 990, NOON + 1_010, { ...large, max: 1_000n * UNIT })).toHaveLength(20);
    expect(sixtieths(NOON + 990, NOON + 1_010, large, { ...large, max: 1_000n * UNIT })).toHaveLength(20);
  });

  it("is left when the latest instant of the sixtieth would have left", () => {
    const counters = noCounters();
    takenAt(counters, NOON, { ...large, amount: 1_001n * UNIT });
    expect(takeAt(counters, NOON + 500, large)).toMatchObject({ kind: "limited", resetAt: NOON + 999 + MINUTE });
    expect(takeAt(counters, NOON + 998 + MINUTE, large).kind).toBe("limited");
    expect(takeAt(counters, NOON + 999 + MINUTE, large).kind).toBe("taken");
  });

  it("does not bring back what has left", () => {
    const counters = noCounters();
    takenAt(counters, NOON, rolling());
    takenAt(counters, NOON + 30_000, rolling());
    takeAt(counters, NOON + MINUTE);
    condense(counters);
    expect(takeAt(counters, NOON + MINUTE, rolling({ amount: 2n * UNIT })).kind).toBe("taken");
  });
});

describe("giving back into a rolling window", () => {
  it("takes the units out of the entry they were put in, so that the others leave when they would have", () => {
    const counters = noCounters();
    takenAt(counters, NOON, rolling());
    const second = takenAt(counters, NOON + 10_000, rolling());
    takenAt(counters, NOON + 20_000, rolling());
    giveBack(counters, second);
    expect(takeAt(counters, NOON + 30_000, rolling()).kind).toBe("taken");
    expect(takeAt(counters, NOON + 30_000, rolling())).toMatchObject({ resetAt: NOON + 60_000 });
    expect(takeAt(counters, NOON + 60_000, rolling()).kind).toBe("taken");
    expect(takeAt(counters, NOON + 60_000, rolling())).toMatchObject({ resetAt: NOON + 80_000 });
  });

  it("leaves alone what another call took in the same millisecond", () => {
    const counters = noCounters();
    const first = takenAt(counters, NOON, rolling());
    takenAt(counters, NOON, rolling({ amount: 2n * UNIT }));
    giveBack(counters, first);
    expect(takeAt(counters, NOON + 1, rolling())).toMatchObject({ kind: "taken", counts: [{ used: 3n * UNIT }] });
  });

  it("changes nothing once they have left, even where later units stand for their sixtieth", () => {
    const counters = noCounters();
    const instant = latestWith(NOON, MINUTE) - 5;
    const early = takenAt(counters, instant, rolling({ max: 1_000n * UNIT }));
    takenAt(counters, instant + 1, rolling({ max: 2_000n * UNIT, amount: 2_000n * UNIT - UNIT }));
    takeAt(counters, instant + MINUTE, rolling({ max: 2_000n * UNIT, amount: 0n }));
    giveBack(counters, early);
    expect(takeAt(counters, instant + MINUTE, rolling({ max: 2_000n * UNIT, amount: 2n * UNIT }))).toMatchObject({
      kind: "limited",
      used: 1_999n * UNIT,
    });
  });

  it("finds units that were merged into their sixtieth since", () => {
    const length = MINUTE;
    const merged = inSixtieths(
      [
        [NOON, 5n],
        [NOON + 1, 7n],
      ],
      length,
    );
    expect(merged).toEqual([[latestWith(NOON, length), 12n]]);
    expect(withdrawn(merged, length, NOON + 1, 7n)).toEqual([[latestWith(NOON, length), 5n]]);
    expect(withdrawn(merged, length, NOON, 12n)).toEqual([]);
    expect(withdrawn(entered(merged, length, NOON, 1n), length, NOON, 6n)).toEqual([[latestWith(NOON, length), 7n]]);
  });
});

describe("what lies in a rolling window", () => {
  const entries = [
    [NOON, UNIT],
    [NOON + 10, 2n * UNIT],
  ] as const;

  it("is what has not left it, and nothing once all has", () => {
    expect(remaining(entries, 60, NOON + 59)).toEqual(entries);
    expect(remaining(entries, 60, NOON + 60)).toEqual([[NOON + 10, 2n * UNIT]]);
    expect(remaining(entries, 60, NOON + 70)).toEqual([]);
  });

  it("says from when on more would fit", () => {
    const from = (units: bigint, max: bigint) => fitsFrom(entries, 60, NOON + 20, units, max) - NOON;
    expect(from(UNIT, 4n * UNIT)).toBe(20);
    expect(from(UNIT, 3n * UNIT)).toBe(60);
    expect(from(2n * UNIT, 3n * UNIT)).toBe(70);
    expect(from(4n * UNIT, 3n * UNIT)).toBe(80);
  });

  it("is exact up to a thousand entries", () => {
    const thousand = Array.from({ length: MOST_ENTRIES }, (_, nth) => [NOON + nth, UNIT] as const);
    const length = 86_400_000;
    expect(entered(thousand.slice(1), length, NOON, UNIT)).toEqual(thousand);
    expect(entered(thousand, length, NOON - 1, UNIT).length).toBeLessThan(MOST_ENTRIES);
  });
});

describe("a sixtieth", () => {
  const length = fc.oneof(fc.constantFrom(...WINDOWS), fc.integer({ min: 1, max: 2_678_400 })).map(lengthOf);
  const instant = fc.integer({ min: 0, max: Date.parse("2200-01-01T00:00:00Z") });

  it("holds the instant, is no longer than a sixtieth of the window, and has one latest instant", () => {
    fc.assert(
      fc.property(length, instant, (long, at) => {
        const latest = latestWith(at, long);
        expect(latest).toBeGreaterThanOrEqual(at);
        expect((latest - at) * 60).toBeLessThan(long);
        expect(latestWith(latest, long)).toBe(latest);
        expect(latestWith(latest + 1, long)).toBeGreaterThan(latest);
      }),
      { numRuns: 5_000 },
    );
  });
});

const LENGTHS = [1, 7, "minute", 90] as const satisfies readonly Window[];

type Ran = { readonly at: number; readonly amount: bigint; readonly taken: readonly Taken[] };

/** Steps of a clock that also goes back, amounts, and now and then units that go back or a ledger that is evicted. */
function steps(amount: fc.Arbitrary<bigint>) {
  const clock = fc.oneof(
    fc.constant(0),
    fc.integer({ min: 0, max: 400 }),
    fc.integer({ min: -5_000, max: 20_000 }),
    fc.integer({ min: -100_000, max: 100_000 }),
  );
  const back = fc.option(fc.nat(), { freq: 4 });
  return fc.array(fc.record({ clock, amount, back, evicted: fc.boolean() }), { maxLength: 80, size: "max" });
}

/** Sum of what ran after `from` and not after `until`. */
function sumWithin(ran: readonly Ran[], from: number, until: number): bigint {
  return ran.filter(({ at }) => at > from && at <= until).reduce((sum, { amount }) => sum + amount, 0n);
}

/** The most that ran within any one window length: the fullest one ends with a call. */
function mostWithin(ran: readonly Ran[], length: number): bigint {
  const sums = ran.map(({ at }) => sumWithin(ran, at - length, at));
  return sums.reduce((most, sum) => (sum > most ? sum : most), 0n);
}

/** Makes the calls of a run, and tells of each what the whole history says of it. */
function play(
  run: readonly { clock: number; amount: bigint; back: number | null; evicted: boolean }[],
  { window, max }: { window: Window; max: bigint },
  judge: (call: { now: number; amount: bigint; ran: readonly Ran[]; admitted: boolean; counters: Counters }) => void,
): readonly Ran[] {
  let counters = noCounters();
  takenAt(counters, NOON);
  let machine = NOON;
  let now = NOON;
  let ran: Ran[] = [];
  for (const { clock, amount, back, evicted } of run) {
    machine += clock;
    now = Math.max(now, machine);
    const outcome = takeAt(counters, machine, rolling({ window, max, amount }));
    judge({ now, amount, ran, admitted: outcome.kind === "taken", counters });
    if (outcome.kind === "taken") ran.push({ at: now, amount, taken: outcome.taken });
    const gone = back === null || ran.length === 0 ? undefined : ran[back % ran.length];
    if (gone !== undefined && gone.at > now - lengthOf(window)) {
      giveBack(counters, gone.taken);
      ran = ran.filter((one) => one !== gone);
    }
    if (evicted) counters = stored(counters);
  }
  return ran;
}

describe("whatever is asked and however the clock steps", () => {
  it("an exact rolling limit holds in every interval, and refuses nothing that would fit", PATIENT, () => {
    const max = fc.bigInt(1n, 8n).map((units) => units * UNIT);
    const amount = fc.oneof(fc.constant(UNIT), fc.bigInt(0n, 4n * UNIT), fc.constantFrom(100_000n, 1n));
    fc.assert(
      fc.property(steps(amount), fc.constantFrom(...LENGTHS), max, (run, window, most) => {
        const length = lengthOf(window);
        const ran = play(run, { window, max: most }, ({ now, amount: asked, ran: before, admitted }) => {
          expect(admitted).toBe(sumWithin(before, now - length, now) + asked <= most);
        });
        expect(mostWithin(ran, length)).toBeLessThanOrEqual(most);
      }),
      { numRuns: 2_000 },
    );
  });

  it("one counted in sixtieths holds in every interval, and refuses at most for a sixtieth longer", PATIENT, () => {
    const max = fc.bigInt(1_001n, 1_300n).map((units) => units * UNIT);
    const amount = fc.bigInt(0n, 700n * UNIT);
    fc.assert(
      fc.property(steps(amount), fc.constantFrom(...LENGTHS), max, (run, window, most) => {
        const length = lengthOf(window);
        const ran = play(run, { window, max: most }, ({ now, amount: asked, ran: before, admitted, counters }) => {
          if (admitted) expect(sumWithin(before, now - length, now) + asked).toBeLessThanOrEqual(most);
          else expect(sumWithin(before, now - length - Math.ceil(length / 60), now) + asked).toBeGreaterThan(most);
          for (const counter of counters.running.values()) {
            if (counter.align === "rolling") expect(counter.entries.length).toBeLessThanOrEqual(62);
          }
        });
        expect(mostWithin(ran, length)).toBeLessThanOrEqual(most);
      }),
      { numRuns: 2_000 },
    );
  });

  it("says the earliest instant at which the call would fit", PATIENT, () => {
    const max = fc.bigInt(1n, 8n).map((units) => units * UNIT);
    const amount = fc.bigInt(1n, 4n * UNIT);
    fc.assert(
      fc.property(steps(amount), fc.constantFrom(...LENGTHS), max, (run, window, most) => {
        play(run, { window, max: most }, ({ now, amount: asked, admitted, counters }) => {
          if (admitted || asked > most) return;
          const refused = take(counters, [rolling({ window, max: most, amount: asked })]);
          if (refused.kind !== "limited") throw new Error("what is refused once is refused again");
          expect(refused.retryAfterMs).toBe(refused.resetAt - now);
          const later = stored(counters);
          const again = rolling({ window, max: most, amount: asked });
          expect(takeAt(later, refused.resetAt - 1, again).kind).toBe("limited");
          expect(takeAt(later, refused.resetAt, again).kind).toBe("taken");
        });
      }),
      { numRuns: 1_000 },
    );
  });

  it("very many small amounts are merged, and hold all the same", () => {
    const counters = noCounters();
    const ran: Ran[] = [];
    const [window, length] = ["minute" as const, MINUTE];
    const pieces = { window, max: 1_000n * UNIT, amount: 400_000n };
    let refused = 0;
    for (let now = NOON; now < NOON + 3 * MINUTE; now += 20) {
      const outcome = takeAt(counters, now, rolling(pieces));
      if (outcome.kind === "taken") ran.push({ at: now, amount: pieces.amount, taken: outcome.taken });
      else {
        refused++;
        const sum = sumWithin(ran.slice(-5_000), now - length - 1_000, now) + pieces.amount;
        expect(sum).toBeGreaterThan(pieces.max);
      }
    }
    expect(refused).toBeGreaterThan(1_000);
    const [counter] = counters.running.values();
    if (counter?.align !== "rolling") throw new Error("there is one rolling counter");
    expect(counter.entries.length).toBeLessThanOrEqual(MOST_ENTRIES);
    let first = 0;
    let sum = 0n;
    for (const { at, amount } of ran) {
      sum += amount;
      for (let out = ran[first]; out !== undefined && out.at <= at - length; out = ran[++first]) sum -= out.amount;
      expect(sum).toBeLessThanOrEqual(pieces.max);
    }
    expect(sumOf(counter.entries)).toBe(counter.used);
  });
});
