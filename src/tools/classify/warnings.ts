/**
 * What any sentence of a description may admit: that nothing brings it back, that it runs whatever it is given, that real
 * money goes. Sentences that deny it count for nothing. Linear: every pattern is fixed, and a sentence is read once.
 */
import type { ToolClass } from "./class.ts";

type Warning = { readonly class: ToolClass; readonly pattern: RegExp; readonly says: string };

const WARNINGS: readonly Warning[] = [
  {
    class: "destructive",
    pattern:
      /\b(?:irreversibl[ey]|destructive|(?:can ?not|can['’]t) be (?:undone|reversed|recovered)|permanently (?:delet|remov|eras|destroy)(?:es?|ing))\b/i,
    says: "what it does can't be undone",
  },
  {
    class: "destructive",
    pattern: /\b(?:DELETE|DROP|TRUNCATE)\b/,
    says: "it passes on statements or requests that delete",
  },
  {
    class: "execute",
    pattern:
      /\b(?:arbitrary|any) (?:[a-z]+ ){0,2}(?:code|commands?|sql|scripts?|javascript|python|quer(?:y|ies)|expressions?)\b/i,
    says: "it runs whatever it is given",
  },
  {
    class: "financial",
    pattern: /\b(?:real (?:money|funds)|(?:will be|is|are|gets?) (?:charged|billed)|billing)\b/i,
    says: "it has a price",
  },
];

const DENIES =
  /\b(?:no|not|never|non|without|only|cannot|can['’]t|won['’]t|don['’]t|doesn['’]t|isn['’]t|before|instead|unlike|avoid|blocks?|blocked|rejects?|rejected|prevents?|forbidden|disallowed|prohibited)\b/i;

/** What denies the deed is no denial when it is how the deed is described ("cannot be undone"). */
const CANNOT_UNDO = /\b(?:can ?not|can['’]t) be (?:undone|reversed|recovered)\b/gi;

export function warningsIn(description: string): { readonly class: ToolClass; readonly text: string }[] {
  const found = new Map<Warning, string>();
  for (const sentence of description.split(/[.!?;\n]+/)) {
    for (const warning of WARNINGS) {
      if (found.has(warning)) continue;
      const words = warning.pattern.exec(sentence)?.[0];
      if (words !== undefined && !DENIES.test(sentence.replace(CANNOT_UNDO, ""))) found.set(warning, words);
    }
  }
  return [...found].map(([warning, words]) => ({ class: warning.class, text: `says *${words}*: ${warning.says}` }));
}
