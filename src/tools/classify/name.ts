/**
 * What a tool's name says: which of its words is the verb, wherever the author puts it, and what that verb is done to.
 *
 * A name is the strongest evidence there is, since its author wrote it to be chosen by.
 */
import { type Act, judge } from "./act.ts";
import { compareClasses, mostSevere, type ToolClass } from "./class.ts";
import { deedIn } from "./deed.ts";
import { BOUND, CODE, CODE_OR_NOT, DEED, JOB, SHELL, VIEW, VIEW_ALONE } from "./things.ts";
import { isNounToo, verbClass } from "./verbs.ts";
import { singular } from "./words.ts";

/** `sure`: the word can be nothing but a verb. `text` is `act`'s reason as a whole sentence would have it. */
export type Said =
  | { readonly kind: "verb"; readonly act: Act; readonly sure: boolean }
  | { readonly kind: "noun"; readonly act: Act }
  | { readonly kind: "silent" };

const JOINS = new Set(["and", "or", "then"]);

/** Nouns too, but verbs at the head of a name (`check_order`) that has no clearer one. */
const LOOKS = new Set(["check", "search", "query", "view", "export", "review"]);

/** Nouns too, but verbs at the head of a name (`run_agent`) that is not just of many (`run_list`). */
const STARTS = new Set(["run", "start", "stop", "schedule", "trigger"]);

export function fromName(words: readonly string[]): Said {
  const verbs = words.flatMap((word, at) => (verbClass(word) === undefined ? [] : [at]));
  const clear = verbs.filter((at) => isClear(words, at));
  if (clear.length > 0) {
    const chosen = governing(words, clear);
    return said(words, chosen.some((at) => turn(words, at) < 0) ? verbs : chosen, true);
  }
  const last = words.at(-1) ?? "";
  if (DEED.has(last) && !words.some((word) => BOUND.has(word))) {
    const guess = said(words, verbs, false);
    const isWorse = guess.kind === "verb" && compareClasses(guess.act.class, "execute") > 0;
    return isWorse ? guess : noun("execute", last, "which may be any");
  }
  const isOfJob = verbs.every((at) => JOB.has(words[at] ?? "")) && !words.some((word) => JOINS.has(word));
  if (isOfMany(words) || (isView(last) && words.length > 1 && isOfJob && isPlain(words))) {
    return noun("read", last, "which is there to look at");
  }
  if (verbs.length > 0) return said(words, likely(words, verbs), false);
  return fromNouns(words, last);
}

function fromNouns(words: readonly string[], last: string): Said {
  const bound = words.find((word) => BOUND.has(word));
  const code = words.find((word) => CODE.has(singular(word)) && !CODE_OR_NOT.has(singular(word)));
  if (bound === undefined && code !== undefined) return noun("execute", code, "which runs");
  if (bound !== undefined || (isPlain(words) && (isView(last) || VIEW_ALONE.has(singular(last))))) {
    return noun("read", bound ?? last, "which is there to look at");
  }
  const deed = deedIn(words);
  const act = deed === undefined ? undefined : judge(deed, words);
  return act === undefined ? { kind: "silent" } : { kind: "verb", act, sure: false };
}

function isClear(words: readonly string[], at: number): boolean {
  const word = words[at] ?? "";
  if (!isNounToo(word)) return true;
  if (STARTS.has(word))
    return !isOfMany(words) && words.slice(0, at).every((before) => verbClass(before) !== undefined);
  if (at > 0 || !LOOKS.has(word)) return false;
  return words.every((other) => isNounToo(other) || verbClass(other) === undefined || reads(other));
}

/** Above 0 when the verb's object makes more of it ("push" with force), below when it makes less ("run" of a report). */
function turn(words: readonly string[], at: number): number {
  const verb = words[at] ?? "";
  const [plain, judged] = [verbClass(verb), judge(verb, words)?.class];
  return plain === undefined || judged === undefined ? 0 : compareClasses(judged, plain);
}

const reads = (word: string | undefined): boolean => verbClass(word ?? "") === "read";
const isView = (word: string): boolean => VIEW.has(singular(word));

/** A word in letters that only look Latin may be any verb. */
const isPlain = (words: readonly string[]): boolean => words.every((word) => /^[a-z0-9]+$/.test(word));

function isOfMany(words: readonly string[]): boolean {
  const last = words.at(-1) ?? "";
  return words.length === 2 && STARTS.has(words[0] ?? "") && (isView(last) || last === "get");
}

/**
 * A verb that reads has the rest of the name for its object (`get_reset_time`), but for what is joined to it
 * (`get_or_create`) or ends a name that began with nouns (`user_search_delete`). Beside any other verb, all count.
 */
function governing(words: readonly string[], clear: readonly number[]): readonly number[] {
  const head = clear[0] ?? 0;
  const beside = words.flatMap((word, at) =>
    at > 0 && JOINS.has(words[at - 1] ?? "") && verbClass(word) !== undefined ? [at] : [],
  );
  if (!reads(words[head])) return [...clear, ...beside, ...words.keys().filter((at) => turn(words, at) > 0)];
  const tail = words.findLastIndex((word) => verbClass(word) === undefined);
  return [head, ...beside, ...clear.filter((at) => head > 0 && at > Math.max(head, tail))];
}

/** Where no word is clearly the verb: the first or the last is, or else any of them. */
function likely(words: readonly string[], verbs: readonly number[]): readonly number[] {
  const last = words.length - 1;
  const isOfJob = verbs.every((at) => at === last || (at === 0 && JOB.has(words[0] ?? "")));
  if (isOfJob && verbs.includes(last) && reads(words[last])) return [last];
  const ends = verbs.filter((at) => at === 0 || at === last);
  return ends.length > 0 ? ends : verbs;
}

function said(words: readonly string[], verbs: readonly number[], sure: boolean): Said {
  const acts = verbs.flatMap((at) => actOf(words, at, verbs) ?? []);
  const act = mostSevere([...acts.filter(({ verb }) => !reads(verb)), ...acts.filter(({ verb }) => reads(verb))]);
  if (act === undefined) return { kind: "silent" };
  const way = words[0] ?? "";
  if (act.class !== "write" || !SHELL.has(way)) return { kind: "verb", act, sure };
  return { kind: "verb", act: { ...act, class: "execute", text: `${act.text}; by way of *${way}*` }, sure };
}

/** An object makes a Read of a verb only if no other verb is about ("run_report", but not "run_report_import"). */
function actOf(words: readonly string[], at: number, verbs: readonly number[]): Act | undefined {
  const verb = words[at] ?? "";
  const act = judge(verb, words);
  if (act?.class !== "read" || reads(verb)) return act;
  return verbs.every((other) => other === at || reads(words[other])) ? act : judge(verb, []);
}

function noun(toolClass: ToolClass, word: string, which: string): Said {
  return { kind: "noun", act: { class: toolClass, verb: word, text: `the noun *${word}*, ${which}` } };
}
