/** Runs a policy's cases, each with counters of its own, and says of each what came and whether it was expected. Pure. */
import type { Expected, PolicyCase } from "../../policy/cases.ts";
import type { CompiledPolicy } from "../../policy/compile.ts";
import { emptyBooks } from "./count.ts";
import { type About, type Actual, play } from "./play.ts";

/** `wrong`: what was expected and did not come; a case passes when nothing is. */
export type CaseResult = {
  readonly case: PolicyCase;
  readonly actual: Actual;
  readonly wrong: readonly (keyof Expected)[];
};

export function runCases(policy: CompiledPolicy, cases: readonly PolicyCase[], about: About): CaseResult[] {
  return cases.map((each) => runCase(policy, each, about));
}

export function runCase(policy: CompiledPolicy, each: PolicyCase, about: About): CaseResult {
  const books = emptyBooks();
  for (const step of each.before) play(policy, step, books, about);
  const actual = play(policy, each, books, about);
  return { case: each, actual, wrong: wrongIn(each.expect, actual) };
}

function wrongIn(expect: Expected, actual: Actual): (keyof Expected)[] {
  const wrong: (keyof Expected)[] = [];
  if (expect.effect !== actual.effect) wrong.push("effect");
  if (expect.rule !== undefined && expect.rule !== actual.rule) wrong.push("rule");
  if (expect.text !== undefined && !actual.text?.includes(expect.text)) wrong.push("text");
  return wrong;
}
