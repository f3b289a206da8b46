/**
 * JSON Schema (2020-12) of what the shapes of this room read, for editors. It is made from the shapes themselves; where
 * it can't say all that they refuse, it lets more pass, and never less.
 */
import type { Json } from "../json/value.ts";
import type { Face } from "./face.ts";
import type { Texts } from "./field-texts.ts";
import { criterionOf, OPERATORS, type Operator } from "./operator.ts";
import type { Fields, Form } from "./shape.ts";

export type JsonSchema = { [keyword: string]: unknown };

export const DIALECT = "https://json-schema.org/draft/2020-12/schema";

/** `texts` are what is said of each object and each of its fields, by the object's name in messages. */
export function jsonSchemaOf(form: Form<unknown>, title: string, texts: Texts): JsonSchema {
  const defs = new Map<string, JsonSchema>();
  const whole = schemaOf(form.face(), defs, texts);
  const sorted = [...defs].sort(([a], [b]) => (a < b ? -1 : 1));
  return { $schema: DIALECT, title, ...whole, $defs: Object.fromEntries(sorted) };
}

function schemaOf(face: Face, defs: Map<string, JsonSchema>, texts: Texts): JsonSchema {
  const of = (form: Form<unknown>) => schemaOf(form.face(), defs, texts);
  switch (face.kind) {
    case "schema":
      return { ...face.schema };
    case "narrowed":
      return together(schemaOf(face.face, defs, texts), face.schema);
    case "list":
      return { type: "array", items: of(face.item) };
    case "dictionary":
      return { type: "object", propertyNames: of(face.name), additionalProperties: of(face.item) };
    case "either":
      return face.what === undefined
        ? { anyOf: face.of.map(of) }
        : defined(face.what, defs, () => ({ anyOf: face.of.map(of) }));
    case "object":
      return defined(face.what, defs, (name) => objectSchema(name, face.fields, of, texts));
  }
}

/** A reference to what stands in the definitions under that name. */
function defined(what: string, defs: Map<string, JsonSchema>, make: (name: string) => JsonSchema): JsonSchema {
  const name = defName(what);
  if (!defs.has(name)) {
    // Before it is made, since one of its parts may lead back here.
    const definition: JsonSchema = {};
    defs.set(name, definition);
    Object.assign(definition, make(name));
  }
  return { $ref: `#/$defs/${name}` };
}

function objectSchema(name: string, fields: Fields, of: (form: Form<unknown>) => JsonSchema, texts: Texts): JsonSchema {
  const told = texts[name];
  const properties = Object.entries(fields).map(([key, { shape }]) => {
    const text = told?.fields[key];
    return [key, text === undefined ? of(shape) : { description: text, ...of(shape) }] as const;
  });
  const required = Object.keys(fields).filter((key) => fields[key]?.needed);
  return {
    ...(told && { description: told.about }),
    type: "object",
    properties: Object.fromEntries(properties),
    ...(required.length > 0 && { required }),
    additionalProperties: false,
    ...(name === "condition" && { allOf: valueRules() }),
  };
}

/** Both at once; where they have a keyword in common, the second stands beside the first. */
function together(one: JsonSchema, more: JsonSchema): JsonSchema {
  if (Object.keys(more).length === 0) return one;
  const shared = Object.keys(more).some((key) => key in one) || "$ref" in one;
  return shared ? { allOf: [one, more] } : { ...one, ...more };
}

/** `a tool's entry` as `tool_entry`. */
function defName(what: string): string {
  return what
    .replace(/^(?:an?) /, "")
    .replaceAll("'s", "")
    .replace(/[^A-Za-z0-9]+/g, "_");
}

/** Values of every type, to find out by trial which of them an operator takes. */
const TRIALS: readonly (readonly [type: string, values: readonly Json[]])[] = [
  ["null", [null]],
  ["boolean", [true]],
  ["number", [1, 0.5, -1]],
  ["string", ["x", "", "2026-01-01T00:00:00Z", "10.0.0.0/8"]],
  ["array", [[], ["x"], ["10.0.0.0/8"]]],
  ["object", [{}]],
];

/** What each operator wants its value to be, as far as types can say it. */
function valueRules(): readonly JsonSchema[] {
  const groups = Map.groupBy(OPERATORS, (operator) => JSON.stringify(valueSchema(operator)));
  return [...groups].flatMap(([schema, operators]) => {
    const value: JsonSchema = JSON.parse(schema);
    if (Object.keys(value).length === 0) return [];
    return [{ if: { properties: { op: { enum: operators } }, required: ["op"] }, [THEN]: { properties: { value } } }];
  });
}

/** As a plain key it would look as if a schema were a promise. */
const THEN = "then";

function valueSchema(operator: Operator): JsonSchema {
  const takes = (value: Json) => criterionOf(operator, value, false).ok;
  const types = TRIALS.filter(([, values]) => values.some(takes)).map(([type]) => type);
  if (types.length === TRIALS.length) return {};
  if (types.join() === "number" && !takes(0.5)) return { type: "integer", ...(!takes(-1) && { minimum: 0 }) };
  return { type: types.length === 1 ? types[0] : types };
}
