/**
 * Hints that got softer or harder. Clients skip a question because of a soft one, so a softer hint weighs more than a harder
 * one. An absent hint has the default that the specification gives it (MCP, "ToolAnnotations").
 */
import { equalJson } from "../../json/equal.ts";
import { child } from "../../json/pointer.ts";
import { isObject, type Json, type JsonObject, member } from "../../json/value.ts";
import type { Change } from "./drift.ts";
import { named, told } from "./words.ts";

/** By hint: its default, and the value that makes a tool look harmless. */
const HINTS: ReadonlyMap<string, { readonly absent: boolean; readonly soft: boolean }> = new Map([
  ["readOnlyHint", { absent: false, soft: true }],
  ["destructiveHint", { absent: true, soft: false }],
  ["idempotentHint", { absent: false, soft: true }],
  ["openWorldHint", { absent: true, soft: false }],
]);

export function annotationChanges(pinned: Json | undefined, seen: Json | undefined): Change[] {
  const before = isObject(pinned) ? pinned : {};
  const after = isObject(seen) ? seen : {};
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return keys.flatMap((key) => changeOf(key, before, after));
}

function changeOf(key: string, pinned: JsonObject, seen: JsonObject): Change[] {
  const [before, after] = [member(pinned, key), member(seen, key)];
  if (before === undefined ? after === undefined : after !== undefined && equalJson(before, after)) return [];
  const at = child("/annotations", key);
  const was = `was ${told(before)} and is ${told(after)}`;
  const hint = HINTS.get(key);
  if (hint === undefined) {
    return [{ kind: "annotations", weight: "low", at, text: `The annotation ${named(key)} ${was}.` }];
  }
  const effective = after === undefined ? hint.absent : after;
  const earlier = before === undefined ? hint.absent : before;
  if (effective === earlier) {
    return [{ kind: "annotations", weight: "low", at, text: `The hint ${key} ${was}, which says the same.` }];
  }
  const softer = effective === hint.soft;
  const text = `The hint ${key} ${was}: the tool ${softer ? "looks more harmless" : "looks less harmless"} now.`;
  return [{ kind: "annotations", weight: softer ? "high" : "low", at, text }];
}
