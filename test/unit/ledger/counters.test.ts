import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { advance, type Counters, giveBack, noCounters, prune, take } from "../../../src/ledger/counters.ts";
import { windowAt } from "../../../src/ledger/windows.ts";
import type { LimitDemand } from "../../../src/policy/limit.ts";

const NOON = Date.parse("2026-11-20T12:00:00Z");
const UNIT = 1_000_000n;

function demand(over: Partial<LimitDemand> = {}): LimitDemand {
  return {
    rule: "/tools/x/limits/0",
    counter: "calls",
    window: "day",
    align: "calendar",
    scope: "grant",
    max: 3n * UNIT,
    amount: UNIT,
    ...over,
  };
}

function takeAt(counters: Counters, now: number, ...demands: LimitDemand[]) {
  advance(counters, now);
  return take(counters, demands);
}

describe("taking", () => {
  it("admits exactly max units in a window, then says when to come back", () => {
    const counters = noCounters();
    const kinds = [1, 2, 3].map(() => takeAt(counters, NOON, demand()).kind);
    expect(kinds).toEqual(["taken", "taken", "taken"]);
    expect(takeAt(counters, NOON + 1, demand())).toEqual({
      kind: "limited",
      demand: 0,
      used: 3n * UNIT,
      max: 3n * UNIT,
      resetAt: Date.parse("2026-11-21T00:00:00Z"),
      retryAfterMs: 12 * 3_600_000 - 1,
    });
    expect(takeAt(counters, Date.parse("2026-11-21T00:00:00Z"), demand()).kind).toBe("taken");
  });

  it("takes nothing of any counter when one refuses, and names the first that does", () => {
    const counters = noCounters();
    takeAt(counters, NOON, demand({ counter: "b", amount: 3n * UNIT }), demand({ counter: "c", amount: 3n * UNIT }));
    const refused = takeAt(
      counters,
      NOON,
      demand({ counter: "a" }),
      demand({ counter: "b" }),
      demand({ counter: "c" }),
    );
    expect(refused).toMatchObject({ kind: "limited", demand: 1 });
    expect(takeAt(counters, NOON, demand({ counter: "a", amount: 3n * UNIT })).kind).toBe("taken");
  });

  it("adds up the demands of one call on one counter, and holds each of them to the sum", () => {
    const low = demand({ max: UNIT });
    const high = demand({ max: 5n * UNIT });
    expect(takeAt(noCounters(), NOON, low, high)).toMatchObject({ kind: "limited", demand: 0 });
    expect(takeAt(noCounters(), NOON, high, low)).toMatchObject({ kind: "limited", demand: 1 });
    const counters = noCounters();
    expect(takeAt(counters, NOON, high, high).kind).toBe("taken");
    expect(takeAt(counters, NOON, high)).toMatchObject({ counts: [{ used: 3n * UNIT }] });
  });

  it("keeps the count when max is changed, and begins another for another name, window or scope", () => {
    const counters = noCounters();
    takeAt(counters, NOON, demand({ amount: 3n * UNIT }));
    expect(takeAt(counters, NOON, demand({ max: 2n * UNIT }))).toMatchObject({ kind: "limited", used: 3n * UNIT });
    expect(takeAt(counters, NOON, demand({ max: 4n * UNIT })).kind).toBe("taken");
    expect(takeAt(counters, NOON, demand({ counter: "others" })).kind).toBe("taken");
    expect(takeAt(counters, NOON, demand({ window: "hour" })).kind).toBe("taken");
  });

  it("counts amounts to the millionth", () => {
    const counters = noCounters();
    const tenth = demand({ max: UNIT, amount: 100_000n });
    const kinds = Array.from({ length: 11 }, () => takeAt(counters, NOON, tenth).kind);
    expect(kinds.filter((kind) => kind === "taken")).toHaveLength(10);
    expect(takeAt(counters, NOON, demand({ max: UNIT, amount: 1n })).kind).toBe("limited");
    expect(takeAt(counters, NOON, demand({ max: UNIT, amount: 0n })).kind).toBe("taken");
  });

  it("does not mind what a counter is called", () => {
    const counters = noCounters();
    for (const counter of ["__proto__", "constructor", "", '","day"]']) {
      const kinds = Array.from({ length: 4 }, () => takeAt(counters, NOON, demand({ counter })).kind);
      expect(kinds).toEqual(["taken", "taken", "taken", "limited"]);
    }
  });

  it("never lets a negative amount lower a count", () => {
    expect(() => takeAt(noCounters(), NOON, demand({ amount: -1n }))).toThrow(RangeError);
  });
});

describe("the clock", () => {
  it("does not open a spent window again when it steps back", () => {
    const counters = noCounters();
    const nextMinute = NOON + 60_000;
    takeAt(counters, NOON, demand({ window: "minute", amount: 3n * UNIT }));
    takeAt(counters, nextMinute, demand({ window: "minute", amount: 3n * UNIT }));
    prune(counters);
    const refused = takeAt(counters, NOON, demand({ window: "minute" }));
    expect(refused).toMatchObject({ kind: "limited", resetAt: nextMinute + 60_000, retryAfterMs: 60_000 });
  });
});

describe("giving back", () => {
  it("returns the units into the window that runs", () => {
    const counters = noCounters();
    const taken = takeAt(counters, NOON, demand({ amount: 3n * UNIT }));
    if (taken.kind !== "taken") throw new Error("there was room");
    giveBack(counters, taken.taken);
    expect(takeAt(counters, NOON, demand({ amount: 3n * UNIT })).kind).toBe("taken");
  });

  it("changes nothing once the window has ended", () => {
    const counters = noCounters();
    const taken = takeAt(counters, NOON, demand({ window: "minute" }));
    if (taken.kind !== "taken") throw new Error("there was room");
    takeAt(counters, NOON + 60_000, demand({ window: "minute", amount: 3n * UNIT }));
    giveBack(counters, taken.taken);
    expect(takeAt(counters, NOON + 60_000, demand({ window: "minute" })).kind).toBe("limited");
  });
});

describe("whatever is asked and however the clock steps", () => {
  const step = fc.record({
    clock: fc.integer({ min: -120_000, max: 120_000 }),
    demands: fc.array(
      fc.record({
        counter: fc.constantFrom("a", "b", "__proto__"),
        window: fc.constantFrom("second" as const, "minute" as const, 90),
        max: fc.bigInt(1n, 8n),
        amount: fc.bigInt(0n, 4n),
      }),
      { maxLength: 4 },
    ),
    prune: fc.boolean(),
  });

  it("agrees with adding up, from the whole history, all that was taken in the window", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const counters = noCounters();
        advance(counters, NOON);
        const history: { readonly at: number; readonly demand: LimitDemand }[] = [];
        let machine = NOON;
        let latest = NOON;
        for (const { clock, demands: parts, prune: pruned } of steps) {
          machine += clock;
          latest = Math.max(latest, machine);
          const demands = parts.map((part) => demand(part));
          const same = (a: LimitDemand, b: LimitDemand) => a.counter === b.counter && a.window === b.window;
          const usedOf = (one: LimitDemand) =>
            history
              .filter(({ at, demand: past }) => same(past, one) && at >= windowAt(one.window, latest).start)
              .reduce((sum, { demand: past }) => sum + past.amount, 0n);
          const askedOf = (one: LimitDemand) =>
            demands.filter((other) => same(other, one)).reduce((sum, { amount }) => sum + amount, 0n);
          const refusing = demands.findIndex((one) => usedOf(one) + askedOf(one) > one.max);

          const outcome = takeAt(counters, machine, ...demands);
          if (refusing === -1) {
            expect(outcome.kind).toBe("taken");
            for (const one of demands) history.push({ at: latest, demand: one });
          } else {
            const one = demands[refusing];
            expect(outcome).toMatchObject({ kind: "limited", demand: refusing, used: one && usedOf(one) });
          }
          if (pruned) prune(counters);
        }
      }),
      { numRuns: 300 },
    );
  });
});
