/** `length_lte` and `length_gte`: characters of a string, items of a list, members of an object. */
import { safeInteger } from "../json/decimal.ts";
import { isNumber, isObject, type Json } from "../json/value.ts";
import { type CriterionRead, made, unfit } from "./criterion.ts";
import { type Outcome, outcomeOf } from "./outcome.ts";
import { shownWithType } from "./quote.ts";

export function lengthCriterion(operator: "length_lte" | "length_gte", value: Json, negated: boolean): CriterionRead {
  const bound = isNumber(value) ? safeInteger(value) : undefined;
  if (bound === undefined || bound < 0) {
    return unfit(`${operator} wants a whole number of 0 or more, found ${shownWithType(value)}`);
  }
  const atMost = (operator === "length_lte") !== negated;
  // Not "at most 5" is "at least 6", not "at least 5".
  const limit = negated ? (atMost ? bound - 1 : bound + 1) : bound;
  const judge = (argument: Json): Outcome => {
    const length = lengthOf(argument);
    return length === undefined ? "unknown" : outcomeOf(atMost ? length <= limit : length >= limit);
  };
  return made({
    judge,
    absent: "fails",
    says: atMost ? `has a length of at most ${limit}` : `has a length of at least ${limit}`,
    denies: atMost ? `has a length of at least ${limit + 1}` : `has a length of at most ${limit - 1}`,
    wants: "a string, a list or an object",
  });
}

function lengthOf(value: Json): number | undefined {
  if (typeof value === "string") return characters(value);
  if (Array.isArray(value)) return value.length;
  return isObject(value) ? Object.keys(value).length : undefined;
}

/** Code points: a surrogate pair is one, half a pair that stands alone too. */
export function characters(text: string): number {
  let count = 0;
  for (const _ of text) count++;
  return count;
}
