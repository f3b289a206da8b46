/** What differs between two JSON documents, place by place. Pure. Numbers are compared by value. */
import { equalJson } from "../../json/equal.ts";
import { child } from "../../json/pointer.ts";
import { isObject, type Json } from "../../json/value.ts";

/** `before` is missing for what was added, `after` for what was taken away. */
export type Difference = { readonly pointer: string; readonly before?: Json; readonly after?: Json };

export function differences(before: Json, after: Json, pointer = ""): Difference[] {
  if (isObject(before) && isObject(after)) {
    const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])];
    return keys.flatMap((key) => between(before[key], after[key], child(pointer, key)));
  }
  if (Array.isArray(before) && Array.isArray(after)) {
    const length = Math.max(before.length, after.length);
    return Array.from({ length }, (_, at) => between(before[at], after[at], `${pointer}/${at}`)).flat();
  }
  return equalJson(before, after) ? [] : [{ pointer, before, after }];
}

function between(before: Json | undefined, after: Json | undefined, pointer: string): Difference[] {
  if (before === undefined && after === undefined) return [];
  if (before === undefined) return after === undefined ? [] : [{ pointer, after }];
  if (after === undefined) return [{ pointer, before }];
  return differences(before, after, pointer);
}
