/**
 * The decision: a pure function of a policy and a call.
 *
 * One look-up serves list and call, so that what is listed can be called and what is hidden can't. It must never
 * read a clock, never throw on any argument, and never let pass what it can't tell.
 */
import { asks } from "./approval.ts";
import type { Call } from "./call.ts";
import type { CompiledEntry, CompiledPolicy, CompiledRules } from "./compile.ts";
import { explain } from "./explain.ts";
import { demand, type LimitDemand } from "./limit.ts";
import { quoted } from "./quote.ts";
import { denies } from "./wall.ts";

export type { Call } from "./call.ts";
export type { LimitDemand } from "./limit.ts";
export type { Window } from "./window.ts";

/**
 * `rule` is an RFC 6901 pointer into the document with keys as written, or one of `(no policy)`, `(hidden)`,
 * `(default deny)`. An allowed call may still be refused by one of its limits. Texts carry no prefix.
 */
export type Decision =
  | { readonly effect: "allow"; readonly limits: readonly LimitDemand[] }
  | { readonly effect: "deny"; readonly rule: string; readonly text: string }
  | { readonly effect: "hide"; readonly rule: string }
  | { readonly effect: "approval"; readonly rule: string; readonly text: string };

/** How a tool's name stands in a policy, whatever it is called with. */
type Standing =
  | { readonly kind: "no policy" }
  | { readonly kind: "hidden" }
  | { readonly kind: "unlisted" }
  | { readonly kind: "listed"; readonly policy: CompiledPolicy; readonly entry: CompiledEntry | undefined };

/** Decides one call. `null` is a grant without a policy: nothing is allowed. */
export function decide(policy: CompiledPolicy | null, call: Call): Decision {
  const standing = standingOf(policy, call.tool);
  switch (standing.kind) {
    case "no policy":
      return deny("(no policy)", "This grant has no policy, so it may call nothing.");
    case "hidden":
      return { effect: "hide", rule: "(hidden)" };
    case "unlisted":
      return deny(
        "(default deny)",
        `The policy does not list the tool ${quoted(call.tool)}, and denies every tool that it does not list.`,
      );
    case "listed":
      return decideListed(standing.policy, standing.entry, call);
  }
}

/** Whether the tool belongs into `tools/list`: the same look-up that guards the call. */
export function isListed(policy: CompiledPolicy | null, tool: string): boolean {
  return standingOf(policy, tool).kind === "listed";
}

function standingOf(policy: CompiledPolicy | null, tool: string): Standing {
  if (policy === null) return { kind: "no policy" };
  const entry = policy.entryOf(tool);
  if (entry?.action === "hide" || policy.isHidden(tool)) return { kind: "hidden" };
  if (entry === undefined && policy.defaultEffect === "deny") return { kind: "unlisted" };
  return { kind: "listed", policy, entry };
}

function decideListed(policy: CompiledPolicy, entry: CompiledEntry | undefined, call: Call): Decision {
  if (entry?.action === "deny") {
    const text =
      entry.reason || `The policy denies every call of the tool ${quoted(call.tool)}, whatever its arguments.`;
    return deny(`${entry.pointer}/action`, text);
  }
  const own = entry?.rules();
  const owners = own === undefined ? [policy.allTools] : [policy.allTools, own];
  for (const { walls } of owners) {
    const wall = walls.find((each) => denies(each, call));
    if (wall !== undefined) return deny(wall.rule, wall.text ?? explain(wall, call));
  }
  const approval = own?.approvals.find((each) => asks(each, call));
  if (approval !== undefined) return { effect: "approval", rule: approval.rule, text: approval.text };
  return allow(owners, call);
}

function allow(owners: readonly CompiledRules[], call: Call): Decision {
  const limits: LimitDemand[] = [];
  for (const limit of owners.flatMap((owner) => owner.limits)) {
    const demanded = demand(limit, call);
    if (!demanded.ok) return deny(demanded.rule, demanded.text);
    limits.push(demanded.demand);
  }
  return { effect: "allow", limits };
}

function deny(rule: string, text: string): Decision {
  return { effect: "deny", rule, text };
}
