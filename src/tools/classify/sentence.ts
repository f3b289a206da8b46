/**
 * A description as words with what stands between them, so that commas, colons and ends of sentences can be told.
 *
 * Only the first sentence is read as a sentence: what a tool is comes first, what it is not and what to call instead
 * come later.
 */

import { verbClass } from "./verbs.ts";
import { verbForms } from "./words.ts";

/** `gap` is what stands before the word. */
export type Word = { readonly word: string; readonly raw: string; readonly gap: string };

/** Longer than any first sentence that says what a tool does. */
const LONGEST_SENTENCE = 600;

const END = /[.!?](?:\s|$)|\n\s*\n|\n\s*(?:Args|Parameters|Returns)\b/;

export function firstSentence(description: string): string {
  return sentences(description)[0] ?? "";
}

/** The one after it: where the first says no more than "manages", it says what. */
export function secondSentence(description: string): string {
  return sentences(description)[1] ?? "";
}

function sentences(description: string): string[] {
  const start = description.trimStart().slice(0, 4 * LONGEST_SENTENCE);
  return start.split(END, 2).map((sentence) => sentence.slice(0, LONGEST_SENTENCE));
}

export function sentenceWords(sentence: string): Word[] {
  const out: Word[] = [];
  let end = 0;
  for (const match of sentence.matchAll(/[\p{L}\p{N}](?:[\p{L}\p{N}'’-]*[\p{L}\p{N}])?/gu)) {
    out.push({ word: match[0].toLowerCase(), raw: match[0], gap: sentence.slice(end, match.index) });
    end = match.index + match[0].length;
  }
  return out;
}

const NEGATIONS = new Set(
  "not no never without cannot can't won't don't doesn't non nor neither instead avoid isn't forbids blocks".split(" "),
);

/** Whether one of the three words before takes the word back ("does not delete", "without deleting"). */
export function isDenied(words: readonly Word[], at: number): boolean {
  return words.slice(Math.max(0, at - 3), at).some(({ word }) => NEGATIONS.has(word.replace("’", "'")));
}

/** The verb that the word is a form of, if it may be one. */
export function verbAt(words: readonly Word[], at: number): ReturnType<typeof verbForms>[number] | undefined {
  return verbForms(words[at]?.word ?? "").find(({ base }) => verbClass(base) !== undefined);
}
