/**
 * What stands in brackets in a sentence: "(create, update or delete)" lists what is done, "(URL category/block)" is about
 * something else, and one word alone only explains. It counts where there are two items or more and all begin with verbs.
 */
import { type Act, judge } from "./act.ts";
import { isDenied, verbAt, type Word } from "./sentence.ts";
import { isNounToo } from "./verbs.ts";

/** The words from `from` up to and without `to`. */
export type Bracket = { readonly from: number; readonly to: number };

export function bracketsIn(words: readonly Word[]): Bracket[] {
  const found: Bracket[] = [];
  let from: number | undefined;
  for (const [at, { gap }] of words.entries()) {
    if (from !== undefined && gap.includes(")")) {
      found.push({ from, to: at });
      from = undefined;
    }
    if (from === undefined && gap.includes("(")) from = at;
  }
  return from === undefined ? found : [...found, { from, to: words.length }];
}

/** Words before an item's verb, and items, that say nothing. */
const FILLER = new Set("and or and/or then also e g i eg ie etc".split(" "));

const SEPARATES = /[,/;|&]/;

/** What is done to `objects` as these brackets have it, unless an item names things of its own. */
export function deedsIn(words: readonly Word[], bracket: Bracket, objects: readonly string[]): Act[] {
  const items = itemsIn(words, bracket);
  const verbs = items.flatMap(({ from, to }) => {
    const verb = verbAt(words, from);
    const own = words.slice(from + 1, to).map(({ word }) => word);
    const isNoun = verb?.form === "s" && isNounToo(verb.base);
    return verb === undefined || isNoun || isDenied(words, from) ? [] : [{ verb: verb.base, own }];
  });
  const isList = items.length > 1 && verbs.length === items.length && verbs.some(({ verb }) => !isNounToo(verb));
  if (!isList) return [];
  return verbs.flatMap(({ verb, own }) => judge(verb, own.length > 0 ? own : objects) ?? []);
}

function itemsIn(words: readonly Word[], { from, to }: Bracket): Bracket[] {
  const items: { from: number; to: number }[] = [];
  let isOpen = false;
  for (let at = from; at < to; at++) {
    const { word, gap } = words[at] ?? { word: "", gap: "" };
    const isFiller = FILLER.has(word);
    if ((at > from && SEPARATES.test(gap)) || isFiller) isOpen = false;
    if (isFiller) continue;
    const last = items.at(-1);
    if (isOpen && last !== undefined) last.to = at + 1;
    else items.push({ from: at, to: at + 1 });
    isOpen = true;
  }
  return items;
}
