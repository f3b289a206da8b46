/**
 * How a value is shown in a message: as JSON, and no more than a short piece of it. Messages reach models and logs,
 * so they must never carry a whole argument, however large it is.
 */
import { isNumber, isObject, type Json } from "../json/value.ts";

const MOST = 60;

/** A short piece of a name or text, in double quotes. */
export function quoted(text: string, most: number = MOST): string {
  if (text.length <= most) return JSON.stringify(text);
  let piece = text.slice(0, most - 1);
  if (!piece.isWellFormed()) piece = piece.slice(0, -1);
  return `${JSON.stringify(piece).slice(0, -1)}…"`;
}

/** A short piece of a value: scalars as they are, lists and objects by their size. */
export function shown(value: Json): string {
  if (typeof value === "string") return quoted(value);
  if (isNumber(value)) {
    const digits = typeof value === "number" ? String(value) : value.text;
    return digits.length <= MOST ? digits : `${digits.slice(0, MOST - 1)}…`;
  }
  if (Array.isArray(value)) return value.length === 1 ? "a list of one item" : `a list of ${value.length} items`;
  if (isObject(value)) return "an object";
  return String(value);
}

/** The value with its type said, for a message about a wrong type: `the string "500"`. */
export function shownWithType(value: Json): string {
  if (typeof value === "string") return `the string ${quoted(value)}`;
  if (isNumber(value)) return `the number ${shown(value)}`;
  return shown(value);
}
