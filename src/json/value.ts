/**
 * The values of strict JSON, without loss.
 *
 * A number keeps its digits: one that a double would write differently (`42.0`, `9007199254740993`, `1e400`, `-0`)
 * stays text in a `JsonNumber`, so what leaves the gateway is what came in. Objects inherit nothing, so no key
 * (`__proto__`, `constructor`) means more than itself.
 */

export type Json = null | boolean | number | string | JsonNumber | Json[] | JsonObject;

export type JsonObject = { [key: string]: Json };

/** A JSON number whose text a double does not reproduce. `JSON.stringify` writes its digits as they were read. */
export class JsonNumber {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  toJSON(): unknown {
    return rawJson(this.text);
  }
}

export function isNumber(value: Json | undefined): value is number | JsonNumber {
  return typeof value === "number" || value instanceof JsonNumber;
}

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof JsonNumber);
}

/** The member of that name, or undefined. Safe for every key, on objects made elsewhere too. */
export function member(object: JsonObject, key: string): Json | undefined {
  return Object.hasOwn(object, key) ? object[key] : undefined;
}

/** TC39 "JSON.parse source text access"; TypeScript's library does not name it yet. */
const { rawJSON: rawJson } = JSON as unknown as { rawJSON(text: string): unknown };

const NOTHING = Object.freeze(Object.create(null));

/**
 * An object that inherits nothing. `Object.create(null)` would do, but V8 makes it a hash table from the start, and four
 * megabytes of `{}` would fill the memory of an isolate.
 */
export function bareObject(): JsonObject {
  return Object.create(NOTHING);
}
