/**
 * What a description's first sentence says the tool does: its leading verb, and the verbs listed beside it.
 *
 * "Creates, updates or deletes a label" has three; "List and search issues" has two; "Get the reset and restart times"
 * has one. A verb that is taken back ("does not delete") is none.
 */
import { type Act, judge } from "./act.ts";
import { bracketsIn, deedsIn } from "./brackets.ts";
import { isDenied, sentenceWords, verbAt, type Word } from "./sentence.ts";
import { isFaint } from "./verbs.ts";
import { joined } from "./words.ts";

/** `sure`: its place shows that it is a verb. `aside`: it stands in the brackets of a sentence that reads. */
export type Beside = { readonly act: Act; readonly sure: boolean; readonly aside: boolean };

export type Told = {
  readonly lead: Act;
  readonly faint: boolean;
  readonly beside: readonly Beside[];
  readonly objects: readonly string[];
};

/** Words that come before the verb and say nothing: "Use this tool when you want to…". */
const FILLER = new Set(
  (
    "this that the a an it its tool tools function method endpoint operation api use used uses using useful when whenever " +
    "if you want wants need needs wish to in order for by helps help can will be is are which and please only also here " +
    "first always should must your agent agents user users ability able way mcp server perform performs permanently " +
    "quickly safely easily automatically manually securely asynchronously immediately new bulk"
  ).split(" "),
);

/** "Allows you to…" says nothing; "Allow an address" does. */
const LETS = /^(?:allow|let|enable|help|permit)s?$/;
const SOMEONE = new Set("you your user users agent agents client clients the to llms ai models for".split(" "));

/** After a noun the verb may still come: "A helper that erases…". */
const OPENS = new Set(["that", "which", "to", "for"]);

/** In words. */
const LOOK_AHEAD = 24;

const DETERMINERS = new Set(["a", "an", "the", "this", "its", "your"]);
const JOINS = new Set(["and", "or", "then", "and/or"]);
const PREPOSITIONS = new Set("for in on from by with to at as about into within via against".split(" "));
const OBJECTS = new Set("a an the this these all any it its them their your".split(" "));

/** Words after a verb that can be its object. */
const REACH = 7;

export function fromSentence(sentence: string): Told | undefined {
  const words = sentenceWords(sentence);
  const brackets = bracketsIn(words);
  const at = leadAt(words);
  const lead = at === undefined ? undefined : verbAt(words, at);
  const objects = at === undefined ? [] : objectsAt(words, at);
  const act = lead === undefined ? undefined : judge(lead.base, objects);
  const inBrackets = brackets.flatMap((bracket) => deedsIn(words, bracket, objects));
  if (at === undefined || lead === undefined || act === undefined) {
    const [first, ...rest] = inBrackets;
    return first && { lead: first, faint: false, beside: rest.map(certain), objects };
  }
  const isAside = (other: number): boolean =>
    act.class === "read" && brackets.some(({ from, to }) => other >= from && other < to);
  const listed = beside(words, at, lead.form, isAside);
  const reads = act.class === "read" && listed.every((one) => one.aside || one.act.class === "read");
  return {
    lead: act,
    faint: isFaint(lead.base),
    beside: reads ? listed : [...listed, ...inBrackets.map(certain)],
    objects,
  };
}

const certain = (act: Act): Beside => ({ act, sure: true, aside: false });

function leadAt(words: readonly Word[]): number | undefined {
  let at = afterLabel(words);
  for (const limit = at + LOOK_AHEAD; at < words.length && at < limit; at++) {
    const word = words[at]?.word ?? "";
    if (LETS.test(word) && SOMEONE.has(words[at + 1]?.word ?? "")) continue;
    const isVerb = verbAt(words, at) !== undefined && !DETERMINERS.has(words[at - 1]?.word ?? "");
    if (isVerb && !FILLER.has(word) && !isDenied(words, at)) return at;
    if (FILLER.has(word) || SOMEONE.has(word) || word.endsWith("ly")) continue;
    const opening = words.findIndex((other, index) => index > at && index < at + 8 && OPENS.has(other.word));
    if (opening < 0) return undefined;
    at = opening;
  }
  return undefined;
}

/** What stands before a colon is a label ("Admin only: delete a user"), unless it begins with the verb. */
function afterLabel(words: readonly Word[]): number {
  if (verbAt(words, 0) !== undefined) return 0;
  const colon = words.findIndex(({ gap }, at) => at > 0 && at < 6 && /[:\u2013\u2014]\s|\s-\s/.test(gap));
  return Math.max(colon, 0);
}

/** What follows the verb, up to where something else begins. */
function objectsAt(words: readonly Word[], at: number): string[] {
  const rest = words.slice(at + 1, at + 1 + REACH);
  const end = rest.findIndex(({ word, gap }) => PREPOSITIONS.has(word) || /[(;:]/.test(gap));
  return joined((end < 0 ? rest : rest.slice(0, end)).flatMap(({ word }) => word.split("-")));
}

/**
 * The verbs listed beside the lead, in its form. `sure` tells a verb from a noun after a comma: it follows
 * another verb at once ("create, update or delete"), or something follows that is plainly its object ("and delete it").
 */
function beside(words: readonly Word[], lead: number, form: string, isAside: (at: number) => boolean): Beside[] {
  const acts: Beside[] = [];
  let chain = lead;
  for (let at = lead + 1; at < words.length; at++) {
    const { word, gap } = words[at] ?? { word: "", gap: "" };
    if (at - chain === 1 && (JOINS.has(word) || word.endsWith("ly"))) chain = at;
    const isListed = /^\s*[,/&]\s*$/.test(gap) || JOINS.has(words[at - 1]?.word ?? "");
    const verb = isListed ? verbAt(words, at) : undefined;
    if (verb === undefined || verb.form !== form || isDenied(words, at)) continue;
    const isChained = at - chain === 1;
    if (isChained) chain = at;
    const act = judge(verb.base, objectsAt(words, at));
    const sure = isChained || OBJECTS.has(words[at + 1]?.word ?? "");
    if (act !== undefined) acts.push({ act, sure, aside: isAside(at) });
  }
  return acts;
}
