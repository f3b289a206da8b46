/** JSON equality: numbers by exact value (`42` is `42.0`), objects by members in any order, strings code by code. */
import { compareNumbers } from "./decimal.ts";
import { isNumber, isObject, type Json, member } from "./value.ts";

export function equalJson(a: Json, b: Json): boolean {
  if (a === b) return true;
  if (isNumber(a)) return isNumber(b) && compareNumbers(a, b) === 0;
  if (Array.isArray(a)) {
    return Array.isArray(b) && a.length === b.length && a.every((item, index) => equalJson(item, b[index] ?? null));
  }
  if (!isObject(a) || !isObject(b)) return false;
  const keys = Object.keys(a);
  if (keys.length !== Object.keys(b).length) return false;
  return keys.every((key) => {
    const left = member(a, key);
    const right = member(b, key);
    return left !== undefined && right !== undefined && equalJson(left, right);
  });
}
