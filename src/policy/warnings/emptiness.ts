/** Conditions about nothing: groups and lists that are empty, and lists of the caller's that may be. */

import { compareNumbers } from "../../json/decimal.ts";
import { isNumber, type Json } from "../../json/value.ts";
import type { Condition } from "../document.ts";
import { type Path, readPath } from "../path.ts";
import { note } from "../problem.ts";
import { quoted } from "../quote.ts";
import { isEmptyList } from "./possible.ts";
import { allConditionsIn, entriesIn, type Owner, ownersIn, type Survey, sharedIn, wallsIn } from "./survey.ts";

export function emptyConditions(survey: Survey): void {
  for (const { condition, spot } of ownersIn(survey).flatMap(allConditionsIn)) {
    if (condition.kind === "any" && condition.of.length === 0) note(spot, 'an empty "any" never holds');
    if (condition.kind !== "leaf" || !isEmptyList(condition)) continue;
    note(spot, `nothing is in an empty list, so "${condition.operator}" is the same for every value`);
  }
}

/** Under `[*]` a `require` is content with a list that has no elements. */
export function emptyListsPass(survey: Survey): void {
  const shared = sharedIn(survey);
  const filled = filledBy(shared);
  check(shared, filled);
  for (const entry of entriesIn(survey)) check(entry, new Set([...filled, ...filledBy(entry)]));
}

function check(owner: Owner, filled: ReadonlySet<string>): void {
  for (const { condition, reading, spot } of allConditionsIn(owner)) {
    if (reading !== "require" || condition.kind !== "leaf") continue;
    const open = listsOn(condition.path).find((list) => !filled.has(keyOf(list)));
    if (open === undefined) continue;
    note(
      spot,
      `an empty list passes here, since all of its no elements do; require "length_gte" 1 of ${quoted(textBefore(condition.path, open))} too`,
    );
  }
}

/** The paths to each of the lists whose elements a path visits. */
function listsOn(text: string): readonly Path[] {
  const read = readPath(text);
  if (!read.ok) return [];
  const { root, steps } = read.path;
  return steps.flatMap((step, index) => (step.kind === "each" ? [{ root, steps: steps.slice(0, index) }] : []));
}

function textBefore(text: string, list: Path): string {
  const stars = list.steps.filter(({ kind }) => kind === "each").length;
  return text
    .split("[*]")
    .slice(0, stars + 1)
    .join("[*]");
}

/** Lists that one of the walls wants to have an element, by a condition that no group around it can excuse. */
function filledBy(owner: Owner): ReadonlySet<string> {
  const wants = wallsIn(owner).flatMap(({ reading, conditions }) => {
    if (reading === "require") return conditions.filter((each) => isFilling(each));
    return conditions.length === 1 ? conditions.filter((each) => isEmptying(each)) : [];
  });
  return new Set(wants.flatMap((each) => (each.kind === "leaf" ? listKey(each.path) : [])));
}

function isFilling(condition: Condition): boolean {
  if (condition.kind !== "leaf") return false;
  const { operator, value, path } = condition;
  if (operator === "exists") return value === true && path.endsWith("[0]");
  return operator === "length_gte" && atLeast(value, 1);
}

function isEmptying(condition: Condition): boolean {
  if (condition.kind !== "leaf") return false;
  const { operator, value } = condition;
  if (operator === "eq") return Array.isArray(value) && value.length === 0;
  return operator === "length_lte" && atLeast(value, 0);
}

function atLeast(value: Json, least: number): boolean {
  return isNumber(value) && (compareNumbers(value, least) ?? -1) >= 0;
}

function listKey(text: string): readonly string[] {
  const read = readPath(text.endsWith("[0]") ? text.slice(0, -"[0]".length) : text);
  return read.ok ? [keyOf(read.path)] : [];
}

function keyOf({ root, steps }: Path): string {
  return JSON.stringify([root, steps]);
}
