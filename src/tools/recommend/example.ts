/**
 * The simplest arguments that a schema takes, for a policy's cases: what is required and nothing else. Pure and bounded,
 * whatever the schema. What comes out was checked by what checks real calls, so it passes or there is none.
 */
import { bareObject, isObject, type Json, type JsonObject, member } from "../../json/value.ts";
import { faultIn, schemaCheck } from "../../policy/arguments/examine.ts";
import { referred } from "../../policy/arguments/reference.ts";
import { newRun } from "../../policy/arguments/run.ts";
import { ANY, numberFor, textFor } from "./example-scalar.ts";

/** Undefined where none was found: the schema may be one that takes nothing. */
export function exampleFor(schema: Json | undefined): JsonObject | undefined {
  if (schema === undefined) return undefined;
  const made = objectFor(schema, { root: schema, left: MOST_PARTS });
  return faultIn(schema, made) === undefined ? made : undefined;
}

/** Arguments that strict checking refuses; undefined where the schema takes whatever was tried. */
export function misfitFor(schema: Json | undefined): JsonObject | undefined {
  const fitting = exampleFor(schema) ?? bareObject();
  const properties = isObject(schema) ? member(schema, "properties") : undefined;
  const unnamed = having(fitting, freeName(isObject(properties) ? properties : {}), true);
  const others = Object.keys(fitting).flatMap((key) => [without(fitting, key), having(fitting, key, { no: "such" })]);
  return [unnamed, ...others].find((args) => schema === undefined || faultIn(schema, args) !== undefined);
}

function freeName(properties: JsonObject): string {
  let name = "not_in_the_schema";
  while (Object.hasOwn(properties, name)) name += "_";
  return name;
}

function having(object: JsonObject, key: string, value: Json): JsonObject {
  const copy = Object.assign(bareObject(), object);
  copy[key] = value;
  return copy;
}

function without(object: JsonObject, key: string): JsonObject {
  const copy = Object.assign(bareObject(), object);
  delete copy[key];
  return copy;
}

/** Parts of a schema that are looked at for one example, so that one made to be endless ends. */
const MOST_PARTS = 2_000;
const MOST_ITEMS = 20;

type Maker = { readonly root: Json; left: number };

function objectFor(schema: Json, maker: Maker): JsonObject {
  const made = valueFor(schema, maker);
  return isObject(made) ? made : bareObject();
}

function valueFor(schema: Json, maker: Maker): Json {
  if (!isObject(schema) || maker.left-- <= 0) return ANY;
  const whole = flattened(schema, maker);
  const fixed = member(whole, "const") ?? first(member(whole, "enum"));
  if (fixed !== undefined) return fixed;
  const branches = member(whole, "anyOf") ?? member(whole, "oneOf");
  if (Array.isArray(branches)) return branchFor(whole, branches, maker);
  const type = first(member(whole, "type")) ?? (member(whole, "properties") === undefined ? undefined : "object");
  switch (type) {
    case "object":
      return membersFor(whole, maker);
    case "array":
      return itemsFor(whole, maker);
    case "boolean":
      return false;
    case "null":
      return null;
    case "integer":
    case "number":
      return numberFor(whole);
    default:
      return textFor(whole);
  }
}

/** The first item of a list that is not null, the value where there is no list. */
function first(given: Json | undefined): Json | undefined {
  if (!Array.isArray(given)) return given;
  return given.find((each) => each !== null && each !== "null") ?? given[0];
}

/** With what it refers to, and what all of its parts say, taken in. What it says itself comes last and so counts. */
function flattened(schema: JsonObject, maker: Maker): JsonObject {
  const reference = member(schema, "$ref");
  const target = typeof reference === "string" ? referred(maker.root, reference) : undefined;
  const all = member(schema, "allOf");
  const parts = [target, ...(Array.isArray(all) ? all : [])].filter(isObject);
  let whole = bareObject();
  for (const part of parts) if (maker.left-- > 0) whole = joined(whole, flattened(part, maker));
  const { $ref: _, allOf: __, ...own } = schema;
  return joined(whole, own);
}

function joined(a: JsonObject, b: JsonObject): JsonObject {
  const [ours, theirs] = [member(a, "properties"), member(b, "properties")];
  const [wanted, more] = [member(a, "required"), member(b, "required")];
  const both = Object.assign(bareObject(), a, b);
  if (isObject(ours) && isObject(theirs)) both.properties = Object.assign(bareObject(), ours, theirs);
  if (Array.isArray(wanted) && Array.isArray(more)) both.required = [...wanted, ...more];
  return both;
}

/** By the first branch whose value passes. */
function branchFor(whole: JsonObject, branches: readonly Json[], maker: Maker): Json {
  const { anyOf: _, oneOf: __, ...rest } = whole;
  let value: Json = ANY;
  const isNothing = (branch: Json): boolean => isObject(branch) && member(branch, "type") === "null";
  for (const branch of [...branches].sort((a, b) => Number(isNothing(a)) - Number(isNothing(b)))) {
    if (maker.left <= 0) break;
    value = valueFor(isObject(branch) ? joined(rest, branch) : rest, maker);
    if (fits(whole, value, maker)) break;
  }
  return value;
}

/** As far as can be told without what else the whole schema says. */
function fits(schema: JsonObject, value: Json, { root }: Maker): boolean {
  const definitions = isObject(root)
    ? { $defs: member(root, "$defs") ?? {}, definitions: member(root, "definitions") ?? {} }
    : {};
  const run = newRun();
  return (
    schemaCheck(Object.assign(bareObject(), definitions, schema))(value, undefined, run) === undefined &&
    run.stopped === undefined
  );
}

function membersFor(schema: JsonObject, maker: Maker): JsonObject {
  const made = bareObject();
  const required = member(schema, "required");
  const properties = member(schema, "properties");
  if (!Array.isArray(required)) return made;
  for (const key of required) {
    if (typeof key !== "string" || maker.left <= 0) continue;
    made[key] = valueFor((isObject(properties) ? member(properties, key) : undefined) ?? true, maker);
  }
  return made;
}

function itemsFor(schema: JsonObject, maker: Maker): Json[] {
  const least = member(schema, "minItems");
  const count = typeof least === "number" ? Math.min(least, MOST_ITEMS) : 0;
  const made: Json[] = [];
  while (made.length < count) made.push(valueFor(member(schema, "items") ?? true, maker));
  if (member(schema, "uniqueItems") !== true) return made;
  return made.map((item, index) => {
    if (index === 0) return item;
    return typeof item === "number" ? item + index : typeof item === "string" ? `${item}${index}` : item;
  });
}
