/**
 * A parsed document held against a schema: what the schema makes of it, or every fault at once, each with its place in
 * the text. Nothing is ignored; an unknown field is a fault like a wrong type.
 */
import * as z from "zod/mini";
import { complaint } from "./complaint.ts";
import { locate } from "./locate.ts";
import { placesIn } from "./place.ts";
import { child } from "./pointer.ts";
import { isObject, type Json } from "./value.ts";

z.config({ localeError: complaint });

/** `pointer` is RFC 6901 into the document; line and column count from 1, and are missing for what has no place. */
export type Fault = {
  readonly pointer: string;
  readonly line?: number;
  readonly column?: number;
  readonly message: string;
};

export type Checked<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly faults: readonly Fault[] };

/** `text` is what `value` was parsed from; it is only looked at to tell where a fault is. */
export function checked<T>(text: string, value: Json, schema: z.ZodMiniType<T>): Checked<T> {
  const read = schema.safeParse(value);
  const faults = [...protoKeys(value, ""), ...(read.success ? [] : read.error.issues.flatMap(faultsOf))];
  if (read.success && faults.length === 0) return { ok: true, value: read.data };
  return { ok: false, faults: placed(text, faults) };
}

/** What a zod issue says, with the pointer it concerns. */
export function faultsOf(issue: z.core.$ZodIssue): Fault[] {
  const pointer = issue.path.reduce<string>((parent, key) => child(parent, String(key)), "");
  if (issue.code === "invalid_key") return [{ pointer, message: issue.issues[0]?.message ?? issue.message }];
  if (issue.code !== "unrecognized_keys") return [{ pointer, message: issue.message }];
  return issue.keys
    .filter((key) => key !== "__proto__")
    .map((key) => ({ pointer: child(pointer, key), message: "is no field that is known here" }));
}

/** Schemas of records drop this one key without a word, since it would change a prototype. */
function protoKeys(value: Json, pointer: string): Fault[] {
  if (Array.isArray(value)) return value.flatMap((item, index) => protoKeys(item, child(pointer, index)));
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([key, member]) => {
    const at = child(pointer, key);
    return key === "__proto__" ? [{ pointer: at, message: "is no name that can be used" }] : protoKeys(member, at);
  });
}

/** With line and column, of the nearest thing that is there when the place itself is missing. */
function placed(text: string, faults: readonly Fault[]): Fault[] {
  const found = locate(text, new Set(faults.flatMap(({ pointer }) => [pointer, parentOf(pointer)])));
  const placeOf = placesIn(text);
  return faults.map((fault) => {
    const location = found.get(fault.pointer) ?? found.get(parentOf(fault.pointer));
    return location === undefined ? fault : { ...fault, ...placeOf(location.key) };
  });
}

function parentOf(pointer: string): string {
  return pointer.slice(0, Math.max(0, pointer.lastIndexOf("/")));
}
