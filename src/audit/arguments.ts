/**
 * What is recorded of a call's arguments, by the policy's choice: canonical JSON that says which choice it was. It must
 * never be longer than MOST_BYTES, and only `redacted` and `full` may tell anything that a value was.
 */
import { canonicalJson } from "../json/canonical.ts";
import { roomBeside } from "../json/room.ts";
import { samenessText } from "../json/sameness.ts";
import { bareObject, type Json, type JsonObject } from "../json/value.ts";
import type { RecordedArguments } from "../policy/document.ts";
import { keyText, labelled, redacted } from "./redact.ts";

/** Of UTF-8. */
export const MOST_BYTES = 65_536;

const MOST_KEYS = 100;
const LONGEST_KEY = 128;
/** What redaction looks at, in UTF-16 units of canonical text: it may bring four times as much as is kept down to fit. */
const LOOKED_AT = 4 * MOST_BYTES;
/** A member of `hash` beside its key: quotes, digest, colon and comma. */
const DIGEST_LENGTH = 38;

/** 32 hexadecimal digits that only whoever holds the key can make from the text. */
export type Digest = (text: string) => Promise<string>;

/** The text at once, where no digest is needed for it. */
export function recordedArguments(
  choice: RecordedArguments,
  given: JsonObject,
  digest: () => Promise<Digest>,
): string | Promise<string> {
  switch (choice) {
    case "keys":
      return canonicalJson(keysOf(given));
    case "hash":
      return hashed(given, digest);
    case "redacted":
    case "full": {
      if (roomBeside(given, choice === "full" ? MOST_BYTES : LOOKED_AT) < 0) return omitted(choice, given);
      const whole = canonicalJson(given);
      if (choice === "full") return fitting(choice, `{"full":${whole}}`, given);
      if (whole.length > LOOKED_AT) return omitted(choice, given);
      return fitting(choice, canonicalJson({ redacted: redacted(given) }), given);
    }
  }
}

async function hashed(given: JsonObject, digest: () => Promise<Digest>): Promise<string> {
  const names = Object.keys(given).map((key, index) => labelled(key, index, LONGEST_KEY));
  // Told before anything is hashed: a client must not choose how often that happens.
  const length = names.reduce((sum, name) => sum + JSON.stringify(name).length + DIGEST_LENGTH, 0);
  if (length > MOST_BYTES) return omitted("hash", given);
  const digestOf = await digest();
  const digests = await Promise.all(Object.values(given).map((value) => digestOf(sameText(value))));
  const hash = bareObject();
  names.forEach((name, index) => {
    hash[name] = digests[index] ?? null;
  });
  return fitting("hash", canonicalJson({ hash }), given);
}

/** One text for equal values. Numbers with an exponent of 16 digits or more are equal when they are written alike. */
function sameText(value: Json): string {
  return samenessText(value) ?? canonicalJson(value);
}

/** The names of the arguments in their order. A name can be a secret too, when a client puts one there. */
function keysOf(given: JsonObject): { keys: string[]; more?: number } {
  const keys: string[] = [];
  const all = Object.keys(given);
  // A character that JSON escapes takes six.
  let room = MOST_BYTES - 4_096;
  for (const key of all.slice(0, MOST_KEYS)) {
    const shown = keyText(key.slice(0, LONGEST_KEY));
    room -= 3 * JSON.stringify(shown).length;
    if (room < 0) break;
    keys.push(shown);
  }
  return keys.length === all.length ? { keys } : { keys, more: all.length - keys.length };
}

function fitting(choice: RecordedArguments, text: string, given: JsonObject): string {
  if (text.length > MOST_BYTES) return omitted(choice, given);
  const fits = 3 * text.length <= MOST_BYTES || new TextEncoder().encode(text).length <= MOST_BYTES;
  return fits ? text : omitted(choice, given);
}

function omitted(choice: RecordedArguments, given: JsonObject): string {
  return canonicalJson({ [choice]: null, omitted: `larger than ${MOST_BYTES} bytes`, ...keysOf(given) });
}
