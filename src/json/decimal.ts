/**
 * JSON numbers as exact decimals, at any length.
 *
 * It must never round, and never expand an exponent: `1e999999999999` costs what its text costs.
 */
import type { JsonNumber } from "./value.ts";

export type Numeric = number | JsonNumber;

/** `sign × 0.digits × 10^(shift + exponent)`; `digits` neither begins nor ends with 0, and is empty for zero. */
export type Decimal = {
  readonly sign: -1 | 0 | 1;
  readonly digits: string;
  readonly shift: number;
  /** As text, because it may be longer than any number type; without plus sign and leading zeros. */
  readonly exponent: string;
};

/** -1, 0 or 1 as `a` is below, equal to or above `b`, by exact value; undefined when one of them is no finite number. */
export function compareNumbers(a: Numeric, b: Numeric): -1 | 0 | 1 | undefined {
  // Two doubles stand for their shortest texts, and those are ordered as the doubles are.
  if (typeof a === "number" && typeof b === "number") {
    if (!Number.isFinite(a) || !Number.isFinite(b)) return undefined;
    return a < b ? -1 : a > b ? 1 : 0;
  }
  const left = decimalOf(a);
  const right = decimalOf(b);
  if (left === undefined || right === undefined) return undefined;
  if (left.sign !== right.sign) return left.sign < right.sign ? -1 : 1;
  const larger = compareMagnitude(left, right);
  return left.sign === -1 ? negate(larger) : larger;
}

/** Why a number is no count of millionths, or the count. `huge` is a positive number of 10^13 or more. */
export type Millionths =
  | { readonly kind: "amount"; readonly millionths: bigint }
  | { readonly kind: "negative" }
  | { readonly kind: "too precise" }
  | { readonly kind: "huge" }
  | { readonly kind: "not a number" };

const PLACES = 6;
const HUGE_FROM = 13;

/** The number as a whole count of millionths, exactly: `0.25` is 250000. `1.0000000` has no more than six places. */
export function millionthsOf(value: Numeric): Millionths {
  const decimal = decimalOf(value);
  if (decimal === undefined) return { kind: "not a number" };
  if (decimal.sign === 0) return { kind: "amount", millionths: 0n };
  if (decimal.sign === -1) return { kind: "negative" };
  if (isLong(decimal.exponent)) return { kind: decimal.exponent.startsWith("-") ? "too precise" : "huge" };
  const whole = decimal.shift + Number(decimal.exponent);
  const places = decimal.digits.length - whole;
  if (places > PLACES) return { kind: "too precise" };
  if (whole > HUGE_FROM) return { kind: "huge" };
  return { kind: "amount", millionths: BigInt(decimal.digits) * 10n ** BigInt(PLACES - places) };
}

/** `250000n` as `"0.25"`. */
export function formatMillionths(millionths: bigint): string {
  const sign = millionths < 0n ? "-" : "";
  const text = String(millionths < 0n ? -millionths : millionths).padStart(PLACES + 1, "0");
  const fraction = withoutTrailingZeros(text.slice(-PLACES));
  return sign + text.slice(0, -PLACES) + (fraction === "" ? "" : `.${fraction}`);
}

/** The number's whole value when it is a safe integer (`3`, `3.0`, `30e-1`), else undefined. */
export function safeInteger(value: Numeric): number | undefined {
  const double = typeof value === "number" ? value : Number(value.text);
  return Number.isSafeInteger(double) && compareNumbers(value, double) === 0 ? double + 0 : undefined;
}

const FORM = /^(-?)([0-9]+)(?:\.([0-9]+))?(?:[eE](\+|-)?([0-9]+))?$/;

/** Undefined when it is no finite number. */
export function decimalOf(value: Numeric): Decimal | undefined {
  const match = FORM.exec(typeof value === "number" ? String(value) : value.text);
  if (match === null) return undefined;
  const [, minus, whole = "", fraction = "", exponentSign, exponentDigits = ""] = match;
  const all = whole + fraction;
  const start = leadingZeros(all);
  const digits = withoutTrailingZeros(all.slice(start));
  if (digits === "") return { sign: 0, digits: "", shift: 0, exponent: "0" };
  const exponent = exponentDigits.slice(leadingZeros(exponentDigits));
  return {
    sign: minus === "-" ? -1 : 1,
    digits,
    shift: whole.length - start,
    exponent: exponent === "" ? "0" : exponentSign === "-" ? `-${exponent}` : exponent,
  };
}

function compareMagnitude(a: Decimal, b: Decimal): -1 | 0 | 1 {
  const scale = compareScale(a, b);
  if (scale !== 0) return scale;
  return a.digits < b.digits ? -1 : a.digits > b.digits ? 1 : 0;
}

function compareScale(a: Decimal, b: Decimal): -1 | 0 | 1 {
  if (!isLong(a.exponent) && !isLong(b.exponent)) {
    return order(a.shift + Number(a.exponent), b.shift + Number(b.exponent));
  }
  // An exponent that is two digits longer outweighs any shift. So BigInt only ever reads one about as long as
  // the policy's own, however long the caller's is.
  if (Math.abs(a.exponent.length - b.exponent.length) > 2) {
    if (a.exponent.length > b.exponent.length) return a.exponent.startsWith("-") ? -1 : 1;
    return b.exponent.startsWith("-") ? 1 : -1;
  }
  return order(BigInt(a.exponent) + BigInt(a.shift), BigInt(b.exponent) + BigInt(b.shift));
}

/** Longer than a double holds exactly, once a shift (at most the length of a text) is added. */
export function isLong(exponent: string): boolean {
  return exponent.length > 15;
}

function order<T extends number | bigint>(a: T, b: T): -1 | 0 | 1 {
  return a < b ? -1 : a > b ? 1 : 0;
}

function negate(sign: -1 | 0 | 1): -1 | 0 | 1 {
  return sign === 0 ? 0 : sign === 1 ? -1 : 1;
}

// Loops, since /0+$/ takes quadratic time on a long run of zeros that does not end the text.
function leadingZeros(digits: string): number {
  let at = 0;
  while (digits.charCodeAt(at) === 0x30) at++;
  return at;
}

function withoutTrailingZeros(digits: string): string {
  let end = digits.length;
  while (end > 0 && digits.charCodeAt(end - 1) === 0x30) end--;
  return digits.slice(0, end);
}
