/**
 * Keywords about which members an object has, and what they hold. Here is said which of them a schema names:
 * `properties` and `patternProperties` name one, and `additionalProperties` does where it says what such a member holds.
 */
import { isObject, type Json, type JsonObject, member } from "../../json/value.ts";
import { type Check, type Keywords, type Maker, malformed, type SchemaDocument, unreadable } from "./check.ts";
import { type Fault, within } from "./fault.ts";
import { type Pattern, readPattern } from "./pattern.ts";
import { type Run, spend } from "./run.ts";
import { matches, unjudged } from "./strings.ts";
import { keysOf, seenMembers } from "./trail.ts";

/** `named`: the member is one that the schema says something of. */
type Found = { readonly checks: readonly Check[]; readonly named: boolean };

const EXCLUDED = "excluded";

const members: Maker = (_given, schema, document) => {
  const properties = member(schema, "properties");
  if (properties !== undefined && !isObject(properties)) return malformed("properties");
  const patterned = patternsOf(member(schema, "patternProperties"), document);
  if (typeof patterned === "function") return patterned;
  const rest = restOf(member(schema, "additionalProperties"), document);
  const find = (key: string, run: Run): Found | typeof EXCLUDED | undefined => {
    const own = properties && member(properties, key);
    const checks = patterned.flatMap(([pattern, check]) => (matches(pattern, key, run) ? check : []));
    if (own !== undefined) checks.unshift(document.check(own));
    return checks.length > 0 ? { checks, named: true } : rest;
  };
  return (value, where, run) => {
    if (!isObject(value)) return undefined;
    const named: string[] = [];
    const seen: string[] = [];
    for (const key of keysOf(value)) {
      if (!spend(run, 1)) return undefined;
      const at = within(where, key);
      const found = find(key, run);
      if (found === undefined) continue;
      if (found === EXCLUDED) return { kind: "unnamed", where: at, offers: properties ? [properties] : [] };
      for (const check of found.checks) {
        const fault = check(value[key] ?? null, at, run);
        if (fault !== undefined) return fault;
      }
      seen.push(key);
      if (found.named) named.push(key);
    }
    run.trail.push({ kind: "members", of: value, named, seen, offers: properties });
    return undefined;
  };
};

/** Of the three keywords together, by whichever of them a schema has first. */
const unless =
  (...others: readonly string[]): Maker =>
  (given, schema, document) =>
    others.some((other) => member(schema, other) !== undefined) ? undefined : members(given, schema, document);

function patternsOf(given: Json | undefined, document: SchemaDocument): (readonly [Pattern, Check])[] | Check {
  if (given === undefined) return [];
  if (!isObject(given)) return malformed("patternProperties");
  const read: (readonly [Pattern, Check])[] = [];
  for (const text of Object.keys(given)) {
    const pattern = readPattern(text);
    if (pattern === undefined) return unreadable(unjudged(text));
    read.push([pattern, document.check(given[text] ?? null)]);
  }
  return read;
}

function restOf(given: Json | undefined, document: SchemaDocument): Found | typeof EXCLUDED | undefined {
  if (given === undefined) return undefined;
  if (given === false) return EXCLUDED;
  // `{}` is another way to write `true`, and says as little of what the member is.
  const says = isObject(given) && Object.keys(given).length > 0;
  return { checks: [document.check(given)], named: says };
}

const unevaluated: Maker = (given, _schema, document) => {
  const check = document.check(given);
  return (value, where, run, from) => {
    if (!isObject(value) || !spend(run, run.trail.length - from)) return undefined;
    const before = seenMembers(run, from, value);
    const keys = keysOf(value);
    const rest = spend(run, keys.length) ? keys.filter((key) => !before.has(key)) : [];
    for (const key of rest) {
      const at = within(where, key);
      if (given === false) return { kind: "unnamed", where: at, offers: offersIn(run, from, value) };
      const fault = check(value[key] ?? null, at, run);
      if (fault !== undefined) return fault;
    }
    run.trail.push({ kind: "members", of: value, named: [], seen: rest, offers: undefined });
    return undefined;
  };
};

function offersIn({ trail }: Run, from: number, object: JsonObject): readonly JsonObject[] {
  return trail.slice(from).flatMap((note) => {
    return note.kind === "members" && note.of === object && note.offers !== undefined ? [note.offers] : [];
  });
}

const propertyNames: Maker = (given, _schema, document) => {
  const check = document.check(given);
  return (value, where, run) => {
    if (!isObject(value)) return undefined;
    for (const key of keysOf(value)) {
      const fault = check(key, within(where, key), run);
      if (fault !== undefined) return misnamed(fault, key);
    }
    return undefined;
  };
};

function misnamed(fault: Fault, key: string): Fault {
  return fault.kind === "unfit"
    ? { ...fault, value: key, wants: fault.wants.map((each) => `a name that is ${each}`) }
    : fault;
}

export const MEMBERS: Keywords = [
  ["properties", members],
  ["patternProperties", unless("properties")],
  ["additionalProperties", unless("properties", "patternProperties")],
  ["propertyNames", propertyNames],
];

/** To be checked behind all others of a schema. */
export const UNEVALUATED_MEMBERS: Keywords = [["unevaluatedProperties", unevaluated]];
