/**
 * One text for one value: keys sorted, no white space, number digits as written. Two documents with the same
 * canonical text are the same version (their SHA-256 is their name).
 */
import { isObject, type Json } from "./value.ts";

export function canonicalJson(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(",")}]`;
  if (!isObject(value)) return JSON.stringify(value);
  const members = Object.keys(value).sort();
  return `{${members.map((key) => `${JSON.stringify(key)}:${canonicalJson(value[key] ?? null)}`).join(",")}}`;
}
