import { serialize } from "node:v8";
import { describe, expect, test } from "vitest";
import type { Counter } from "../../../src/ledger/counter.ts";
import type { Entry } from "../../../src/ledger/rolling.ts";
import { weightOf } from "../../../src/ledger/weight.ts";
import { NOON } from "./given.ts";

const BASE = { scope: "grant", window: "month", start: NOON, end: NOON, used: 10n ** 30n, max: 10n ** 18n } as const;

function rolling(name: string, count: number): Counter {
  const entries = Array.from({ length: count }, (_, nth): Entry => [NOON + nth, 10n ** 24n + BigInt(nth)]);
  return { ...BASE, name, align: "rolling", entries };
}

describe("what a counter is said to weigh", () => {
  test.each<[string, string, Counter]>([
    ["a short name", "[]", { ...BASE, name: "c", align: "calendar" }],
    ["a long name", "[]", { ...BASE, name: "→".repeat(2_000), align: "calendar" }],
    ["a long identity", "→".repeat(2_000), { ...BASE, name: "c", align: "calendar" }],
    ["a long name in its identity", "→".repeat(2_000), { ...BASE, name: "→".repeat(2_000), align: "calendar" }],
    ["a rolling window with nothing in it", "[]", rolling("c", 0)],
    ["a rolling window with much in it", "[]", rolling("c", 1_000)],
  ])("is no less than the bytes that it is stored as, and not three times as much: %s", (_, identity, counter) => {
    const bytes = serialize(new Map([[identity, counter]])).length;
    expect(weightOf(identity, counter)).toBeGreaterThanOrEqual(bytes);
    expect(weightOf(identity, counter)).toBeLessThan(3 * bytes);
  });
});
