/**
 * A tool that took over the definition of another one: whoever calls it by the name it always had gets something else done.
 */
import { canonicalJson } from "../../json/canonical.ts";
import { bareObject, type JsonObject, member } from "../../json/value.ts";
import type { Change } from "./drift.ts";
import { named } from "./words.ts";

export type Sighting = {
  readonly name: string;
  readonly pinned: JsonObject | null;
  /** Null where it is as pinned, or gone. */
  readonly seen: JsonObject | null;
};

/** By tool: that it is defined now as another one was. Linear in all definitions. */
export function swapsAmong(items: readonly Sighting[]): ReadonlyMap<string, Change> {
  const owners = new Map<string, string[]>();
  for (const { name, pinned } of items) {
    if (pinned === null) continue;
    const body = bodyOf(pinned);
    const same = owners.get(body);
    if (same === undefined) owners.set(body, [name]);
    else same.push(name);
  }
  const swaps = new Map<string, Change>();
  for (const { name, pinned, seen } of items) {
    if (seen === null) continue;
    const body = bodyOf(seen);
    if (pinned !== null && bodyOf(pinned) === body) continue;
    const other = owners.get(body)?.find((owner) => owner !== name);
    if (other === undefined) continue;
    const text = `But for its name it is defined as ${named(other)} was pinned: the two may have been exchanged.`;
    swaps.set(name, { kind: "swapped", weight: "critical", at: "", text });
  }
  return swaps;
}

function bodyOf(definition: JsonObject): string {
  const body = bareObject();
  for (const key of Object.keys(definition)) if (key !== "name") body[key] = member(definition, key) ?? null;
  return canonicalJson(body);
}
