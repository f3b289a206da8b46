/**
 * Which rules the cases reach. A rule is reached by a call that it had the last word on: the wall that denied it, the
 * limit that refused it, the entry that let it pass. Pure. To be looked at on the way is not enough.
 */
import type { CompiledPolicy } from "../../policy/compile.ts";
import type { PolicyDocument } from "../../policy/document.ts";
import type { Standing } from "../../policy/standing.ts";
import type { Step } from "../../policy/step.ts";
import { walk } from "../../policy/walk.ts";
import { type About, callOf } from "./play.ts";
import { type Rule, rulesOf } from "./rules.ts";
import type { CaseResult } from "./run-cases.ts";

export type Covered = Rule & { readonly reached: boolean };

export function coverage(
  document: PolicyDocument,
  policy: CompiledPolicy,
  results: readonly CaseResult[],
  about: About,
): Covered[] {
  const reached = new Set(results.flatMap((result) => reachedBy(policy, result, about)));
  return rulesOf(document).map((rule) => ({ ...rule, reached: reached.has(rule.pointer) }));
}

function reachedBy(policy: CompiledPolicy, result: CaseResult, about: About): string[] {
  const { case: each, actual } = result;
  if (each.grant === null) return [];
  if (actual.effect === "limit") return actual.rule === undefined ? [] : [actual.rule];
  const passed: Step[] = [];
  for (const step of walk(policy, callOf(each, about))) {
    if (step.refusal === undefined) passed.push(step);
    else if (step.kind === "standing") return refusedStanding(step.standing);
    else return [step.refusal.rule];
  }
  return passed.flatMap(letPass);
}

function refusedStanding(standing: Standing): string[] {
  return [standing.kind === "hidden" ? standing.by : "/default"];
}

/** Of the steps of a call that passed all of them, and the calls it carried inside. */
function letPass(step: Step): string[] {
  if (step.kind === "unwrap") return [step.unwrap.rule];
  if (step.kind !== "standing" || step.standing.kind !== "listed") return [];
  return [step.standing.entry?.pointer ?? "/default"];
}
