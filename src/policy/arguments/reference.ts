/**
 * Where a `$ref` leads: to the whole schema, or to a part of it by JSON Pointer (RFC 6901, section 6).
 *
 * It must never lead out of the schema: nothing is fetched, and nothing is looked up elsewhere.
 */
import { isObject, type Json, member } from "../../json/value.ts";

/** Undefined when it leads nowhere in the document. */
export function referred(root: Json, reference: string): Json | undefined {
  const id = isObject(root) ? member(root, "$id") : undefined;
  const base = typeof id === "string" ? id.replace(/#$/, "") : "";
  const local = reference.startsWith(base) ? reference.slice(base.length) : reference;
  if (local === "#" || (local === "" && base !== "")) return root;
  const keys = local.startsWith("#/") ? keysIn(local.slice(2)) : undefined;
  return keys === undefined ? undefined : descend(root, keys);
}

function keysIn(fragment: string): readonly string[] | undefined {
  try {
    return decodeURIComponent(fragment)
      .split("/")
      .map((key) => key.replaceAll("~1", "/").replaceAll("~0", "~"));
  } catch {
    return undefined;
  }
}

const INDEX = /^(?:0|[1-9][0-9]{0,8})$/;

function descend(root: Json, keys: readonly string[]): Json | undefined {
  let at: Json | undefined = root;
  for (const key of keys) {
    // Below an "$id" of its own, the same pointer would start from there.
    if (at !== root && isObject(at) && typeof member(at, "$id") === "string") return undefined;
    if (Array.isArray(at)) at = INDEX.test(key) ? at[Number(key)] : undefined;
    else at = isObject(at) ? member(at, key) : undefined;
  }
  return at;
}
