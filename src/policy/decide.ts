/**
 * The decision: a pure function of a policy and a call.
 *
 * It must never read a clock, never throw on any argument, and never let pass what it can't tell.
 */
import type { Call } from "./call.ts";
import type { CompiledPolicy } from "./compile.ts";
import type { Decision } from "./decision.ts";
import type { LimitDemand } from "./limit.ts";
import { standingOf } from "./standing.ts";
import { walk } from "./walk.ts";

export type { Call } from "./call.ts";
export type { Decision } from "./decision.ts";
export type { LimitDemand } from "./limit.ts";
export type { Window } from "./window.ts";

/** Decides one call. `null` is a grant without a policy: nothing is allowed. */
export function decide(policy: CompiledPolicy | null, call: Call): Decision {
  const limits: LimitDemand[] = [];
  for (const step of walk(policy, call)) {
    if (step.refusal !== undefined) return step.refusal;
    if (step.kind === "limit" && step.demand !== undefined) limits.push(step.demand);
  }
  return { effect: "allow", limits };
}

/** Whether the tool belongs into `tools/list`: the same look-up that guards the call. */
export function isListed(policy: CompiledPolicy | null, tool: string): boolean {
  return standingOf(policy, tool).kind === "listed";
}
