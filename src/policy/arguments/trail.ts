/**
 * What a schema has said of the members and items of the arguments, in the order it was said.
 *
 * A part of the schema that does not hold takes back what it said: the trail is cut to where that part began.
 */
import type { Json, JsonObject } from "../../json/value.ts";
import { type Run, spend } from "./run.ts";

export type Note =
  | {
      readonly kind: "members";
      readonly of: JsonObject;
      /** Members that the schema names. */
      readonly named: readonly string[];
      /** Those and the ones it lets pass without naming them, as `additionalProperties: true` does. */
      readonly seen: readonly string[];
      /** What the schema would have named here. */
      readonly offers: JsonObject | undefined;
    }
  | { readonly kind: "items"; readonly of: Json[]; readonly seen: readonly number[] | "all" };

/** Sorted, so that what is told of arguments hangs on no order in which they were written. */
export function keysOf(object: JsonObject): readonly string[] {
  return Object.keys(object).sort();
}

/** Members of the object that were seen since the trail was `from` notes long (JSON Schema calls them evaluated). */
export function seenMembers(run: Run, from: number, object: JsonObject): ReadonlySet<string> {
  const seen = new Set<string>();
  for (const note of run.trail.slice(from)) {
    if (note.kind !== "members" || note.of !== object || !spend(run, note.seen.length)) continue;
    for (const key of note.seen) seen.add(key);
  }
  return seen;
}

export function seenItems(run: Run, from: number, list: Json[]): ReadonlySet<number> | "all" {
  const seen = new Set<number>();
  for (const note of run.trail.slice(from)) {
    if (note.kind !== "items" || note.of !== list || !spend(run, note.seen.length)) continue;
    if (note.seen === "all") return "all";
    for (const index of note.seen) seen.add(index);
  }
  return seen;
}
