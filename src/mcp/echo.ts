/**
 * Answers that come again and again and differ in nothing but the id of their request: a large list is read and edited
 * once, and while the server says the very same bytes around the id, the client gets the very same bytes around its own.
 *
 * It must never take one text for another: bytes are compared, not hashes of them, and an answer is only taken apart
 * where its id stands beyond doubt. What an edit hangs on beside the text is for the key of who keeps these to say.
 */
import type { Id } from "./message.ts";

/** What stands before and behind the id, in UTF-8. */
export type Around = { readonly before: Uint8Array; readonly after: Uint8Array };

/** An answer as it came from the server, and as it went to the client. */
export type Echo = { readonly came: Around; readonly gave: Around };

/** Whether two arrays of one length are equal. */
export type SameBytes = (a: Uint8Array, b: Uint8Array) => boolean;

const ENCODER = new TextEncoder();

/** An id that is longer, or written with escapes or braces, is nobody's counter. */
const TOKEN = /^(?:-?\d{1,99}|"[^"\\{}]{0,99}")$/;
const KEY = /"id"\s*:\s*/;

/**
 * The text of a result without its id, alone or in an event as `firstEvent` gives it. It must have been read as such
 * with this id: strictly, and without other members or repeated keys. Null where the id is written otherwise than
 * `JSON.stringify` would.
 */
export function aroundId(text: string, id: Id): Around | null {
  const token = JSON.stringify(id);
  if (!TOKEN.test(token)) return null;
  // Only a result has braces, so in front of it and behind it a key of that name can be no other.
  const front = text.indexOf("{", text.indexOf("{") + 1);
  const back = text.lastIndexOf("}", text.lastIndexOf("}") - 1);
  const inFront = KEY.exec(text.slice(0, front));
  const key = inFront ?? KEY.exec(text.slice(back));
  if (key === null) return null;
  const start = (inFront ? 0 : back) + key.index + key[0].length;
  const end = start + token.length;
  if (!text.startsWith(token, start) || !/[\s,}]/.test(text.charAt(end))) return null;
  return { before: ENCODER.encode(text.slice(0, start)), after: ENCODER.encode(text.slice(end)) };
}

const EVENT = /^(?:event: ?\w*\r?\n)?data: ?[^\r\n]*\r?\n\r?\n/;

/**
 * The event that a stream begins with, where it is a single line of data and at most a plain type. Undefined for any
 * other beginning, and for an event that has not come to its end.
 */
export function firstEvent(text: string): string | undefined {
  return EVENT.exec(text)?.[0];
}

/** The text with another id in it. */
export function withId({ before, after }: Around, id: Id): Uint8Array {
  return joined([before, ENCODER.encode(JSON.stringify(id)), after]);
}

export function joined(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** Follows what comes, chunk by chunk, for as long as it is one known text with one id in it. */
export class Follower {
  readonly #wanted: readonly Uint8Array[];
  readonly #length: number;
  readonly #same: SameBytes;
  /** How much has come of the known text, in bytes. */
  at = 0;

  constructor({ before, after }: Around, id: Id, same: SameBytes) {
    const token = ENCODER.encode(JSON.stringify(id));
    this.#wanted = [before, token, after];
    this.#length = before.length + token.length + after.length;
    this.#same = same;
  }

  /** What came before the chunk that differs: it was the known text, so nothing needs to be kept of it meanwhile. */
  agreed(): Uint8Array {
    return joined(this.#wanted).subarray(0, this.at);
  }

  /** "whole" when all of the text has come; `rest` is what came behind it. Not to be asked again after another answer than "so far". */
  push(
    chunk: Uint8Array,
  ):
    | { readonly kind: "so far" }
    | { readonly kind: "differs" }
    | { readonly kind: "whole"; readonly rest: Uint8Array } {
    const [at, to] = [this.at, Math.min(this.at + chunk.length, this.#length)];
    let begin = 0;
    for (const part of this.#wanted) {
      const [from, end] = [Math.max(at, begin), Math.min(to, begin + part.length)];
      if (from < end && !this.#same(chunk.subarray(from - at, end - at), part.subarray(from - begin, end - begin))) {
        return DIFFERS;
      }
      begin += part.length;
    }
    this.at = to;
    return to < this.#length ? SO_FAR : { kind: "whole", rest: chunk.subarray(to - at) };
  }
}

const DIFFERS = { kind: "differs" } as const;
const SO_FAR = { kind: "so far" } as const;
