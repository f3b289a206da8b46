import { describe, expect, test } from "vitest";
import { seconds, span, until } from "../../../src/cli/time.ts";
import { bar } from "../../../src/cli/usage-table.ts";
import { NOW } from "./stage.ts";

describe("a span of time", () => {
  test.each([
    [0, "0s"],
    [999, "0s"],
    [42_000, "42s"],
    [60_000, "1m"],
    [7_500_000, "2h 5m"],
    [86_400_000, "1d"],
    [90_061_000, "1d 1h"],
    [-5, "0s"],
  ])("of %d ms is %s", (milliseconds, text) => {
    expect(span(milliseconds)).toBe(text);
  });

  test("is read as it is written", () => {
    expect([seconds("90s"), seconds("1h"), seconds("0s"), seconds("7d")]).toEqual([90, 3600, 0, 604_800]);
    expect([seconds("1w"), seconds("01h"), seconds(""), seconds("-1h")]).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
    expect(until("2026-11-21T12:00:42Z", NOW)).toBe("42s");
  });
});

describe("a bar", () => {
  test("is empty for nothing, full for all and for more, and neither in between", () => {
    expect(bar(0, 5)).toBe("░░░░░░░░░░");
    expect(bar(1, 1000)).toBe("█░░░░░░░░░");
    expect(bar(999, 1000)).toBe("█████████░");
    expect(bar(5, 5)).toBe("██████████");
    expect(bar(7, 5)).toBe("██████████");
    expect(bar(0, 0)).toBe("░░░░░░░░░░");
  });
});
