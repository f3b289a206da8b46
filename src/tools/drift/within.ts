/**
 * Whether every value that one schema takes is taken by another. A yes is a proof; a no may mean that it could not be told.
 *
 * It must never say yes where a value is taken by the first and refused by the second: what is called narrower is what an
 * operator waves through.
 */
import { isObject, type Json, type JsonObject, member } from "../../json/value.ts";
import { referred } from "../../policy/arguments/reference.ts";
import { decidingKeys, meaningOf } from "./meaning.ts";
import { membersWithin } from "./within-members.ts";
import { finiteValues, hasAll, type Type, typesOf, valuesWithin } from "./within-values.ts";

/**
 * What becomes of members that a schema does not name: `strict` refuses them, as `arguments: "strict"` does; `declared`
 * takes them where the schema says so in words.
 */
export type Mode = "strict" | "declared";

export type Proof = {
  readonly mode: Mode;
  readonly subRoot: Json;
  readonly supRoot: Json;
  left: number;
  depth: number;
  /** Pairs that are being looked at further up: reached again one level down, they may be taken as proven. */
  readonly open: (readonly [JsonObject, JsonObject])[];
};

/** Comparisons of two parts, and how deep they may lie in each other. */
const STEPS = 20_000;
const DEEPEST = 200;

/** Roots are where references start from. */
export function isWithin(sub: Json, sup: Json, mode: Mode, subRoot: Json = sub, supRoot: Json = sup): boolean {
  const [a, b] = [sub === subRoot ? unnamed(sub) : sub, sup === supRoot ? unnamed(sup) : sup];
  return within(a, b, { mode, subRoot, supRoot, left: STEPS, depth: 0, open: [] });
}

/** The `$id` of a whole schema is its name. */
function unnamed(root: Json): Json {
  if (!isObject(root) || member(root, "$id") === undefined) return root;
  const { $id: _, ...rest } = root;
  return rest;
}

export function within(sub: Json, sup: Json, proof: Proof): boolean {
  if (proof.left-- <= 0 || proof.depth >= DEEPEST) return false;
  proof.depth++;
  const holds = isShown(sub, sup, proof);
  proof.depth--;
  return holds;
}

function isShown(sub: Json, sup: Json, proof: Proof): boolean {
  const a = resolved(sub, proof.subRoot);
  const b = resolved(sup, proof.supRoot);
  if (a === false) return true;
  if (a === undefined || b === undefined || b === false) return false;
  const meaning = meaningOf(a);
  if (meaning !== undefined && meaning === meaningOf(b)) return true;
  const pieces = unionOf(a);
  if (pieces !== undefined) return isTakenApart(pieces) && pieces.branches.every((each) => within(each, b, proof));
  const choices = unionOf(b);
  if (choices !== undefined) return withinUnion(a, choices, proof);
  return isPlain(a) && isPlain(b) && valuesWithin(a, b) && membersWithin(a, b, proof);
}

/** The same one level down, where what refers to itself comes back to itself. */
export function withinBelow(sub: Json, sup: Json, proof: Proof): boolean {
  const a = resolved(sub, proof.subRoot);
  const b = resolved(sup, proof.supRoot);
  if (!isObject(a) || !isObject(b)) return within(sub, sup, proof);
  if (proof.open.some(([one, other]) => one === a && other === b)) return true;
  proof.open.push([a, b]);
  const holds = within(a, b, proof);
  proof.open.pop();
  return holds;
}

const MOST_REFERENCES = 32;

/** The schema behind references and lists of one. Undefined where there is none that can be read. */
function resolved(schema: Json, root: Json): JsonObject | false | undefined {
  let at: Json | undefined = schema;
  for (let steps = 0; steps < MOST_REFERENCES; steps++) {
    if (at === true) return {};
    if (at === false) return false;
    if (!isObject(at)) return undefined;
    const [key, ...more] = decidingKeys(at);
    if (key === undefined || more.length > 0) return at;
    const given: Json | undefined = member(at, key);
    if (key === "$ref") at = typeof given === "string" ? referred(root, given) : undefined;
    else if (key === "allOf" && Array.isArray(given) && given.length === 1) at = given[0];
    else return at;
  }
  return undefined;
}

type Union = { readonly kind: "anyOf" | "oneOf"; readonly branches: readonly Json[] };

/** A schema that is nothing but a choice of others. */
function unionOf(schema: JsonObject): Union | undefined {
  const [kind, ...more] = decidingKeys(schema);
  if ((kind !== "anyOf" && kind !== "oneOf") || more.length > 0) return undefined;
  const branches = member(schema, kind);
  return Array.isArray(branches) && branches.length > 0 ? { kind, branches } : undefined;
}

/** Two branches that hold for one object name its members together; then a branch by itself proves nothing. */
function isTakenApart({ kind, branches }: Union): boolean {
  if (kind === "oneOf") return true;
  return (["object", "array"] as const).every(
    (type) => branches.filter((each) => !isObject(each) || typesIn(each).has(type)).length <= 1,
  );
}

/** Of a choice or a reference, all that it could be. */
function typesIn(schema: JsonObject): ReadonlySet<Type> {
  return typesOf(schema) ?? ALL;
}

const ALL: ReadonlySet<Type> = new Set(["null", "boolean", "integer", "fraction", "string", "array", "object"]);

function withinUnion(a: JsonObject, { kind, branches }: Union, proof: Proof): boolean {
  const isOnly = (chosen: Json, types: ReadonlySet<Type>) =>
    kind === "anyOf" ||
    branches.every(
      (each) => each === chosen || (isObject(each) && ![...typesIn(each)].some((type) => types.has(type))),
    );
  const types = typesOf(a);
  if (types === undefined) return false;
  if (branches.some((each) => isOnly(each, types) && within(a, each, proof))) return true;
  // Type by type, each may be in another branch.
  if (!isPlain(a) || types.size < 2 || finiteValues(a) !== undefined || hasAll(types)) return false;
  const parts =
    types.has("integer") && types.has("fraction") ? [...types].filter((type) => type !== "integer") : [...types];
  return parts.every((type) => {
    const part = { ...a, type: type === "fraction" ? "number" : type };
    const own = typesIn(part);
    return branches.some((each) => isOnly(each, own) && within(part, each, proof));
  });
}

/** Words that decide by what other words of the same schema say, or in ways that are not followed here. */
const INVOLVED = new Set(
  "$ref $dynamicRef $recursiveRef $id allOf anyOf oneOf not if then else dependentSchemas dependencies patternProperties prefixItems additionalItems contains unevaluatedItems unevaluatedProperties".split(
    " ",
  ),
);

function isPlain(schema: JsonObject): boolean {
  return !decidingKeys(schema).some((key) => INVOLVED.has(key)) && !Array.isArray(member(schema, "items"));
}
