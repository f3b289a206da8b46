import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { windowAt } from "../../../src/ledger/windows.ts";
import { WINDOWS, type Window } from "../../../src/policy/window.ts";

const at = (text: string) => Date.parse(text);

function spanOf(window: Window, instant: string): string {
  const { start, end } = windowAt(window, at(instant));
  return `${new Date(start).toISOString()} to ${new Date(end).toISOString()}`;
}

describe("a window", () => {
  it.each<[Window, string, string]>([
    ["second", "2026-03-01T12:34:56.789Z", "2026-03-01T12:34:56.000Z to 2026-03-01T12:34:57.000Z"],
    ["minute", "2026-03-01T12:34:56.789Z", "2026-03-01T12:34:00.000Z to 2026-03-01T12:35:00.000Z"],
    ["hour", "2026-03-01T12:34:56.789Z", "2026-03-01T12:00:00.000Z to 2026-03-01T13:00:00.000Z"],
    ["day", "2026-02-28T23:59:59.999Z", "2026-02-28T00:00:00.000Z to 2026-03-01T00:00:00.000Z"],
    ["day", "2028-02-28T23:59:59.999Z", "2028-02-28T00:00:00.000Z to 2028-02-29T00:00:00.000Z"],
  ])("%s at %s is %s", (window, instant, span) => {
    expect(spanOf(window, instant)).toBe(span);
  });

  it("of a month is as long as the month, in leap years too", () => {
    expect(spanOf("month", "2026-02-28T23:59:59.999Z")).toBe("2026-02-01T00:00:00.000Z to 2026-03-01T00:00:00.000Z");
    expect(spanOf("month", "2028-02-29T23:59:59.999Z")).toBe("2028-02-01T00:00:00.000Z to 2028-03-01T00:00:00.000Z");
    expect(spanOf("month", "2100-02-28T23:59:59.999Z")).toBe("2100-02-01T00:00:00.000Z to 2100-03-01T00:00:00.000Z");
    expect(spanOf("month", "2026-12-31T23:59:59.999Z")).toBe("2026-12-01T00:00:00.000Z to 2027-01-01T00:00:00.000Z");
    expect(spanOf("month", "2027-01-01T00:00:00.000Z")).toBe("2027-01-01T00:00:00.000Z to 2027-02-01T00:00:00.000Z");
  });

  it("of a week begins on Monday at midnight", () => {
    expect(spanOf("week", "2026-11-22T23:59:59.999Z")).toBe("2026-11-16T00:00:00.000Z to 2026-11-23T00:00:00.000Z");
    expect(spanOf("week", "2026-11-23T00:00:00.000Z")).toBe("2026-11-23T00:00:00.000Z to 2026-11-30T00:00:00.000Z");
    expect(spanOf("week", "2027-01-01T12:00:00.000Z")).toBe("2026-12-28T00:00:00.000Z to 2027-01-04T00:00:00.000Z");
    expect(spanOf("week", "1970-01-01T00:00:00.000Z")).toBe("1969-12-29T00:00:00.000Z to 1970-01-05T00:00:00.000Z");
  });

  it("of seconds is counted from the epoch, so that seven days of them are no week", () => {
    expect(spanOf(604_800, "2026-11-23T00:00:00.000Z")).toBe("2026-11-19T00:00:00.000Z to 2026-11-26T00:00:00.000Z");
    expect(spanOf(90, "1970-01-01T00:01:30.000Z")).toBe("1970-01-01T00:01:30.000Z to 1970-01-01T00:03:00.000Z");
    expect(windowAt(3_600, at("2026-03-01T12:34:56Z"))).toEqual(windowAt("hour", at("2026-03-01T12:34:56Z")));
  });

  it("holds the instant, ends where the next begins, and is the same for all its instants", () => {
    const window = fc.oneof(fc.constantFrom(...WINDOWS), fc.integer({ min: 1, max: 2_678_400 }));
    const instant = fc.integer({ min: 0, max: at("2200-01-01T00:00:00Z") });
    fc.assert(
      fc.property(window, instant, (window, now) => {
        const span = windowAt(window, now);
        expect(span.start).toBeLessThanOrEqual(now);
        expect(now).toBeLessThan(span.end);
        expect(windowAt(window, span.start)).toEqual(span);
        expect(windowAt(window, span.end - 1)).toEqual(span);
        expect(windowAt(window, span.end).start).toBe(span.end);
      }),
      { numRuns: 500 },
    );
  });
});
