import { describe, expect, it } from "vitest";
import { median, percentile } from "../../../bench/harness/figures.ts";

describe("percentile", () => {
  const hundred = Array.from({ length: 100 }, (_, nth) => 100 - nth);

  it.each([
    [0.5, 50],
    [0.95, 95],
    [0.99, 99],
    [1, 100],
    [0, 1],
  ])("of %d is the least value that so many are not above", (share, value) => {
    expect(percentile(hundred, share)).toBe(value);
  });

  it("is the value itself where there is one, and no number where there is none", () => {
    expect(percentile([7], 0.99)).toBe(7);
    expect(percentile([], 0.5)).toBeNaN();
  });
});

it("has the middle of an even number between the two in the middle", () => {
  expect(median([10, 1, 2, 3])).toBe(2.5);
  expect(median([3, 1, 2])).toBe(2);
});
