import { deserialize, serialize } from "node:v8";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { advance, type Counters, countersFrom, noCounters, prune } from "../../../src/ledger/counters.ts";
import type { Demand } from "../../../src/ledger/demand.ts";
import { check, giveBack, type Taken, take } from "../../../src/ledger/take.ts";
import { MOST_WEIGHT } from "../../../src/ledger/weight.ts";
import { lengthOf, windowAt } from "../../../src/ledger/windows.ts";
import { demand, NOON, stored, takeAt, takenAt, UNIT } from "./given.ts";

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

  it("remembers the least of the limits that it was held to, for people to read", () => {
    const counters = noCounters();
    const [wide, narrow] = [demand({ max: 5n * UNIT }), demand({ max: 4n * UNIT })];
    for (const demands of [
      [wide, narrow],
      [narrow, wide],
    ]) {
      takeAt(counters, NOON, ...demands);
      expect([...counters.running.values()].map(({ max }) => max)).toEqual([4n * UNIT]);
    }
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
    expect(() => takeAt(noCounters(), NOON, demand({ amount: -1n }))).toThrow(
      new RangeError("a call can't take a negative amount"),
    );
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

  it("says whether there was any window that had not ended", () => {
    const counters = noCounters();
    const taken = takenAt(counters, NOON, demand({ window: "minute" }), demand({ counter: "b", window: "hour" }));
    advance(counters, NOON + 60_000);
    expect(giveBack(counters, taken.slice(0, 1))).toBe(false);
    expect(giveBack(counters, taken)).toBe(true);
    expect(giveBack(counters, taken)).toBe(false);
  });

  it("knows nothing of counters that there are not", () => {
    expect(giveBack(noCounters(), [{ identity: "[]", start: NOON, amount: UNIT }])).toBe(false);
  });
});

describe("a session", () => {
  const limit = demand({ scope: "session" });

  it("has counters of its own, which end with their windows", () => {
    const counters = noCounters();
    advance(counters, NOON);
    for (const session of ["a", "b"]) {
      const kinds = Array.from({ length: 4 }, () => take(counters, [limit], session).kind);
      expect(kinds).toEqual(["taken", "taken", "taken", "limited"]);
    }
    expect(take(counters, [demand()], "a").kind).toBe("taken");
    expect(counters.running.size).toBe(3);
    advance(counters, NOON + 12 * 3_600_000);
    prune(counters);
    expect(counters).toMatchObject({ running: new Map(), weight: 0 });
  });

  it("is the grant where there is none", () => {
    const counters = noCounters();
    advance(counters, NOON);
    const kinds = [limit, demand(), limit, demand()].map((one) => take(counters, [one]).kind);
    expect(kinds).toEqual(["taken", "taken", "taken", "limited"]);
  });

  it("that is the grant counts a call once, however many of both scopes it asks", () => {
    const counters = noCounters();
    advance(counters, NOON);
    const both = [demand({ max: 5n * UNIT }), limit];
    const outcomes = Array.from({ length: 4 }, () => take(counters, both));
    expect(outcomes.map(({ kind }) => kind)).toEqual(["taken", "taken", "taken", "limited"]);
    expect(outcomes[3]).toMatchObject({ demand: 1, used: 3n * UNIT });
    expect(take(counters, [...both, ...both], "a")).toMatchObject({
      counts: [{ used: 5n * UNIT }, { used: 2n * UNIT }, { used: 5n * UNIT }, { used: 2n * UNIT }],
    });
  });
});

describe("looking", () => {
  it("says what taking would refuse, and takes nothing", () => {
    const counters = noCounters();
    takeAt(counters, NOON, demand({ amount: 3n * UNIT }));
    const before = structuredClone(counters);
    expect(check(counters, [demand({ counter: "others" })])).toBeNull();
    expect(check(counters, [demand({ counter: "others" }), demand()])).toEqual(
      takeAt(structuredClone(counters), NOON, demand({ counter: "others" }), demand()),
    );
    expect(counters).toEqual(before);
  });
});

describe("the room that counters take", () => {
  const session = (nth: number) => String(nth).padStart(64, "0");

  /** Counters of as many sessions as there is room for, and how many those are. */
  function full(): { counters: Counters; sessions: number } {
    const counters = noCounters();
    advance(counters, NOON);
    for (let sessions = 0; sessions < 100_000; sessions++) {
      try {
        take(counters, [demand({ scope: "session" })], session(sessions));
      } catch {
        return { counters, sessions };
      }
    }
    throw new Error("there is no end of room");
  }

  it("is for thousands of sessions, and well within what storage takes", () => {
    const { counters, sessions } = full();
    expect(sessions).toBeGreaterThan(3_000);
    expect(serialize(counters).length).toBeLessThan(1_500_000);
  });

  it("once spent, refuses with a reason what would add to it, and nothing else", () => {
    const { counters, sessions } = full();
    const asked = [demand(), demand({ scope: "session" })];
    expect(() => take(counters, asked, session(sessions))).toThrow("has no room for what this call would add");
    expect(take(counters, [demand({ scope: "session" })], session(0))).toMatchObject({ counts: [{ used: 2n * UNIT }] });
    expect(counters.running.size).toBe(sessions);
  });

  it("does not stop what was counted already, should it be found overspent", () => {
    const { counters, sessions } = full();
    for (const [identity, counter] of [...counters.running]) counters.running.set(`${identity}, again`, counter);
    const overspent = countersFrom(counters);
    expect(overspent.weight).toBeGreaterThan(MOST_WEIGHT);
    expect(take(overspent, [demand({ scope: "session" })], session(0)).kind).toBe("taken");
    expect(() => take(overspent, [demand({ scope: "session" })], session(sessions))).toThrow("has no room");
  });

  it("is free again when windows have ended, without anything being written", () => {
    const { counters, sessions } = full();
    advance(counters, NOON + 12 * 3_600_000);
    expect(take(counters, [demand({ scope: "session" })], session(sessions)).kind).toBe("taken");
    expect(counters.running.size).toBe(1);
  });

  it("is made by counting rolling windows in sixtieths, before a call is refused", () => {
    const counters = noCounters();
    const many = Array.from({ length: 60 }, (_, nth) =>
      demand({ counter: String(nth), align: "rolling", window: "hour", max: 1_000n * UNIT }),
    );
    const kinds = new Set<string>();
    for (let now = NOON; now < NOON + 1_000; now++) kinds.add(takeAt(counters, now, ...many).kind);
    expect([...kinds]).toEqual(["taken"]);
    expect(counters.weight).toBeLessThanOrEqual(MOST_WEIGHT);
    expect(takeAt(counters, NOON + 1_000, ...many)).toMatchObject({ kind: "limited", used: 1_000n * UNIT });
  });

  it("is never more than it is said to be", () => {
    const name = fc.oneof(fc.string({ unit: "binary", maxLength: 40 }), fc.string({ unit: "grapheme", maxLength: 40 }));
    const one = fc.record({
      counter: name,
      window: fc.constantFrom("month" as const, 2_678_400),
      align: fc.constantFrom("calendar" as const, "rolling" as const),
      scope: fc.constantFrom("grant" as const, "session" as const, "server" as const),
      max: fc.constant(10n ** 18n),
      amount: fc.bigInt(1n, 10n ** 12n),
    });
    const run = fc.array(fc.tuple(fc.nat(600_000), fc.array(one, { maxLength: 5 })), { maxLength: 40, size: "max" });
    fc.assert(
      fc.property(run, (calls) => {
        const counters = noCounters();
        advance(counters, NOON);
        const empty = serialize(counters).length;
        for (const [later, asked] of calls) {
          advance(counters, counters.clock + later);
          take(counters, asked.map(demand), session(later));
        }
        expect(serialize(counters).length - empty).toBeLessThanOrEqual(counters.weight);
        expect(countersFrom(deserialize(serialize(counters)))).toEqual(counters);
      }),
      { numRuns: 200 },
    );
  });
});

describe("counters as they were stored before there were sessions and rolling windows", () => {
  it("are read, and go on", () => {
    const counter = {
      scope: "grant",
      name: "calls",
      window: "day",
      align: "calendar",
      used: 2n * UNIT,
      max: 3n * UNIT,
    };
    const [start, end] = [Date.parse("2026-11-20T00:00:00Z"), Date.parse("2026-11-21T00:00:00Z")];
    const running = new Map([['["grant","calls","day","calendar"]', { ...counter, start, end }]]);
    const counters = countersFrom(deserialize(serialize({ clock: NOON, running })));
    expect(takeAt(counters, NOON, demand())).toMatchObject({ kind: "taken", counts: [{ used: 3n * UNIT }] });
    expect(takeAt(counters, NOON, demand()).kind).toBe("limited");
    giveBack(counters, [{ identity: '["grant","calls","day","calendar"]', start, amount: UNIT }]);
    expect(takeAt(counters, NOON, demand()).kind).toBe("taken");
  });
});

describe("whatever is asked and however the clock steps", () => {
  const step = fc.record({
    clock: fc.integer({ min: -120_000, max: 120_000 }),
    demands: fc.array(
      fc.record({
        counter: fc.constantFrom("a", "b", "__proto__"),
        window: fc.constantFrom("second" as const, "minute" as const, 90),
        align: fc.constantFrom("calendar" as const, "rolling" as const),
        scope: fc.constantFrom("grant" as const, "session" as const),
        max: fc.bigInt(1n, 8n),
        amount: fc.bigInt(0n, 4n),
      }),
      { maxLength: 4 },
    ),
    session: fc.constantFrom(null, "s", "t"),
    back: fc.option(fc.nat(), { freq: 4 }),
    evicted: fc.boolean(),
  });

  /** A demand as this test understands it: whom it counts for, spelled out. */
  type Meant = Demand & { readonly subject: string };
  type Ran = { readonly at: number; readonly meant: readonly Meant[]; readonly taken: readonly Taken[] };

  const isSame = (a: Meant, b: Meant) =>
    a.subject === b.subject && a.counter === b.counter && a.window === b.window && a.align === b.align;

  /** What a call puts into the counter that `one` names. */
  function amountOf(meant: readonly Meant[], one: Meant): bigint {
    const sums = (["grant", "session"] as const).map((scope) =>
      meant
        .filter((other) => isSame(other, one) && other.scope === scope)
        .reduce((sum, { amount }) => sum + amount, 0n),
    );
    return sums.reduce((most, sum) => (sum > most ? sum : most), 0n);
  }

  function isWithin(at: number, { window, align }: Meant, now: number): boolean {
    return align === "calendar" ? at >= windowAt(window, now).start : at > now - lengthOf(window);
  }

  it("agrees with adding up, from the whole history, all that was taken in the window", { timeout: 120_000 }, () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60, size: "max" }), (steps) => {
        let counters = noCounters();
        advance(counters, NOON);
        let history: Ran[] = [];
        let machine = NOON;
        let latest = NOON;
        for (const { clock, demands, session, back, evicted } of steps) {
          machine += clock;
          latest = Math.max(latest, machine);
          const meant = demands.map((part) => {
            const subject = part.scope === "session" && session !== null ? session : "the grant";
            return { ...demand(part), subject };
          });
          const usedOf = (one: Meant) =>
            history
              .filter(({ at }) => isWithin(at, one, latest))
              .reduce((sum, call) => sum + amountOf(call.meant, one), 0n);
          const refusing = meant.findIndex((one) => usedOf(one) + amountOf(meant, one) > one.max);

          advance(counters, machine);
          const outcome = take(counters, meant, session);
          const first = meant[refusing];
          if (first !== undefined) {
            expect(outcome).toMatchObject({ kind: "limited", demand: refusing, used: usedOf(first), max: first.max });
          } else if (outcome.kind === "taken") {
            const counts = meant.map((one) => usedOf(one) + amountOf(meant, one));
            expect(outcome.counts.map(({ used }) => used)).toEqual(counts);
            history.push({ at: latest, meant, taken: outcome.taken });
          } else expect.fail("nothing refuses, yet it is limited");

          const gone = back === null ? undefined : history[back % history.length];
          if (gone !== undefined) {
            giveBack(counters, gone.taken);
            history = history.filter((call) => call !== gone);
          }
          if (evicted) counters = stored(counters);
        }
      }),
      { numRuns: 1_500 },
    );
  });
});
