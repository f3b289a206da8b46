/**
 * Whether a JSON number is whole, and whether it is a multiple of another: by exact value, so that 0.3 is a multiple
 * of 0.1. It must never expand an exponent.
 */
import { type Decimal, decimalOf, isLong, type Numeric } from "./decimal.ts";

/** `3`, `3.0` and `1e400` are whole. */
export function isWhole(value: Numeric): boolean {
  const decimal = decimalOf(value);
  if (decimal === undefined) return false;
  if (decimal.sign === 0) return true;
  return isLong(decimal.exponent) ? !decimal.exponent.startsWith("-") : unit(decimal) >= 0;
}

/** More digits than these take long to divide, and stand in no call that is meant. */
const MOST_DIGITS = 400;

/** Undefined when it can't be told: the divisor is not above zero, or the numbers are too long to divide. */
export function isMultiple(value: Numeric, divisor: Numeric): boolean | undefined {
  const left = decimalOf(value);
  const right = decimalOf(divisor);
  if (left === undefined || right === undefined || right.sign !== 1) return undefined;
  if (left.sign === 0) return true;
  if (isLong(left.exponent) || isLong(right.exponent)) return undefined;
  if (left.digits.length > MOST_DIGITS || right.digits.length > MOST_DIGITS) return undefined;
  const [dividend, by] = [BigInt(left.digits), BigInt(right.digits)];
  const shift = unit(left) - unit(right);
  if (shift >= 0) return (dividend * powerOfTen(BigInt(shift), by)) % by === 0n;
  // A number of so many digits is below ten to that power, and so below any multiple of it.
  return -shift < left.digits.length && dividend % (by * 10n ** BigInt(-shift)) === 0n;
}

/** The power of ten that the last digit counts. */
function unit({ digits, shift, exponent }: Decimal): number {
  return shift + Number(exponent) - digits.length;
}

/** 10^exponent modulo `modulus`, by squaring. */
function powerOfTen(exponent: bigint, modulus: bigint): bigint {
  let result = 1n % modulus;
  for (let base = 10n, left = exponent; left > 0n; left >>= 1n) {
    if (left & 1n) result = (result * base) % modulus;
    base = (base * base) % modulus;
  }
  return result;
}
