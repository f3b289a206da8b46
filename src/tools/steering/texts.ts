/**
 * Every text of a tool's definition that a model may read: not only descriptions, but names, choices, defaults, and
 * fields that nobody knows. Pictures and `_meta` are for clients.
 */

import { child } from "../../json/pointer.ts";
import { isObject, type Json, type JsonObject, member } from "../../json/value.ts";
import { quoted } from "../../policy/quote.ts";
import { visible } from "./hidden.ts";

/** The way to a value. Written out only for what is found, so that long keys cost nothing. */
export type Place = { readonly above: Place; readonly key: string | number } | undefined;

export type Text = {
  readonly place: Place;
  readonly text: string;
  /** `name`: of a tool, a parameter or any other field. `pattern`: a regular expression, which is no language. */
  readonly role: "prose" | "name" | "pattern";
};

const UNREAD = new Set(["_meta", "icons"]);
/** JSON that is deeper is refused before it comes here. */
const DEEPEST = 64;

export function textsIn(tool: JsonObject): Text[] {
  const texts: Text[] = [];
  const open: { readonly value: Json; readonly place: Place; readonly depth: number }[] = [];
  const put = (value: Json, place: Place, depth: number, role: Text["role"]): void => {
    if (typeof value === "string") texts.push({ place, text: value, role });
    else if (typeof value === "object" && value !== null && depth < DEEPEST) open.push({ value, place, depth });
  };
  for (const key of Object.keys(tool)) {
    if (UNREAD.has(key)) continue;
    const place = { above: undefined, key };
    texts.push({ place, text: key, role: "name" });
    put(member(tool, key) ?? null, place, 1, key === "name" ? "name" : "prose");
  }
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { value, place: above, depth } = next;
    if (Array.isArray(value)) {
      for (const [key, item] of value.entries()) put(item, { above, key }, depth + 1, "prose");
    } else if (isObject(value)) {
      const named = above?.key === "patternProperties" ? "pattern" : "name";
      for (const key of Object.keys(value)) {
        const place = { above, key };
        texts.push({ place, text: key, role: named });
        put(member(value, key) ?? null, place, depth + 1, key === "pattern" ? "pattern" : "prose");
      }
    }
  }
  return texts;
}

/** JSON Pointer (RFC 6901). */
export function pointerTo(place: Place): string {
  return keysTo(place).reduce<string>(child, "");
}

/** What people call the place: "the description", "the description of the parameter x". */
export function placeName(place: Place, role: Text["role"]): string {
  const keys = keysTo(place);
  const last = keys.at(-1);
  const parameter = keys.findLastIndex((key, at) => key === "properties" && at < keys.length - 1);
  const named = parameter < 0 ? "" : ` of the parameter ${visible(quoted(String(keys[parameter + 1]), 40))}`;
  if (keys.length === 1 && (last === "name" || last === "description" || last === "title")) return `the ${last}`;
  if (role === "name" && parameter === keys.length - 2) return "a parameter's name";
  if (last === "description" || last === "title" || last === "default") return `the ${last}${named}`;
  return named === "" ? `the text at ${visible(quoted(pointerTo(place), 80))}` : `a text${named}`;
}

function keysTo(place: Place): readonly (string | number)[] {
  const keys: (string | number)[] = [];
  for (let at = place; at !== undefined; at = at.above) keys.push(at.key);
  return keys.reverse();
}
