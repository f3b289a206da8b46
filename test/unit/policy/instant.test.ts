import { describe, expect, it, test } from "vitest";
import { compareInstants, daysIn, readInstant } from "../../../src/policy/instant.ts";

const secondsOf = (text: string) => readInstant(text)?.seconds;

describe("a date-time", () => {
  test.each([
    ["1970-01-01T00:00:00Z"],
    ["2026-11-20T12:34:56Z"],
    ["2028-02-29T23:59:59Z"],
    ["2000-02-29T00:00:00Z"],
    ["1900-03-01T00:00:00Z"],
    ["0400-01-01T00:00:00Z"],
    ["9999-12-31T23:59:59Z"],
    ["2026-01-01T00:00:00+01:30"],
    ["2026-01-01T00:00:00-23:59"],
    ["2026-01-01T00:00:00+00:00"],
  ])("is the instant that it is everywhere: %s", (text) => {
    expect(secondsOf(text)).toBe(Date.parse(text) / 1000);
  });

  it("of the first century is not one of the twentieth", () => {
    expect(secondsOf("0099-01-01T00:00:00Z")).toBe(Date.parse("+000099-01-01T00:00:00Z") / 1000);
    expect(secondsOf("0000-01-01T00:00:00Z")).toBe(Date.parse("+000000-01-01T00:00:00Z") / 1000);
  });

  test.each([
    "2026-01-01",
    "2026-01-01T00:00Z",
    "2026-01-01T00:00:00",
    "2026-01-01 00:00:00Z",
    "2026-01-01t00:00:00Z",
    "2026-01-01T00:00:00z",
    "2026-01-01T00:00:00.Z",
    "2026-01-01T00:00:00+0100",
    "x2026-01-01T00:00:00Z",
    "2026-01-01T00:00:00Zx",
    "12026-01-01T00:00:00Z",
    "2026-00-01T00:00:00Z",
    "2026-13-01T00:00:00Z",
    "2026-01-00T00:00:00Z",
    "2026-01-32T00:00:00Z",
    "2026-02-29T00:00:00Z",
    "2026-02-30T00:00:00Z",
    "2026-04-31T00:00:00Z",
    "1900-02-29T00:00:00Z",
    "2026-01-01T24:00:00Z",
    "2026-01-01T00:60:00Z",
    "2026-01-01T00:00:60Z",
    "2026-01-01T00:00:00+24:00",
    "2026-01-01T00:00:00+00:60",
  ])("is not any text that looks like one, and no day that does not exist: %s", (text) => {
    expect(readInstant(text)).toBeUndefined();
  });

  test.each([
    ["2026-01-01T00:00:00.1Z", "1"],
    ["2026-01-01T00:00:00.100Z", "1"],
    ["2026-01-01T00:00:00.000Z", ""],
    ["2026-01-01T00:00:00.001Z", "001"],
    ["2026-01-01T00:00:00Z", ""],
  ])("keeps the digits of its fraction but zeros at the end: %s", (text, fraction) => {
    expect(readInstant(text)?.fraction).toBe(fraction);
  });
});

describe("two date-times", () => {
  test.each([
    ["2026-01-01T00:00:00Z", "2026-01-01T01:00:00+01:00", 0],
    ["2026-01-01T00:00:00Z", "2026-01-01T00:00:01Z", -1],
    ["2026-01-01T00:00:01Z", "2026-01-01T00:00:00.9Z", 1],
    ["2026-01-01T00:00:00.1Z", "2026-01-01T00:00:00.10Z", 0],
    ["2026-01-01T00:00:00.10Z", "2026-01-01T00:00:00.11Z", -1],
    ["2026-01-01T00:00:00.2Z", "2026-01-01T00:00:00.11Z", 1],
    ["2026-01-01T00:00:00.1Z", "2026-01-01T00:00:00Z", 1],
    ["2026-01-01T00:00:00.00000000000000000001Z", "2026-01-01T00:00:00Z", 1],
  ])("%s and %s are compared by instant", (a, b, order) => {
    const [first, second] = [readInstant(a), readInstant(b)];
    if (first === undefined || second === undefined) throw new Error("both are date-times");
    expect(compareInstants(first, second)).toBe(order);
    expect(compareInstants(second, first)).toBe(0 - order);
  });
});

describe("a month", () => {
  it("has as many days as the calendar says", () => {
    for (const year of [1900, 2000, 2023, 2024, 2100]) {
      for (let month = 1; month <= 12; month++) {
        expect(daysIn(year, month), `${year}-${month}`).toBe(new Date(Date.UTC(year, month, 0)).getUTCDate());
      }
    }
  });
});
