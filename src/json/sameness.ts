/**
 * One text for all JSON values that are equal (equal.ts says which are), so that many values can be looked through for
 * repetitions without comparing each with each.
 */
import { compareNumbers, decimalOf, isLong } from "./decimal.ts";
import { isNumber, isObject, type Json } from "./value.ts";

/** Undefined where a number in it has an exponent too long to add to. */
export function samenessText(value: Json): string | undefined {
  if (isNumber(value)) {
    const double = typeof value === "number" ? value : Number(value.text);
    if (compareNumbers(value, double) === 0) return String(double);
    const decimal = decimalOf(value);
    if (decimal === undefined || isLong(decimal.exponent)) return undefined;
    return `${decimal.sign}.${decimal.digits}e${decimal.shift + Number(decimal.exponent)}`;
  }
  if (Array.isArray(value)) {
    const items = value.map(samenessText);
    return items.includes(undefined) ? undefined : `[${items.join(",")}]`;
  }
  if (!isObject(value)) return JSON.stringify(value);
  const members = Object.keys(value).sort();
  const texts = members.map((key) => samenessText(value[key] ?? null));
  return texts.includes(undefined) ? undefined : `{${members.map((key, i) => `${JSON.stringify(key)}:${texts[i]}`)}}`;
}
