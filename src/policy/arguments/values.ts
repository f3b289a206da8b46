/** Keywords about a value as a whole: its type, or that it is one of a few. */
import { isWhole } from "../../json/divide.ts";
import { equalJson } from "../../json/equal.ts";
import { isNumber, isObject, type Json } from "../../json/value.ts";
import { shown } from "../quote.ts";
import { listed } from "../sameness.ts";
import { type Check, type Keywords, type Maker, malformed } from "./check.ts";
import { unfit } from "./fault.ts";
import { numberWeight, spend, weightOf } from "./run.ts";

type Type = { readonly is: (value: Json) => boolean; readonly wants: string };

const TYPES: ReadonlyMap<Json, Type> = new Map<Json, Type>([
  ["string", { is: isText, wants: "a string" }],
  ["number", { is: isNumber, wants: "a number" }],
  ["integer", { is: (value) => isNumber(value) && isWhole(value), wants: "a whole number" }],
  ["boolean", { is: (value) => typeof value === "boolean", wants: "true or false" }],
  ["object", { is: isObject, wants: "an object" }],
  ["array", { is: Array.isArray, wants: "a list" }],
  ["null", { is: (value) => value === null, wants: "null" }],
]);

/** What a `type` wants, in words; undefined when it can't be read. */
export function typeWanted(given: Json | undefined): string | undefined {
  const types = given === undefined ? undefined : typesOf(given);
  return types?.map(({ wants }) => wants).join(" or ");
}

function typesOf(given: Json): readonly Type[] | undefined {
  const types = [...new Set(Array.isArray(given) ? given : [given])].map((name) => TYPES.get(name));
  return types.length > 0 && types.every((each) => each !== undefined) ? types : undefined;
}

const type: Maker = (given) => {
  const types = typesOf(given);
  if (types === undefined) return malformed("type");
  const wants = types.map((each) => each.wants).join(" or ");
  return (value, where, run) =>
    spend(run, numberWeight(value)) && types.some(({ is }) => is(value)) ? undefined : unfit(where, value, wants);
};

const constant: Maker = (given) => among([given], shown(given));

const enumerated: Maker = (given) => {
  if (!Array.isArray(given)) return malformed("enum");
  return among(given, given.length === 1 ? shown(given[0] ?? null) : `one of ${listed(given)}`);
};

function among(values: readonly Json[], wants: string): Check {
  const strings = new Set(values.filter(isText));
  const others = values.filter((each) => !isText(each)).map((value) => ({ value, weight: weightOf(value) }));
  return (value, where, run) => {
    const weight = weightOf(value);
    const found = isText(value)
      ? spend(run, weight) && strings.has(value)
      : others.some((each) => spend(run, weight + each.weight) && equalJson(value, each.value));
    return found ? undefined : unfit(where, value, wants);
  };
}

function isText(value: Json): value is string {
  return typeof value === "string";
}

export const VALUES: Keywords = [
  ["type", type],
  ["const", constant],
  ["enum", enumerated],
];
