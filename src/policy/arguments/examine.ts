/**
 * `arguments: "strict"`: arguments fit the tool's schema, and carry nothing that the schema does not name.
 *
 * JSON Schema 2020-12. Whatever in a schema can't be read, followed or judged denies: arguments must never pass
 * because their schema was not understood.
 */
import { isObject, type Json, type JsonObject } from "../../json/value.ts";
import { BRANCHES } from "./branches.ts";
import { type Check, type Keywords, schemaDocument } from "./check.ts";
import { sentence } from "./fault.ts";
import { ITEMS, UNEVALUATED_ITEMS } from "./items.ts";
import { MEMBERS, UNEVALUATED_MEMBERS } from "./members.ts";
import { NUMBERS } from "./numbers.ts";
import { PRESENCE } from "./presence.ts";
import { newRun } from "./run.ts";
import { STRINGS } from "./strings.ts";
import { unnamed } from "./unnamed.ts";
import { VALUES } from "./values.ts";

const KEYWORDS: Keywords = [
  ...VALUES,
  ...NUMBERS,
  ...STRINGS,
  ...PRESENCE,
  ...MEMBERS,
  ...ITEMS,
  ...BRANCHES,
  ...UNEVALUATED_MEMBERS,
  ...UNEVALUATED_ITEMS,
];

/** What was prepared of a schema is kept as long as the schema is. */
const prepared = new WeakMap<JsonObject, Check>();

/** Why the arguments do not pass, or undefined when they do. */
export function faultIn(schema: Json, args: JsonObject): string | undefined {
  const run = newRun();
  const fault = schemaCheck(schema)(args, undefined, run) ?? unnamed(args, run);
  if (run.stopped !== undefined) {
    return `The arguments can't be checked against the tool's schema: ${run.stopped}.`;
  }
  return fault && sentence(fault);
}

/** What JSON Schema alone says of a value, named or not. */
export function schemaCheck(schema: Json): Check {
  if (!isObject(schema)) return schemaDocument(schema, KEYWORDS).check(schema);
  const known = prepared.get(schema);
  if (known !== undefined) return known;
  const made = schemaDocument(schema, KEYWORDS).check(schema);
  prepared.set(schema, made);
  return made;
}
