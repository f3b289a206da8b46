import { describe, expect, it } from "vitest";
import { type Ask, lowered, raised } from "../../../src/ledger/counter.ts";
import { NOON, UNIT } from "./given.ts";

const ASK: Ask = {
  counter: undefined,
  scope: "grant",
  name: "calls",
  window: "minute",
  align: "calendar",
  max: 3n * UNIT,
  amount: UNIT,
};
const ROLLING: Ask = { ...ASK, align: "rolling" };

describe("a counter", () => {
  it("of a calendar window begins and ends with it", () => {
    const { counter, start } = raised(ASK, NOON + 7);
    expect(counter).toEqual({
      scope: "grant",
      name: "calls",
      window: "minute",
      align: "calendar",
      start: NOON,
      end: NOON + 60_000,
      used: UNIT,
      max: 3n * UNIT,
    });
    expect(start).toBe(NOON);
  });

  it("of a rolling window begins with its first unit, and ends when the last has left", () => {
    const { counter } = raised(ROLLING, NOON);
    expect(raised({ ...ROLLING, counter }, NOON + 7)).toEqual({
      counter: {
        ...{ scope: "grant", name: "calls", window: "minute", align: "rolling", max: 3n * UNIT },
        start: NOON,
        end: NOON + 60_007,
        used: 2n * UNIT,
        entries: [
          [NOON, UNIT],
          [NOON + 7, UNIT],
        ],
      },
      start: NOON + 7,
    });
  });

  it("of a rolling window with nothing in it begins and ends now", () => {
    expect(raised({ ...ROLLING, amount: 0n }, NOON).counter).toMatchObject({ start: NOON, end: NOON, used: 0n });
  });

  it("never falls below nothing, whatever is given back", () => {
    const { counter } = raised(ASK, NOON);
    expect(lowered(counter, NOON, 2n * UNIT, NOON).used).toBe(0n);
  });

  it("of a calendar window keeps its count from the instant on at which the window has ended", () => {
    const { counter } = raised(ASK, NOON);
    expect(lowered(counter, NOON, UNIT, NOON + 59_999)).toMatchObject({ used: 0n });
    expect(lowered(counter, NOON, UNIT, NOON + 60_000)).toBe(counter);
    expect(lowered(counter, NOON - 60_000, UNIT, NOON)).toBe(counter);
  });

  it("of a rolling window keeps its count from the instant on at which the units have left", () => {
    const { counter } = raised(ROLLING, NOON);
    expect(lowered(counter, NOON, UNIT, NOON + 59_999)).toMatchObject({ used: 0n });
    expect(lowered(counter, NOON, UNIT, NOON + 60_000)).toBe(counter);
  });
});
