/**
 * `contains regex` and, on strings, `starts_with ends_with`.
 *
 * Patterns are RE2: matching takes time linear in the text, whatever the pattern. `RegExp` must never judge one,
 * since a caller could then hang the gateway with a text of its choice.
 */
import { RE2JS } from "re2js";
import { equalJson } from "../json/equal.ts";
import type { Json } from "../json/value.ts";
import { type CriterionRead, either, unfit } from "./criterion.ts";
import { type Outcome, outcomeOf } from "./outcome.ts";
import { quoted, shown, shownWithType } from "./quote.ts";

export function containsCriterion(wanted: Json, negated: boolean): CriterionRead {
  const judge = (value: Json): Outcome => {
    if (Array.isArray(value)) return outcomeOf(value.some((item) => equalJson(item, wanted)));
    if (typeof value !== "string" || typeof wanted !== "string") return "unknown";
    return outcomeOf(liesIn(wanted) && value.includes(wanted));
  };
  return either(negated, {
    judge,
    says: `contains ${shown(wanted)}`,
    denies: `does not contain ${shown(wanted)}`,
    wants: typeof wanted === "string" ? "a string or a list" : "a list",
  });
}

export function affixCriterion(end: "start" | "end", wanted: Json, negated: boolean): CriterionRead {
  const operator = end === "start" ? "starts_with" : "ends_with";
  if (typeof wanted !== "string") return unfit(`${operator} wants a string, found ${shownWithType(wanted)}`);
  const judge = (value: Json): Outcome => {
    if (typeof value !== "string") return "unknown";
    return outcomeOf(liesIn(wanted) && (end === "start" ? value.startsWith(wanted) : value.endsWith(wanted)));
  };
  const verb = end === "start" ? "start" : "end";
  return either(negated, {
    judge,
    says: `${verb}s with ${quoted(wanted)}`,
    denies: `does not ${verb} with ${quoted(wanted)}`,
    wants: "a string",
  });
}

export function regexCriterion(pattern: Json, negated: boolean): CriterionRead {
  if (typeof pattern !== "string") return unfit(`regex wants a pattern in a string, found ${shownWithType(pattern)}`);
  const compiled = compiledPattern(pattern);
  if (typeof compiled === "string") return unfit(compiled);
  const judge = (value: Json): Outcome => (typeof value === "string" ? outcomeOf(compiled.test(value)) : "unknown");
  return either(negated, {
    judge,
    says: `matches ${quoted(pattern)}`,
    denies: `does not match ${quoted(pattern)}`,
    wants: "a string",
  });
}

/** Half a surrogate pair is no character, so it lies in nothing; code units alone would find it in every pair. */
function liesIn(wanted: string): boolean {
  return wanted.isWellFormed();
}

const BEYOND_RE2 = /\\[1-9k]|\(\?<?[=!]/;

function compiledPattern(pattern: string): RE2JS | string {
  try {
    return RE2JS.compile(pattern);
  } catch (error) {
    const why = error instanceof Error ? error.message.replace(/^error parsing regexp: /, "") : "it can't be read";
    const hint = BEYOND_RE2.test(pattern) ? " (back-references and look-around are not part of RE2)" : "";
    return `this is no RE2 pattern: ${why.slice(0, 200)}${hint}`;
  }
}
