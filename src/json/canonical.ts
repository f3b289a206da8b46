/**
 * One text for one value: keys sorted, no white space, number digits as written. Two documents with the same
 * canonical text are the same version (their SHA-256 is their name).
 */
import { isObject, type Json, type JsonObject } from "./value.ts";

export function canonicalJson(value: Json): string {
  return JSON.stringify(sorted(value));
}

function sorted(value: Json): Json {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isObject(value)) return value;
  const result: JsonObject = Object.create(null);
  for (const key of Object.keys(value).sort()) result[key] = sorted(value[key] ?? null);
  return result;
}
