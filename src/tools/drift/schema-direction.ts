/** Which way a schema changed: whether it takes less than before, more, or something else. */
import { canonicalJson } from "../../json/canonical.ts";
import { isObject, type Json } from "../../json/value.ts";
import { differences, inWords } from "./differences.ts";
import type { Change } from "./drift.ts";
import { isWithin, type Mode } from "./within.ts";

/** `changed`: neither could be shown. */
export type Direction = "same" | "narrowed" | "widened" | "changed";

const MODES: readonly Mode[] = ["strict", "declared"];

export function directionOf(pinned: Json, seen: Json, pinnedRoot: Json = pinned, seenRoot: Json = seen): Direction {
  const narrower = MODES.every((mode) => isWithin(seen, pinned, mode, seenRoot, pinnedRoot));
  const wider = MODES.every((mode) => isWithin(pinned, seen, mode, pinnedRoot, seenRoot));
  if (narrower) return wider ? "same" : "narrowed";
  return wider ? "widened" : "changed";
}

const SAYS: Readonly<Record<Direction, string>> = {
  same: "It answers the same, described in other words",
  narrowed: "What it says to answer is narrower",
  widened: "What it says to answer is wider",
  changed: "What it says to answer is something else",
};

/** What a tool answers is its own affair; that it says so in another way is told. */
export function outputChange(pinned: Json | undefined, seen: Json | undefined): Change[] {
  const of = (text: string): Change[] => [{ kind: "output schema", weight: "low", at: "/outputSchema", text }];
  if (pinned === undefined || seen === undefined) {
    if (pinned === seen) return [];
    return of(pinned === undefined ? "It says now what it answers." : "It does not say any more what it answers.");
  }
  if (canonicalJson(pinned) === canonicalJson(seen)) return [];
  const direction = isObject(pinned) && isObject(seen) ? directionOf(pinned, seen) : "changed";
  return of(`${SAYS[direction]}: ${inWords(differences(pinned, seen))}.`);
}
