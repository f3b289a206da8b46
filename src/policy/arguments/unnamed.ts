/** Finds what arguments carry without any part of the schema that holds having named it. */
import { isObject, type Json, type JsonObject } from "../../json/value.ts";
import { depthOf, type Fault, type Where, within } from "./fault.ts";
import { type Run, stop } from "./run.ts";
import { keysOf } from "./trail.ts";

const DEEPEST = 64;

/** Of the first such member at any depth: of an object that the schema leaves free, any. */
export function unnamed(args: JsonObject, run: Run): Fault | undefined {
  const said = new Map<JsonObject, { readonly named: Set<string>; readonly offers: Set<JsonObject> }>();
  for (const note of run.trail) {
    if (note.kind !== "members") continue;
    const here = said.get(note.of) ?? { named: new Set(), offers: new Set() };
    for (const key of note.named) here.named.add(key);
    if (note.offers !== undefined) here.offers.add(note.offers);
    said.set(note.of, here);
  }
  const look = (value: Json, where: Where): Fault | undefined => {
    if (depthOf(where) > DEEPEST) stop(run, "they are too deep");
    if (run.stopped !== undefined) return undefined;
    if (Array.isArray(value)) return first(value, (item, index) => look(item, within(where, index)));
    if (!isObject(value)) return undefined;
    const here = said.get(value);
    return first(keysOf(value), (key) => {
      const at = within(where, key);
      if (here?.named.has(key) !== true) return { kind: "unnamed", where: at, offers: [...(here?.offers ?? [])] };
      return look(value[key] ?? null, at);
    });
  };
  return look(args, undefined);
}

function first<T>(items: readonly T[], fault: (item: T, index: number) => Fault | undefined): Fault | undefined {
  for (const [index, item] of items.entries()) {
    const found = fault(item, index);
    if (found !== undefined) return found;
  }
  return undefined;
}
