/**
 * All rules of a policy by their pointers: what cases can reach, and what an expectation can name. Pure.
 * It must never leave out a rule that could decide, or a rule that nobody tests would go unnoticed.
 */
import { child } from "../../json/pointer.ts";
import type { AllTools, PolicyDocument, ToolEntry } from "../../policy/document.ts";

export type RuleKind = "default" | "hide" | "entry" | "action" | "wall" | "arguments" | "limit" | "approval" | "unwrap";

/** `entry` is what an entry allows by naming a tool. `named`: a decision can have this pointer as its `rule`. */
export type Rule = { readonly pointer: string; readonly kind: RuleKind; readonly named: boolean };

/** In the order of a call's way. */
export function rulesOf(document: PolicyDocument): Rule[] {
  return [
    { pointer: "/default", kind: "default", named: false },
    ...document.hide.map((_, index) => ({ pointer: child("/hide", index), kind: "hide" as const, named: false })),
    ...sharedRules(document.allTools, "/all_tools"),
    ...[...document.tools].flatMap(([key, entry]) => entryRules(entry, child("/tools", key))),
  ];
}

function entryRules(entry: ToolEntry, pointer: string): Rule[] {
  const rule = (field: string, kind: RuleKind): Rule => ({ pointer: child(pointer, field), kind, named: true });
  return [
    entry.action === "allow"
      ? { pointer, kind: "entry", named: false }
      : { ...rule("action", "action"), named: entry.action !== "hide" },
    ...sharedRules(entry, pointer),
    ...(entry.unwrap ? [rule("unwrap", "unwrap")] : []),
    ...(entry.approval ? [rule("approval", "approval")] : []),
    ...(entry.rateLimit ? [rule("rate_limit", "limit")] : []),
  ];
}

function sharedRules(rules: AllTools, pointer: string): Rule[] {
  const each = (list: string, items: readonly unknown[], kind: RuleKind): Rule[] =>
    items.map((_, index) => ({ pointer: child(child(pointer, list), index), kind, named: true }));
  return [
    ...each("deny_if", rules.denyIf, "wall"),
    ...each("require", rules.require, "wall"),
    ...(rules.arguments === "strict"
      ? [{ pointer: child(pointer, "arguments"), kind: "arguments" as const, named: true }]
      : []),
    ...each("limits", rules.limits, "limit"),
  ];
}
