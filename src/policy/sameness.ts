/** `eq neq in not_in exists`: whether a value is there, and whether it is one of those named. */
import { equalJson } from "../json/equal.ts";
import type { Json } from "../json/value.ts";
import { type Criterion, type CriterionRead, either, made, unfit } from "./criterion.ts";
import { outcomeOf } from "./outcome.ts";
import { shown, shownWithType } from "./quote.ts";

/** `same: false` is `neq`. */
export function equalCriterion(same: boolean, wanted: Json): CriterionRead {
  return either(!same, {
    judge: (value) => outcomeOf(equalJson(value, wanted)),
    says: `is ${shown(wanted)}`,
    denies: `is not ${shown(wanted)}`,
    wants: "any value",
  });
}

/** `among: false` is `not_in`. */
export function memberCriterion(among: boolean, list: Json): CriterionRead {
  const operator = among ? "in" : "not_in";
  if (!Array.isArray(list)) return unfit(`${operator} wants a list of values, found ${shownWithType(list)}`);
  const strings = new Set(list.filter((item) => typeof item === "string"));
  const others = list.filter((item) => typeof item !== "string");
  const isIn = (value: Json) =>
    typeof value === "string" ? strings.has(value) : others.some((item) => equalJson(value, item));
  return either(!among, {
    judge: (value) => outcomeOf(isIn(value)),
    says: `is one of ${listed(list)}`,
    denies: `is none of ${listed(list)}`,
    wants: "any value",
  });
}

export function existsCriterion(wanted: Json, negated: boolean): CriterionRead {
  if (typeof wanted !== "boolean") return unfit(`exists wants true or false, found ${shownWithType(wanted)}`);
  return made(wanted !== negated ? PRESENT : MISSING);
}

const PRESENT: Criterion = {
  judge: (value) => outcomeOf(value !== null),
  absent: "fails",
  says: "is present",
  denies: "is absent",
  wants: "any value",
};

const MISSING: Criterion = {
  judge: (value) => outcomeOf(value === null),
  absent: "holds",
  says: "is absent",
  denies: "is present",
  wants: "any value",
};

const NAMED = 5;

/** The first few of a list, for a message. */
export function listed(list: readonly Json[]): string {
  if (list.length === 0) return "an empty list";
  const rest = list.length - NAMED;
  return list.slice(0, NAMED).map(shown).join(", ") + (rest > 0 ? ` and ${rest} more` : "");
}
