/** A document with one place changed. The rest is shared with the original, which is never touched. Pure. */
import { isObject, type Json, type JsonObject, member } from "../../json/value.ts";

export type Way = readonly (string | number)[];

/** One change. `way` leads to the place; `to` makes the new value there, and undefined takes it out. */
export type Edit = { readonly way: Way; readonly change: string; readonly to: (old: Json) => Json | undefined };

/** `undefined` takes the member or item out. A way that leads nowhere changes nothing. */
export function edited(value: Json, [key, ...rest]: Way, change: (old: Json) => Json | undefined): Json {
  const old = key === undefined ? undefined : inside(value, key);
  if (key === undefined || old === undefined) return value;
  const changed = rest.length === 0 ? change(old) : edited(old, rest, change);
  if (Array.isArray(value)) return value.flatMap((item, index) => (index === key ? given(changed) : [item]));
  if (!isObject(value)) return value;
  const copy: JsonObject = Object.assign(Object.create(null), value);
  if (changed === undefined) delete copy[key];
  else copy[key] = changed;
  return copy;
}

export function inside(value: Json, key: string | number): Json | undefined {
  if (Array.isArray(value)) return typeof key === "number" ? value[key] : undefined;
  return isObject(value) ? member(value, String(key)) : undefined;
}

export function itemsOf(list: Json | undefined): (readonly [Json, number])[] {
  return Array.isArray(list) ? list.map((item, index) => [item, index] as const) : [];
}

function given(value: Json | undefined): Json[] {
  return value === undefined ? [] : [value];
}
