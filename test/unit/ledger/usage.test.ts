import { describe, expect, it } from "vitest";
import { advance, noCounters } from "../../../src/ledger/counters.ts";
import { take } from "../../../src/ledger/take.ts";
import { usageOf } from "../../../src/ledger/usage.ts";
import { demand, NOON, takeAt } from "./given.ts";

describe("the counters, as people read them", () => {
  it("say what is used of which limit, until when, as decimals", () => {
    const counters = noCounters();
    takeAt(counters, NOON, demand({ amount: 1_500_000n }), demand({ counter: "m", window: 90, align: "rolling" }));
    expect(usageOf(counters)).toEqual([
      {
        scope: "grant",
        counter: "calls",
        window: "day",
        align: "calendar",
        used: "1.5",
        max: "3",
        resetAt: Date.parse("2026-11-21T00:00:00Z"),
      },
      {
        scope: "grant",
        counter: "m",
        window: "90",
        align: "rolling",
        used: "1",
        max: "3",
        resetAt: NOON + 90_000,
      },
    ]);
  });

  it("name the session that one is of", () => {
    const counters = noCounters();
    advance(counters, NOON);
    take(counters, [demand({ scope: "session" })], "d1");
    take(counters, [demand({ scope: "session", counter: "b" })]);
    take(counters, [demand({ scope: "server", counter: "c" })]);
    expect(usageOf(counters)).toMatchObject([
      { scope: "session", session: "d1" },
      { scope: "grant" },
      { scope: "server" },
    ]);
    expect(usageOf(counters).map((usage) => "session" in usage)).toEqual([true, false, false]);
  });

  it("leave out one whose window has ended, from that very instant on", () => {
    const counters = noCounters();
    takeAt(counters, NOON, demand({ window: "minute" }));
    advance(counters, NOON + 59_999);
    expect(usageOf(counters)).toHaveLength(1);
    advance(counters, NOON + 60_000);
    expect(usageOf(counters)).toEqual([]);
  });

  it("count of a rolling window what has not left it", () => {
    const counters = noCounters();
    const rolling = demand({ align: "rolling", window: "minute" });
    takeAt(counters, NOON, rolling);
    takeAt(counters, NOON + 1_000, rolling);
    advance(counters, NOON + 60_000);
    expect(usageOf(counters)).toMatchObject([{ used: "1", resetAt: NOON + 61_000 }]);
  });
});
