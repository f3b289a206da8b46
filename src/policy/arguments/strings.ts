/** Keywords about strings. Characters are code points. */
import type { Json } from "../../json/value.ts";
import { characters } from "../length.ts";
import { quoted } from "../quote.ts";
import { checkOf, type Keywords, type Maker, malformed, unreadable } from "./check.ts";
import { FORMATS } from "./format.ts";
import { countOf } from "./numbers.ts";
import { type Pattern, readPattern } from "./pattern.ts";
import { type Run, spend } from "./run.ts";

function textLength(keyword: string, fitting: (length: number, count: number) => boolean, says: string): Maker {
  return (given) => {
    const count = countOf(given);
    if (count === undefined) return malformed(keyword);
    const fits = (text: string, run: Run) => spend(run, text.length >> 4) && fitting(characters(text), count);
    return checkOf(isText, fits, `a string of ${says} ${count} ${count === 1 ? "character" : "characters"}`);
  };
}

const pattern: Maker = (given) => {
  if (typeof given !== "string") return malformed("pattern");
  const read = readPattern(given);
  if (read === undefined) return unreadable(unjudged(given));
  return checkOf(isText, (text, run) => matches(read, text, run), `a string that matches ${quoted(given)}`);
};

const format: Maker = (given) => {
  const known = typeof given === "string" ? FORMATS.get(given) : undefined;
  if (known === undefined) return undefined;
  return checkOf(isText, (text, run) => spend(run, text.length >> 5) && known.fits(text), known.wants);
};

export function unjudged(pattern: string): string {
  return `its pattern ${quoted(pattern)} can't be judged in a time that is known before`;
}

/** Preparing a pattern is paid for once in a run, whether or not it was prepared before. */
export function matches(pattern: Pattern, text: string, run: Run): boolean {
  if (!run.patterns.has(pattern)) {
    run.patterns.add(pattern);
    spend(run, 200 + 10 * pattern.size);
  }
  return spend(run, 4 + ((pattern.size * text.length) >> 3)) && pattern.test(text);
}

function isText(value: Json): value is string {
  return typeof value === "string";
}

export const STRINGS: Keywords = [
  ["minLength", textLength("minLength", (length, count) => length >= count, "at least")],
  ["maxLength", textLength("maxLength", (length, count) => length <= count, "at most")],
  ["pattern", pattern],
  ["format", format],
];
