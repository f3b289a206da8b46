/**
 * How much room a value's JSON text must take at least, for whoever drops a text that is too long: to write one of a
 * megabyte only to drop it takes milliseconds. It must never say too much.
 */
import { isObject, type Json } from "./value.ts";

/** What a text of the value leaves of `room` UTF-16 units, at best; no more is counted once that is below 0. */
export function roomBeside(value: Json, room: number): number {
  if (typeof value === "string") return room - value.length - 2;
  let left = room - 2;
  if (Array.isArray(value)) {
    for (const item of value) {
      left = roomBeside(item, left);
      if (left < 0) break;
    }
    return left;
  }
  if (!isObject(value)) return room - 1;
  for (const key of Object.keys(value)) {
    left = roomBeside(value[key] ?? null, left - key.length - 3);
    if (left < 0) break;
  }
  return left;
}
