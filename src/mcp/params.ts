/**
 * `Mcp-Param-*` headers mirror single arguments of a tool call (SEP-2243, `x-mcp-header` in the tool's schema).
 *
 * Which argument a header mirrors is known once the tool's schema has been listed. Until then a header must at least
 * carry a value that some argument has: one that mirrors nothing could only be meant for an upstream that trusts
 * headers more than the body.
 */
import { compareNumbers } from "../json/decimal.ts";
import { samenessText } from "../json/sameness.ts";
import { isNumber, isObject, type Json, JsonNumber, type JsonObject, member } from "../json/value.ts";
import { decodeHeaderValue, mirrorText, trimmed } from "./headers.ts";

const PARAM_PREFIX = "mcp-param-";

/** Where a tool's schema puts each mirrored argument: header name in lower case to the path of its property. */
export type Mirrors = ReadonlyMap<string, readonly string[]>;

const CANONICAL_DECIMAL = /^-?\d+(\.\d+)?$/;

type ParamHeaders = readonly (readonly [name: string, value: string])[];

const found = new WeakMap<Headers, ParamHeaders>();

/** The `Mcp-Param-*` headers of a request, names in lower case: looked for once, since a walk over all headers is dear. */
export function paramHeaders(headers: Headers): ParamHeaders {
  const known = found.get(headers);
  if (known !== undefined) return known;
  const params = [...headers].filter(([name]) => name.startsWith(PARAM_PREFIX));
  found.set(headers, params);
  return params;
}

/** Says which `Mcp-Param-*` header disagrees with the arguments, or null. `mirrors` is null while no schema is known. */
export function checkParams(
  headers: Iterable<readonly [string, string]>,
  args: JsonObject,
  mirrors: Mirrors | null,
): string | null {
  const seen = new Set<string>();
  const unplaced = new Map<string, string>();
  for (const [name, raw] of headers) {
    if (!name.toLowerCase().startsWith(PARAM_PREFIX)) continue;
    const param = name.toLowerCase().slice(PARAM_PREFIX.length);
    const value = decodeHeaderValue(trimmed(raw) ?? "");
    if (value === null) return `Mcp-Param-${param} is neither ASCII nor sound base64`;
    const path = mirrors?.get(param);
    if (path === undefined) unplaced.set(param, value);
    else if (!mirrored(valueAt(args, path), value)) return stray(param);
    seen.add(param);
  }
  const unmatched = unmatchedIn(args, unplaced);
  if (unmatched !== undefined) return stray(unmatched);
  for (const [param, path] of mirrors ?? []) {
    const value = valueAt(args, path);
    if (!seen.has(param) && mirrorText(value) !== null)
      return `${path.join(".")} is set, but Mcp-Param-${param} is missing`;
  }
  return null;
}

/** Reads the `x-mcp-header` declarations of a tool's input schema; only `properties` chains carry them. */
export function mirrorsOf(inputSchema: Json | undefined): Mirrors {
  const mirrors = new Map<string, readonly string[]>();
  collect(inputSchema, [], mirrors);
  return mirrors;
}

function collect(schema: Json | undefined, path: readonly string[], into: Map<string, readonly string[]>): void {
  if (!isObject(schema)) return;
  const name = member(schema, "x-mcp-header");
  if (typeof name === "string" && path.length > 0) into.set(name.toLowerCase(), path);
  const properties = member(schema, "properties");
  if (!isObject(properties)) return;
  for (const key of Object.keys(properties)) collect(properties[key], [...path, key], into);
}

function valueAt(root: Json, path: readonly string[]): Json | undefined {
  let value: Json | undefined = root;
  for (const key of path) value = isObject(value) ? member(value, key) : undefined;
  return value;
}

function mirrored(value: Json | undefined, header: string): boolean {
  if (isNumber(value) && CANONICAL_DECIMAL.test(header)) return compareNumbers(value, new JsonNumber(header)) === 0;
  return mirrorText(value) === header;
}

function stray(param: string): string {
  return `Mcp-Param-${param} does not mirror an argument`;
}

/** The first header whose value no argument has. One walk serves all headers: there may be thousands of both. */
function unmatchedIn(args: JsonObject, headers: ReadonlyMap<string, string>): string | undefined {
  if (headers.size === 0) return undefined;
  const texts = new Set(headers.values());
  const numbers = new Set([...texts].map(numberIn).filter((number) => number !== undefined));
  const seen = { texts: new Set<string>(), numbers: new Set<string>() };
  const visit = (value: Json | undefined): void => {
    if (Array.isArray(value)) {
      for (const item of value) visit(item);
    } else if (isObject(value)) {
      for (const key of Object.keys(value)) visit(value[key]);
    } else {
      const text = mirrorText(value);
      if (text !== null && texts.has(text)) seen.texts.add(text);
      const number = numbers.size > 0 && isNumber(value) ? samenessText(value) : undefined;
      if (number !== undefined && numbers.has(number)) seen.numbers.add(number);
    }
  };
  visit(args);
  const matches = (text: string) => seen.texts.has(text) || seen.numbers.has(numberIn(text) ?? "");
  return [...headers].find(([, text]) => !matches(text))?.[0];
}

/** One text for all ways to write the number that a header carries. */
function numberIn(header: string): string | undefined {
  return CANONICAL_DECIMAL.test(header) ? samenessText(new JsonNumber(header)) : undefined;
}
