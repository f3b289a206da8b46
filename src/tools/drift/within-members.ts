/** Of two plain schemas: what lists and objects may hold. */
import { equalJson } from "../../json/equal.ts";
import { isObject, type Json, type JsonObject, member } from "../../json/value.ts";
import { countOf } from "../../policy/arguments/numbers.ts";
import { meaningOf } from "./meaning.ts";
import { type Proof, withinBelow } from "./within.ts";
import { atLeast, atMost, typesOf } from "./within-values.ts";

export function membersWithin(a: JsonObject, b: JsonObject, proof: Proof): boolean {
  const types = typesOf(a);
  const may = (type: "array" | "object") => types === undefined || types.has(type);
  return (!may("array") || listsWithin(a, b, proof)) && (!may("object") || objectsWithin(a, b, proof));
}

function listsWithin(a: JsonObject, b: JsonObject, proof: Proof): boolean {
  if (!atLeast(a, b, "minItems") || !atMost(a, b, "maxItems") || !areUnique(a, b)) return false;
  const [own, wanted] = [member(a, "items") ?? true, member(b, "items") ?? true];
  if (!isSchema(wanted)) return false;
  return countOf(member(a, "maxItems") ?? -1) === 0 || withinBelow(own, wanted, proof);
}

function areUnique(a: JsonObject, b: JsonObject): boolean {
  const wanted = member(b, "uniqueItems");
  if (wanted === undefined || wanted === false) return true;
  return wanted === true && member(a, "uniqueItems") === true;
}

function objectsWithin(a: JsonObject, b: JsonObject, proof: Proof): boolean {
  const own = propertiesOf(a);
  const taken = propertiesOf(b);
  const [needed, given] = [requiredOf(b), requiredOf(a) ?? []];
  if (own === undefined || taken === undefined || needed === undefined) return false;
  const [rest, others] = [restOf(a, proof), restOf(b, proof)];
  const most = rest === false ? Object.keys(own).length : Number.POSITIVE_INFINITY;
  return (
    needed.every((name) => given.includes(name)) &&
    atLeast(a, b, "minProperties", new Set(given).size) &&
    atMost(a, b, "maxProperties", most) &&
    alike(a, b, "dependentRequired") &&
    sameNames(a, b) &&
    namedWithin(own, taken, others, proof) &&
    restWithin(rest, own, taken, others, proof)
  );
}

/** Members that the first names. */
function namedWithin(own: JsonObject, taken: JsonObject, others: Json, proof: Proof): boolean {
  return Object.keys(own).every((name) => {
    const schema = member(own, name) ?? false;
    return withinBelow(schema, member(taken, name) ?? others, proof);
  });
}

/** Members that the first takes without naming them. */
function restWithin(rest: Json, own: JsonObject, taken: JsonObject, others: Json, proof: Proof): boolean {
  if (rest === false) return true;
  const named = Object.keys(taken).filter((name) => member(own, name) === undefined);
  return (
    named.every((name) => withinBelow(rest, member(taken, name) ?? false, proof)) && withinBelow(rest, others, proof)
  );
}

/** The schema of members without a name of their own; false where they are refused. */
function restOf(schema: JsonObject, { mode }: Proof): Json {
  const given = member(schema, "additionalProperties");
  if (isObject(given) && Object.keys(given).length > 0) return given;
  return mode === "declared" && (given === true || isObject(given));
}

/** Undefined where they can't be read. */
function propertiesOf(schema: JsonObject): JsonObject | undefined {
  const given = member(schema, "properties");
  return given === undefined ? {} : isObject(given) ? given : undefined;
}

function requiredOf(schema: JsonObject): readonly Json[] | undefined {
  const given = member(schema, "required");
  if (given === undefined) return [];
  return Array.isArray(given) && given.every((each) => typeof each === "string") ? given : undefined;
}

function alike(a: JsonObject, b: JsonObject, key: string): boolean {
  const wanted = member(b, key);
  const own = member(a, key);
  return wanted === undefined || (own !== undefined && equalJson(own, wanted));
}

function sameNames(a: JsonObject, b: JsonObject): boolean {
  const wanted = member(b, "propertyNames");
  const own = member(a, "propertyNames");
  if (wanted === undefined) return true;
  const meaning = isObject(wanted) ? meaningOf(wanted) : undefined;
  return meaning !== undefined && isObject(own) && meaningOf(own) === meaning;
}

function isSchema(given: Json): boolean {
  return typeof given === "boolean" || isObject(given);
}
