import { describe, expect, test } from "vitest";
import { expiry } from "../../../src/cli/expiry.ts";
import { Failure } from "../../../src/cli/failure.ts";
import { NOW } from "./stage.ts";

describe("--expires", () => {
  test("counts a duration from now", () => {
    expect(expiry("30d", NOW)).toBe("2026-12-21T12:00:00.000Z");
    expect(expiry("12h", NOW)).toBe("2026-11-22T00:00:00.000Z");
    expect(expiry("90m", NOW)).toBe("2026-11-21T13:30:00.000Z");
    expect(expiry("1s", NOW)).toBe("2026-11-21T12:00:01.000Z");
  });

  test("takes an instant with its zone", () => {
    expect(expiry("2027-01-31T00:00:00Z", NOW)).toBe("2027-01-31T00:00:00.000Z");
    expect(expiry("2027-01-31T00:00:00+02:00", NOW)).toBe("2027-01-30T22:00:00.000Z");
  });

  test.each(["", "30", "0d", "-1d", "1w", "30 d", "2027-01-31", "2027-01-31T00:00:00", "2027-02-30T00:00:00Z", "soon"])(
    "refuses %j as a mistake in usage",
    (text) => {
      expect(() => expiry(text, NOW)).toThrow(expect.objectContaining({ exit: 2 }));
    },
  );

  test("refuses a time that is past, and one that nobody means", () => {
    expect(() => expiry("2026-11-21T12:00:00Z", NOW)).toThrow(/past/);
    expect(() => expiry("999999999d", NOW)).toThrow(Failure);
  });
});
