/**
 * A schema made ready to check values with. Each part is prepared when a value first comes to it, and kept: of a large
 * schema only what a call touches costs anything.
 */
import { isObject, type Json, type JsonObject, member } from "../../json/value.ts";
import { quoted } from "../quote.ts";
import { type Fault, unfit, type Where } from "./fault.ts";
import { enter, leave, type Run, stop } from "./run.ts";

/** Undefined when the value fits, and also once the run was stopped; then nothing that comes out counts. */
export type Check = (value: Json, where: Where, run: Run) => Fault | undefined;

/** `from` is the length that the trail had when the schema that the keyword stands in was begun. */
export type KeywordCheck = (value: Json, where: Where, run: Run, from: number) => Fault | undefined;

/** What a keyword makes of its value in a schema; undefined when it says nothing about any value. */
export type Maker = (given: Json, schema: JsonObject, document: SchemaDocument) => KeywordCheck | undefined;

/** In the order in which they are checked: what is told first is what helps most. */
export type Keywords = readonly (readonly [name: string, make: Maker])[];

/** The whole schema of one tool. `check` prepares a part of it. */
export type SchemaDocument = { readonly root: Json; readonly check: (schema: Json) => Check };

export function schemaDocument(root: Json, keywords: Keywords): SchemaDocument {
  const ready = new Map<JsonObject, Check>();
  const prepared = (schema: JsonObject): Check => {
    const known = ready.get(schema);
    if (known !== undefined) return known;
    const made = prepare(schema, keywords, document);
    ready.set(schema, made);
    return made;
  };
  const document: SchemaDocument = {
    root,
    check: (schema) => {
      if (schema === true) return fits;
      if (schema === false) return excludes;
      if (!isObject(schema)) return unreadable("a part of it is no schema");
      return (value, where, run) => prepared(schema)(value, where, run);
    },
  };
  return document;
}

function prepare(schema: JsonObject, keywords: Keywords, document: SchemaDocument): Check {
  // References in it would start from elsewhere.
  if (schema !== document.root && typeof member(schema, "$id") === "string") {
    return unreadable('a part of it has an "$id" of its own');
  }
  const checks = keywords.flatMap(([name, make]) => {
    const given = member(schema, name);
    return given === undefined ? [] : (make(given, schema, document) ?? []);
  });
  return (value, where, run) => {
    const from = run.trail.length;
    const fault = enter(run) ? firstFault(checks, value, where, run, from) : undefined;
    leave(run);
    return fault;
  };
}

function firstFault(
  checks: readonly KeywordCheck[],
  value: Json,
  where: Where,
  run: Run,
  from: number,
): Fault | undefined {
  for (const check of checks) {
    const fault = check(value, where, run, from);
    if (fault !== undefined) return fault;
  }
  return undefined;
}

/** For a part of a schema that nothing can be checked by. */
export function unreadable(why: string): Check {
  return (_value, _where, run) => {
    stop(run, why);
    return undefined;
  };
}

export function malformed(keyword: string): Check {
  return unreadable(`its ${quoted(keyword)} can't be read`);
}

const fits: Check = () => undefined;

const excludes: Check = (value, where) => ({ kind: "excluded", where, value });

/** A check of values of one type; others pass, as JSON Schema has it. */
export function checkOf<T extends Json>(
  is: (value: Json) => value is T,
  fitting: (value: T, run: Run) => boolean,
  wants: string,
): Check {
  return (value, where, run) => (!is(value) || fitting(value, run) ? undefined : unfit(where, value, wants));
}
