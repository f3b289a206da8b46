import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isMultiple, isWhole } from "../../../src/json/divide.ts";
import { JsonNumber } from "../../../src/json/value.ts";

const of = (text: string) => new JsonNumber(text);

describe("whole numbers", () => {
  it.each(["0", "-0.0", "3", "3.0", "30e-1", "1e400", "-12.500e3", "1e999999999999999999999"])("include %s", (text) => {
    expect(isWhole(of(text))).toBe(true);
  });

  it.each(["0.5", "1e-1", "9007199254740993.1", "1.00000000000000000000001", "1e-999999999999999999999"])(
    "do not include %s",
    (text) => {
      expect(isWhole(of(text))).toBe(false);
    },
  );
});

describe("multiples", () => {
  it.each([
    ["0.3", "0.1", true],
    ["0.35", "0.1", false],
    ["1e400", "7", false],
    ["7e400", "7", true],
    ["1e400", "5e-3", true],
    ["-9", "3", true],
    ["0", "3", true],
    ["3", "9", false],
    ["9007199254740993", "3", true],
    ["9007199254740993", "2", false],
    ["9007199254740994", "2", true],
    ["0.00000005", "0.01", false],
    ["1e999999999", "1e999999998", true],
  ])("%s of %s: %s", (value, divisor, expected) => {
    expect(isMultiple(of(value), of(divisor))).toBe(expected);
  });

  it("can't be told of a divisor that is not above zero, nor of numbers too long to divide", () => {
    for (const divisor of ["0", "-1"]) expect(isMultiple(1, of(divisor))).toBeUndefined();
    expect(isMultiple(of("9".repeat(401)), 7)).toBeUndefined();
    expect(isMultiple(of("1e9999999999999999"), 7)).toBeUndefined();
  });

  it("agree with whole-number arithmetic", () => {
    const places = fc.integer({ min: -3, max: 3 });
    fc.assert(
      fc.property(
        fc.bigInt({ min: -9999n, max: 9999n }),
        places,
        fc.integer({ min: 1, max: 99 }),
        places,
        (a, e, b, f) => {
          const scaled = (value: bigint, exponent: number) => value * 10n ** BigInt(exponent + 3);
          expect(isMultiple(of(`${a}e${e}`), of(`${b}e${f}`))).toBe(scaled(a, e) % scaled(BigInt(b), f) === 0n);
        },
      ),
      { numRuns: 3000 },
    );
  });
});
