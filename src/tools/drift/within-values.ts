/** Of two plain schemas: types, choices, numbers and texts. Each check says yes only where the first implies the second. */
import { compareNumbers } from "../../json/decimal.ts";
import { isMultiple, isWhole } from "../../json/divide.ts";
import { equalJson } from "../../json/equal.ts";
import { isNumber, isObject, type Json, type JsonObject, member } from "../../json/value.ts";
import { schemaCheck } from "../../policy/arguments/examine.ts";
import { countOf } from "../../policy/arguments/numbers.ts";
import { newRun } from "../../policy/arguments/run.ts";

export type Type = "null" | "boolean" | "integer" | "fraction" | "string" | "array" | "object";

const TYPES: ReadonlyMap<Json, readonly Type[]> = new Map<Json, readonly Type[]>([
  ["null", ["null"]],
  ["boolean", ["boolean"]],
  ["integer", ["integer"]],
  ["number", ["integer", "fraction"]],
  ["string", ["string"]],
  ["array", ["array"]],
  ["object", ["object"]],
]);
const EVERY = [...new Set([...TYPES.values()].flat())];

export function hasAll(types: ReadonlySet<Type>): boolean {
  return types.size === EVERY.length;
}

/** Undefined where its `type` can't be read. */
export function typesOf(schema: JsonObject): ReadonlySet<Type> | undefined {
  const given = member(schema, "type");
  if (given === undefined) return new Set(EVERY);
  const types = (Array.isArray(given) ? given : [given]).map((each) => TYPES.get(each));
  return types.length > 0 && types.every((each) => each !== undefined) ? new Set(types.flat()) : undefined;
}

function typeOf(value: Json): Type {
  if (value === null) return "null";
  if (isNumber(value)) return isWhole(value) ? "integer" : "fraction";
  if (Array.isArray(value)) return "array";
  if (isObject(value)) return "object";
  return typeof value === "boolean" ? "boolean" : "string";
}

/** All values that a schema can take, where they are few; some of them it may refuse for another reason. */
export function finiteValues(schema: JsonObject): readonly Json[] | undefined {
  const types = typesOf(schema);
  const listed = member(schema, "enum");
  const single = member(schema, "const");
  const given = single !== undefined ? [single] : Array.isArray(listed) ? listed : undefined;
  if (given !== undefined) return given.filter((value) => types === undefined || types.has(typeOf(value)));
  if (types === undefined || [...types].some((type) => type !== "null" && type !== "boolean")) return undefined;
  return [...types].flatMap((type) => (type === "null" ? [null] : [true, false]));
}

/** Not what lists and objects hold: that is looked at beside this. */
export function valuesWithin(a: JsonObject, b: JsonObject): boolean {
  const wanted = typesOf(b);
  const values = finiteValues(a);
  if (wanted === undefined || !isAmong(values, b)) return false;
  const types = values === undefined ? (typesOf(a) ?? new Set(EVERY)) : new Set(values.map(typeOf));
  if (![...types].every((type) => wanted.has(type))) return false;
  if (values?.every((value) => !Array.isArray(value) && !isObject(value))) return values.every((each) => fits(each, b));
  const numbers = types.has("integer") || types.has("fraction");
  return (!numbers || numbersWithin(a, b, !types.has("fraction"))) && (!types.has("string") || textsWithin(a, b));
}

function isAmong(values: readonly Json[] | undefined, b: JsonObject): boolean {
  const listed = member(b, "enum");
  const single = member(b, "const");
  if (listed === undefined && single === undefined) return true;
  if (values === undefined || (listed !== undefined && !Array.isArray(listed))) return false;
  return values.every(
    (value) =>
      (listed === undefined || listed.some((each) => equalJson(each, value))) &&
      (single === undefined || equalJson(single, value)),
  );
}

/** Of a value that is neither list nor object, which no other schema is asked for. */
function fits(value: Json, schema: JsonObject): boolean {
  const run = newRun();
  return schemaCheck(schema)(value, undefined, run) === undefined && run.stopped === undefined;
}

function numbersWithin(a: JsonObject, b: JsonObject, areWhole: boolean): boolean {
  return (
    bounded(a, b, "minimum", "exclusiveMinimum", 1) &&
    bounded(a, b, "maximum", "exclusiveMaximum", -1) &&
    divided(member(a, "multipleOf"), member(b, "multipleOf"), areWhole)
  );
}

/** `inwards`: the sign of a bound that allows less. */
function bounded(a: JsonObject, b: JsonObject, closed: string, open: string, inwards: 1 | -1): boolean {
  const compared = (given: Json | undefined, bound: Json): number | undefined => {
    const sign = isNumber(given) && isNumber(bound) ? compareNumbers(given, bound) : undefined;
    return sign === undefined ? undefined : sign * inwards;
  };
  const holds = (bound: Json | undefined, isOpen: boolean): boolean => {
    if (bound === undefined) return true;
    const byClosed = compared(member(a, closed), bound);
    const byOpen = compared(member(a, open), bound);
    return (byOpen !== undefined && byOpen >= 0) || (byClosed !== undefined && (isOpen ? byClosed > 0 : byClosed >= 0));
  };
  return holds(member(b, closed), false) && holds(member(b, open), true);
}

function divided(own: Json | undefined, divisor: Json | undefined, areWhole: boolean): boolean {
  if (divisor === undefined) return true;
  if (!isNumber(divisor)) return false;
  return (
    (isNumber(own) && isMultiple(own, divisor) === true && isPositive(own)) ||
    (areWhole && isMultiple(1, divisor) === true)
  );
}

function isPositive(value: Json): boolean {
  return isNumber(value) && compareNumbers(value, 0) === 1;
}

function textsWithin(a: JsonObject, b: JsonObject): boolean {
  return atLeast(a, b, "minLength") && atMost(a, b, "maxLength") && same(a, b, "pattern") && same(a, b, "format");
}

function same(a: JsonObject, b: JsonObject, key: string): boolean {
  const bound = member(b, key);
  return bound === undefined || (typeof bound === "string" && member(a, key) === bound);
}

export function atLeast(a: JsonObject, b: JsonObject, key: string, implied = 0): boolean {
  const bound = member(b, key);
  if (bound === undefined) return true;
  const [least, own] = [countOf(bound), countOf(member(a, key) ?? 0)];
  return least !== undefined && Math.max(own ?? 0, implied) >= least;
}

export function atMost(a: JsonObject, b: JsonObject, key: string, implied = Number.POSITIVE_INFINITY): boolean {
  const bound = member(b, key);
  if (bound === undefined) return true;
  const given = member(a, key);
  const [most, own] = [countOf(bound), given === undefined ? undefined : countOf(given)];
  return most !== undefined && Math.min(own ?? Number.POSITIVE_INFINITY, implied) <= most;
}
