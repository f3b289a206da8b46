/** When a call has to wait for a human's yes. Doubt asks: a condition that can't be told counts as one that holds. */
import { child } from "../json/pointer.ts";
import type { Call } from "./call.ts";
import { compileConditions, judgeAll, type Term } from "./condition.ts";
import type { ToolEntry } from "./document.ts";

export type CompiledApproval = { readonly rule: string; readonly when: readonly Term[]; readonly text: string };

const OURS = "A human has to approve this call before it may run.";

/** In the order they are asked in: the entry's `approval`, then its action, which asks about every call. */
export function compileApprovals(
  { approval, action, reason }: ToolEntry,
  pointer: string,
): readonly CompiledApproval[] {
  const approvals: CompiledApproval[] = [];
  const text = approval?.reason || reason || OURS;
  if (approval !== undefined) {
    const rule = child(pointer, "approval");
    approvals.push({ rule, when: compileConditions(approval.when, child(rule, "when")), text });
  }
  if (action === "require_approval") approvals.push({ rule: child(pointer, "action"), when: [], text: reason || text });
  return approvals;
}

export function asks({ when }: CompiledApproval, call: Call): boolean {
  return judgeAll(when, call, "deny_if") !== "fails";
}
