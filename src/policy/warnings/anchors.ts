/**
 * Patterns that match anywhere in a value although they look as if they were to match all of it. What lists the values
 * that are allowed is looked at more closely than what lists those that are not: there a match too many lets a call pass.
 */
import { note } from "../problem.ts";
import { allConditionsIn, ownersIn, type Survey } from "./survey.ts";

export function looseAnchors(survey: Survey): void {
  for (const owner of ownersIn(survey)) {
    for (const { condition, reading, negated, spot } of allConditionsIn(owner)) {
      if (condition.kind !== "leaf" || condition.operator !== "regex" || typeof condition.value !== "string") continue;
      const message = loose(condition.value, (reading === "require") !== negated);
      if (message !== undefined) note(spot, message);
    }
  }
}

function loose(pattern: string, allows: boolean): string | undefined {
  const branches = branchesOf(pattern.replace(/^\(\?[imsU]+\)/, ""));
  const starts = branches.filter((each) => /^(?:\^|\\A)/.test(each)).length;
  const ends = branches.filter(endsAnchored).length;
  if ((starts > 0 && starts < branches.length) || (ends > 0 && ends < branches.length)) {
    return 'an anchor binds only its own side of a "|"; put the alternatives in a group, as in "^(?:a|b)$"';
  }
  if (!allows) return undefined;
  if (starts === 0 && ends === 0) {
    if (branches.some((each) => /^\.[*+]|\.[*+]$|\\b/.test(each))) return undefined;
    return 'this matches anywhere in a value, whatever stands around it; put "^" before and "$" behind it when it is all of the value';
  }
  if (
    ends === 0 &&
    branches.some((each) => /[*+?}]$/.test(each) && !/\.[*+]\??$/.test(each) && !/\\[*+?}]$/.test(each))
  ) {
    return 'this says nothing about what follows the match; put "$" behind it when that is to be nothing';
  }
  return undefined;
}

function endsAnchored(branch: string): boolean {
  return /(?:^|[^\\])(?:\\\\)*\$$|\\z$/.test(branch);
}

/** The sides of every `|` that stands in no group and no class. */
function branchesOf(pattern: string): readonly string[] {
  const branches = [""];
  let groups = 0;
  let inClass = false;
  for (let at = 0; at < pattern.length; at++) {
    const character = pattern[at] ?? "";
    if (character === "|" && groups === 0 && !inClass) {
      branches.push("");
      continue;
    }
    const piece = character === "\\" ? pattern.slice(at, at + 2) : character;
    if (character === "[") inClass = true;
    else if (character === "]") inClass = false;
    else if (!inClass && character === "(") groups++;
    else if (!inClass && character === ")") groups--;
    branches.push((branches.pop() ?? "") + piece);
    at += piece.length - 1;
  }
  return branches;
}
