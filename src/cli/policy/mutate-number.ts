/** Bounds moved by one, where people are wrong by one. Pure. */
import { safeInteger } from "../../json/decimal.ts";
import { isNumber, type Json } from "../../json/value.ts";
import { type Edit, inside, type Way } from "./edit.ts";

export function neighbours(value: Json | undefined, way: Way, what: string): Edit[] {
  const bound = isNumber(value) ? safeInteger(value) : undefined;
  if (bound === undefined) return [];
  return [bound - 1, bound + 1].map((moved) => ({
    way,
    change: `${what} ${bound} → ${moved}`,
    to: () => moved,
  }));
}

/** Of a `rate_limit`, as `"10/minute"` or as an object. */
export function movedRate(rate: Json, way: Way): Edit[] {
  if (typeof rate !== "string") return neighbours(inside(rate, "max"), [...way, "max"], "max");
  const slash = rate.indexOf("/");
  return neighbours(Number(rate.slice(0, slash)), way, "max").map((edit) => ({
    ...edit,
    to: (old) => `${edit.to(old)}${rate.slice(slash)}`,
  }));
}
