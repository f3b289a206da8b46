/**
 * What changed in an input schema, argument by argument where it can be told so.
 *
 * Whatever it calls narrowed must be proven for the whole schema: where the parts look harmless and the whole is not, the
 * whole is told.
 */
import { canonicalJson } from "../../json/canonical.ts";
import { isObject, type Json, type JsonObject, member } from "../../json/value.ts";
import { argumentChanges } from "./argument-changes.ts";
import { type Difference, differences, inWords } from "./differences.ts";
import type { Change, ChangeKind, Weight } from "./drift.ts";
import { decidingKeys } from "./meaning.ts";
import { type Direction, directionOf } from "./schema-direction.ts";
import { listed, told } from "./words.ts";

const AT = "/inputSchema";

export function schemaChanges(pinned: Json | undefined, seen: Json | undefined): Change[] {
  if (pinned === undefined && seen === undefined) return [];
  if (!isObject(pinned) || !isObject(seen)) {
    const text = `Its schema was ${told(pinned)} and is ${told(seen)}.`;
    return canonicalJson(pinned ?? null) === canonicalJson(seen ?? null) ? [] : [schemaChange("changed", text)];
  }
  if (canonicalJson(pinned) === canonicalJson(seen)) return [];
  const found = differences(pinned, seen);
  const whole = directionOf(pinned, seen);
  const parts = whole === "same" ? [] : partsOf(pinned, seen, whole, found);
  return [...parts, ...unknownWords(found), ...defaults(found), ...rewording(found, whole)];
}

function partsOf(pinned: JsonObject, seen: JsonObject, whole: Direction, found: readonly Difference[]): Change[] {
  const deciding = found.filter(({ kind }) => kind === "deciding");
  const told = isOfArguments(pinned) && isOfArguments(seen) ? argumentChanges(pinned, seen) : [];
  const has = (...kinds: readonly ChangeKind[]) => told.some(({ kind }) => kinds.includes(kind));
  const takesMore = has("schema widened", "schema changed", "new required argument");
  const takesLess = has("schema narrowed", "schema changed", "new required argument");
  const isTold = (whole === "narrowed" || takesMore) && (whole === "widened" || takesLess);
  return isTold ? told : [...told, schemaChange(whole, `${SAYS[whole]}: ${inWords(deciding)}.`)];
}

const SIMPLE = new Set(["type", "properties", "required", "additionalProperties"]);

/** An object with named arguments and no conditions over several of them. */
function isOfArguments(schema: JsonObject): boolean {
  return member(schema, "type") === "object" && decidingKeys(schema).every((key) => SIMPLE.has(key));
}

const SAYS: Readonly<Record<Direction, string>> = {
  same: "Its schema takes the same",
  narrowed: "Its schema takes less than before",
  widened: "Its schema takes more than before",
  changed: "Its schema takes something else, or it can't be told what",
};

export const WEIGHT: Readonly<Record<Direction, Weight>> = {
  same: "low",
  narrowed: "low",
  widened: "high",
  changed: "high",
};

export const KIND: Readonly<Record<Direction, ChangeKind>> = {
  same: "schema reworded",
  narrowed: "schema narrowed",
  widened: "schema widened",
  changed: "schema changed",
};

function schemaChange(direction: Direction, text: string): Change {
  return { kind: KIND[direction], weight: WEIGHT[direction], at: AT, text };
}

function unknownWords(found: readonly Difference[]): Change[] {
  const unknown = found.filter(({ kind }) => kind === "unknown");
  if (unknown.length === 0) return [];
  return [schemaChange("changed", `Words of its schema changed that may mean anything: ${inWords(unknown)}.`)];
}

/** A call that leaves the argument out does something else from now on. */
function defaults(found: readonly Difference[]): Change[] {
  return found.flatMap(({ at, kind, before, after }): Change[] => {
    if (kind !== "default") return [];
    const isSwitch = typeof before === "boolean" || typeof after === "boolean";
    const text = `What is taken where ${listed([ownerOf(at)])} is left out was ${told(before)} and is ${told(after)}.`;
    return [{ kind: "default changed", weight: isSwitch ? "high" : "medium", at: `${AT}${at}`, text }];
  });
}

/** The argument that a place belongs to. */
function ownerOf(at: string): string {
  const keys = at.split("/").slice(1, -1);
  return (keys.at(-1) ?? "it").replaceAll("~1", "/").replaceAll("~0", "~");
}

function rewording(found: readonly Difference[], whole: Direction): Change[] {
  const texts = found.filter(({ kind }) => kind === "text");
  if (texts.length > 0) {
    const owners = [...new Set(texts.map(({ at }) => ownerOf(at)))];
    const text = `What its schema says in words is different: ${listed(owners)}.`;
    return [{ kind: "schema reworded", weight: "medium", at: AT, text }];
  }
  if (whole !== "same" || found.some(({ kind }) => kind !== "deciding")) return [];
  return [schemaChange("same", `Its schema takes the same, written in another way: ${inWords(found)}.`)];
}
