/**
 * Which words of a schema decide what it takes, as `src/policy/arguments` reads them, and which only describe. Two schemas
 * of one meaning text take the same values; it must never be the same for two that do not.
 */
import { canonicalJson } from "../../json/canonical.ts";
import { bareObject, isObject, type Json, type JsonObject, member } from "../../json/value.ts";

/** A schema, or a list of schemas. */
const SCHEMAS = new Set(
  "items additionalItems prefixItems contains propertyNames allOf anyOf oneOf not if then else unevaluatedProperties unevaluatedItems additionalProperties".split(
    " ",
  ),
);
/** Schemas by name. */
const BY_NAME = new Set(["properties", "patternProperties", "dependentSchemas"]);
const PLAIN = new Set(
  "type const enum minimum maximum exclusiveMinimum exclusiveMaximum multipleOf minLength maxLength pattern format required minProperties maxProperties dependentRequired minItems maxItems minContains maxContains uniqueItems dependencies".split(
    " ",
  ),
);
/** Their meaning hangs on where they lead, or on what leads to them. */
const ELSEWHERE = new Set(["$ref", "$dynamicRef", "$recursiveRef", "$id"]);
/** What describes, and decides nothing. Definitions are looked at where something refers to them. */
const DESCRIBING = new Set(
  "title description default examples example $comment deprecated readOnly writeOnly $schema $defs definitions $anchor $vocabulary contentEncoding contentMediaType contentSchema".split(
    " ",
  ),
);

function isDeciding(key: string): boolean {
  return PLAIN.has(key) || SCHEMAS.has(key) || BY_NAME.has(key) || ELSEWHERE.has(key);
}

/** A word that this program does not know: a server may give it a meaning. By custom, `x-` does not. */
export function isUnknown(key: string): boolean {
  return !isDeciding(key) && !DESCRIBING.has(key) && !key.startsWith("x-");
}

export function decidingKeys(schema: JsonObject): string[] {
  return Object.keys(schema).filter(isDeciding);
}

const DEEPEST = 100;
const texts = new WeakMap<JsonObject, string | false>();

/** Undefined for a schema that refers to others. */
export function meaningOf(schema: JsonObject): string | undefined {
  let text = texts.get(schema);
  if (text === undefined) {
    const reduced = reduce(schema, 0);
    text = reduced === undefined ? false : canonicalJson(reduced);
    texts.set(schema, text);
  }
  return text === false ? undefined : text;
}

function reduce(schema: Json, depth: number): Json | undefined {
  if (depth > DEEPEST) return undefined;
  if (Array.isArray(schema)) return all(schema, depth);
  if (!isObject(schema)) return schema;
  const reduced = bareObject();
  for (const key of decidingKeys(schema)) {
    const value = member(schema, key) ?? null;
    const part = reducedPart(key, value, depth + 1);
    if (part === undefined) return undefined;
    reduced[key] = part;
  }
  return reduced;
}

function reducedPart(key: string, value: Json, depth: number): Json | undefined {
  if (ELSEWHERE.has(key)) return undefined;
  if (BY_NAME.has(key) && isObject(value)) return byName(value, depth);
  // Their members may be schemas, and are rare: they are compared as they are.
  if (key === "dependencies" && JSON.stringify(value).includes('"$')) return undefined;
  if (!SCHEMAS.has(key)) return value;
  const part = reduce(value, depth);
  // There, a schema that says anything at all names what it lets pass.
  if (key === "additionalProperties" && isObject(value) && part !== undefined) {
    return Object.keys(value).length > 0 ? [part] : true;
  }
  return part;
}

function byName(schemas: JsonObject, depth: number): Json | undefined {
  const reduced = bareObject();
  for (const name of Object.keys(schemas)) {
    const part = reduce(member(schemas, name) ?? null, depth + 1);
    if (part === undefined) return undefined;
    reduced[name] = part;
  }
  return reduced;
}

function all(schemas: readonly Json[], depth: number): Json | undefined {
  const reduced: Json[] = [];
  for (const each of schemas) {
    const part = reduce(each, depth + 1);
    if (part === undefined) return undefined;
    reduced.push(part);
  }
  return reduced;
}
