import { expect, it } from "vitest";
import { arrivals } from "../../../bench/harness/schedule.ts";

const due = arrivals(200, 60_000, 7);

it("lets requests arrive at the rate, in order, within the time", () => {
  expect(due.length).toBeGreaterThan(200 * 60 * 0.95);
  expect(due.length).toBeLessThan(200 * 60 * 1.05);
  expect(due).toEqual(due.toSorted((a, b) => a - b));
  expect(due[0]).toBeGreaterThanOrEqual(0);
  expect(due.at(-1)).toBeLessThan(60_000);
});

it("has gaps as independent arrivals have: a share of e⁻¹ is longer than the mean", () => {
  const gaps = due.map((at, nth) => at - (due[nth - 1] ?? 0));
  const long = gaps.filter((gap) => gap > 5).length / gaps.length;
  expect(long).toBeCloseTo(Math.exp(-1), 1);
});

it("is the same for a seed, and another for another", () => {
  expect(arrivals(200, 60_000, 7)).toEqual(due);
  expect(arrivals(200, 60_000, 8)).not.toEqual(due);
});
