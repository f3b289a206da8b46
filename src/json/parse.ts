/**
 * A strict, lossless reader of JSON (RFC 8259).
 *
 * Stricter than `JSON.parse` where two readers could disagree about what a text says: a repeated key is an error, so
 * is a byte order mark, and depth is bounded. It must never accept a text whose meaning depends on who reads it.
 */
import { closingEnd, stringFault, unescapedEnd } from "./string.ts";
import { bareObject, type Json, JsonNumber, type JsonObject } from "./value.ts";

/** Where and why a text is not strict JSON. `offset` counts UTF-16 units from 0. */
export type JsonFault = { readonly reason: string; readonly offset: number };

export type Parsed = { readonly ok: true; readonly value: Json } | { readonly ok: false; readonly fault: JsonFault };

/** Deeper texts are refused: they serve nobody but someone who wants to exhaust a stack. */
export const MAX_DEPTH = 64;

/** Texts with more values are refused: in memory, `{},{},` takes thirty times what it is. */
const MOST_VALUES = 2_200_000;

/**
 * Reads a whole text. A repeated key is a fault like any other, unless `repeats` is given: then each repetition is
 * put there, its first value stays, and reading goes on, for a caller that reports every fault of a text at once.
 */
export function parseJson(text: string, maxDepth: number = MAX_DEPTH, repeats?: JsonFault[]): Parsed {
  try {
    return { ok: true, value: new Reader(text, maxDepth, repeats).document() };
  } catch (error) {
    if (error instanceof Fault) return { ok: false, fault: { reason: error.reason, offset: error.offset } };
    throw error;
  }
}

/** Carries a fault out of the recursion; never leaves this file. */
class Fault {
  readonly reason: string;
  readonly offset: number;
  constructor(reason: string, offset: number) {
    this.reason = reason;
    this.offset = offset;
  }
}

const QUOTE = 0x22;
const NUMBER = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;

class Reader {
  readonly #text: string;
  readonly #maxDepth: number;
  readonly #repeats: JsonFault[] | undefined;
  #at = 0;
  #values = 0;

  constructor(text: string, maxDepth: number, repeats: JsonFault[] | undefined) {
    this.#text = text;
    this.#maxDepth = maxDepth;
    this.#repeats = repeats;
  }

  document(): Json {
    if (this.#text.charCodeAt(0) === 0xfeff) throw new Fault("a byte order mark stands before the text", 0);
    this.#space();
    const value = this.#value(0);
    this.#space();
    if (this.#at < this.#text.length) throw this.#unexpected("the end of the text");
    return value;
  }

  #value(depth: number): Json {
    if (++this.#values > MOST_VALUES) throw new Fault(`the text has more than ${MOST_VALUES} values`, this.#at);
    switch (this.#text.charCodeAt(this.#at)) {
      case QUOTE:
        return this.#string();
      case 0x7b:
        return this.#object(depth + 1);
      case 0x5b:
        return this.#array(depth + 1);
      case 0x74:
        return this.#word("true", true);
      case 0x66:
        return this.#word("false", false);
      case 0x6e:
        return this.#word("null", null);
      default:
        return this.#number();
    }
  }

  #object(depth: number): JsonObject {
    this.#descend(depth);
    const object: JsonObject = bareObject();
    this.#at++;
    this.#space();
    if (this.#take(0x7d)) return object;
    for (;;) {
      const start = this.#at;
      if (this.#text.charCodeAt(start) !== QUOTE) throw this.#unexpected("a key in double quotes");
      const key = this.#string();
      // Nothing is inherited and nothing undefined; a look is cheaper than asking with `in`.
      const repeated = object[key] !== undefined;
      if (repeated) this.#repeat(key, start);
      this.#space();
      if (!this.#take(0x3a)) throw this.#unexpected('":"');
      this.#space();
      const value = this.#value(depth);
      if (!repeated) object[key] = value;
      this.#space();
      if (this.#take(0x7d)) return object;
      if (!this.#take(0x2c)) throw this.#unexpected('"," or "}"');
      this.#space();
    }
  }

  #array(depth: number): Json[] {
    this.#descend(depth);
    this.#at++;
    this.#space();
    if (this.#take(0x5d)) return [];
    // An empty array makes room for seventeen items with its first, so a few megabytes of `[[[[` would fill an isolate.
    const array: Json[] = [this.#value(depth)];
    for (;;) {
      this.#space();
      if (this.#take(0x5d)) return array;
      if (!this.#take(0x2c)) throw this.#unexpected('"," or "]"');
      this.#space();
      array.push(this.#value(depth));
    }
  }

  #string(): string {
    const start = this.#at;
    const end = unescapedEnd(this.#text, start + 1);
    if (this.#text.charCodeAt(end) === QUOTE) {
      this.#at = end + 1;
      return this.#text.slice(start + 1, end);
    }
    this.#at = closingEnd(this.#text, end);
    try {
      // Of a string alone no two readers differ, and this one reads escapes natively.
      return JSON.parse(this.#text.slice(start, this.#at));
    } catch (error) {
      const fault = stringFault(this.#text, start);
      throw fault === undefined ? error : new Fault(fault.reason, fault.offset);
    }
  }

  #number(): number | JsonNumber {
    NUMBER.lastIndex = this.#at;
    const text = NUMBER.exec(this.#text)?.[0];
    if (text === undefined) throw this.#unexpected("a value");
    this.#at += text.length;
    const double = Number(text);
    return String(double) === text ? double : new JsonNumber(text);
  }

  #word<T extends Json>(word: string, value: T): T {
    if (!this.#text.startsWith(word, this.#at)) throw this.#unexpected("a value");
    this.#at += word.length;
    return value;
  }

  #repeat(key: string, offset: number): void {
    const fault = new Fault(`the key ${JSON.stringify(key)} is repeated`, offset);
    if (this.#repeats === undefined) throw fault;
    this.#repeats.push({ reason: fault.reason, offset });
  }

  #space(): void {
    for (;;) {
      const code = this.#text.charCodeAt(this.#at);
      if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) return;
      this.#at++;
    }
  }

  #take(code: number): boolean {
    if (this.#text.charCodeAt(this.#at) !== code) return false;
    this.#at++;
    return true;
  }

  #descend(depth: number): void {
    if (depth > this.#maxDepth) throw new Fault(`the text is deeper than ${this.#maxDepth} levels`, this.#at);
  }

  #unexpected(wanted: string): Fault {
    const found = this.#at < this.#text.length ? JSON.stringify(this.#text[this.#at]) : "the end";
    return new Fault(`expected ${wanted}, found ${found}`, this.#at);
  }
}
