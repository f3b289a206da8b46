/** Keywords about numbers, by their exact value. */
import { compareNumbers, type Numeric, safeInteger } from "../../json/decimal.ts";
import { isMultiple } from "../../json/divide.ts";
import { isNumber, type Json } from "../../json/value.ts";
import { shown } from "../quote.ts";
import { checkOf, type Keywords, type Maker, malformed } from "./check.ts";
import { numberWeight, type Run, spend, stop } from "./run.ts";

/** `fitting` judges how the value compares with the bound. */
function bound(keyword: string, fitting: (sign: -1 | 0 | 1) => boolean, says: string): Maker {
  return (given) => {
    if (!isNumber(given)) return malformed(keyword);
    const fits = (value: Numeric, run: Run) => {
      const sign = spend(run, numberWeight(value) + numberWeight(given)) ? compareNumbers(value, given) : undefined;
      return sign !== undefined && fitting(sign);
    };
    return checkOf(isNumber, fits, `a number ${says} ${shown(given)}`);
  };
}

const multipleOf: Maker = (given) => {
  if (!isNumber(given) || isMultiple(1, given) === undefined) return malformed("multipleOf");
  const fits = (value: Numeric, run: Run) => {
    const whole = spend(run, 50 + numberWeight(value)) ? isMultiple(value, given) : true;
    if (whole === undefined) stop(run, `a number is too long to be divided by its "multipleOf"`);
    return whole ?? true;
  };
  return checkOf(isNumber, fits, `a multiple of ${shown(given)}`);
};

/** A count from a schema: whole, not negative. */
export function countOf(given: Json): number | undefined {
  const count = isNumber(given) ? safeInteger(given) : undefined;
  return count !== undefined && count >= 0 ? count : undefined;
}

export const NUMBERS: Keywords = [
  ["minimum", bound("minimum", (sign) => sign >= 0, "of at least")],
  ["maximum", bound("maximum", (sign) => sign <= 0, "of at most")],
  ["exclusiveMinimum", bound("exclusiveMinimum", (sign) => sign > 0, "above")],
  ["exclusiveMaximum", bound("exclusiveMaximum", (sign) => sign < 0, "below")],
  ["multipleOf", multipleOf],
];
