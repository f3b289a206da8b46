import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compareNumbers, formatMillionths, millionthsOf, safeInteger } from "../../../src/json/decimal.ts";
import { parseJson } from "../../../src/json/parse.ts";
import { isNumber, JsonNumber } from "../../../src/json/value.ts";

function num(text: string): number | JsonNumber {
  const parsed = parseJson(text);
  if (!parsed.ok || !isNumber(parsed.value)) throw new Error(`no number: ${text}`);
  return parsed.value;
}

const compare = (a: string, b: string) => compareNumbers(num(a), num(b));

/** A decimal as a whole number of 10^-40, for texts short enough: a second way to compare. */
function scaled(text: string): bigint {
  const [, minus = "", whole = "", fraction = "", exponent = "0"] =
    /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(text) ?? [];
  const digits = BigInt(whole + fraction) * 10n ** BigInt(40 - fraction.length + Number(exponent));
  return minus === "-" ? -digits : digits;
}

const decimalText = fc
  .tuple(
    fc.constantFrom("", "-"),
    fc.oneof(fc.constant("0"), fc.stringMatching(/^[1-9][0-9]{0,12}$/)),
    fc.oneof(fc.constant(""), fc.stringMatching(/^\.[0-9]{1,12}$/)),
    fc.oneof(
      fc.constant(""),
      fc.integer({ min: -20, max: 20 }).map((e) => `e${e}`),
    ),
  )
  .map((parts) => parts.join(""));

describe("comparing numbers", () => {
  it.each([
    ["42", "42.0", 0],
    ["-0", "0", 0],
    ["0.0e99", "0", 0],
    ["9007199254740993", "9007199254740992", 1],
    ["0.1", "0.10000000000000001", -1],
    ["1e400", "1e399", 1],
    ["-1e400", "1", -1],
    ["100e-2", "1", 0],
    ["1e999999999999", "1e999999999998", 1],
    ["1e999999999999", "0.1e1000000000000", 0],
    ["1e-999999999999", "0", 1],
    ["10e99999999999999999999", "1e100000000000000000000", 0],
    ["1e-99999999999999999999", "1e99999999999999999999", -1],
    ["-1e99999999999999999999", "-5", -1],
    ["1e0000000000000000000001", "10", 0],
  ])("puts %s and %s in order", (a, b, order) => {
    expect(compare(a, b)).toBe(order);
    expect(compare(b, a)).toBe(order === 0 ? 0 : -order);
  });

  it("agrees with whole-number arithmetic on any two decimals", () => {
    fc.assert(
      fc.property(decimalText, decimalText, (a, b) => {
        const left = scaled(a);
        const right = scaled(b);
        expect(compare(a, b)).toBe(left < right ? -1 : left > right ? 1 : 0);
      }),
      { numRuns: 3000 },
    );
  });

  it("takes no longer than the text for a caller's endless digits and exponents", () => {
    const digits = "9".repeat(2_000_000);
    expect(compare(digits, "5")).toBe(1);
    expect(compare(`1e${digits}`, "5")).toBe(1);
    expect(compare(`1e-${digits}`, "5")).toBe(-1);
    expect(compare(`0.${"0".repeat(2_000_000)}1`, "0")).toBe(1);
  });

  it("can't tell what is no finite number", () => {
    expect(compareNumbers(Number.NaN, 1)).toBeUndefined();
    expect(compareNumbers(new JsonNumber("1e5"), Number.POSITIVE_INFINITY)).toBeUndefined();
  });
});

describe("counting in millionths", () => {
  it.each([
    ["0", 0n],
    ["-0", 0n],
    ["1", 1_000_000n],
    ["40.5", 40_500_000n],
    ["0.000001", 1n],
    ["1.0000000000", 1_000_000n],
    ["1e12", 10n ** 18n],
    ["25e-2", 250_000n],
  ])("reads %s exactly", (text, millionths) => {
    expect(millionthsOf(num(text))).toEqual({ kind: "amount", millionths });
  });

  it.each([
    ["-1", "negative"],
    ["0.0000001", "too precise"],
    ["1e-999999999999999999999", "too precise"],
    ["1e400", "huge"],
    ["1e999999999999999999999", "huge"],
  ])("says why %s is no such count", (text, kind) => {
    expect(millionthsOf(num(text)).kind).toBe(kind);
  });

  it("writes back what it read", () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 10n ** 18n }), (millionths) => {
        expect(millionthsOf(num(formatMillionths(millionths)))).toEqual({ kind: "amount", millionths });
      }),
    );
    expect(formatMillionths(12_500_000n)).toBe("12.5");
    expect(formatMillionths(-1n)).toBe("-0.000001");
  });
});

describe("whole numbers", () => {
  it.each([
    ["3", 3],
    ["3.0", 3],
    ["30e-1", 3],
    ["3.5", undefined],
    ["9007199254740993", undefined],
    ["3.00000000000000000000001", undefined],
    ["1e400", undefined],
  ])("reads %s as %s", (text, whole) => {
    expect(safeInteger(num(text))).toBe(whole);
  });
});
