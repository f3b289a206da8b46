/**
 * A policy document made ready to decide with.
 *
 * An entry's rules are compiled when they are first needed, and kept: 5,000 tools cost next to nothing until they are
 * called, and the work of one decision is that of its own entry.
 */
import { child } from "../json/pointer.ts";
import { type CompiledApproval, compileApprovals } from "./approval.ts";
import type { AllTools, PolicyDocument, Recording, ToolEntry } from "./document.ts";
import { type CompiledLimit, compileLimit, compileRateLimit } from "./limit.ts";
import { namesOf } from "./names.ts";
import { type CompiledUnwrap, compileUnwrap } from "./unwrap.ts";
import { type CompiledWall, compileWall } from "./wall.ts";

export type CompiledPolicy = {
  readonly defaultEffect: "allow" | "deny";
  readonly allTools: CompiledRules;
  /** Pointer to the name or glob in `hide` that hides the tool. */
  readonly hiddenBy: (tool: string) => string | undefined;
  /** The one entry that applies to the tool. */
  readonly entryOf: (tool: string) => CompiledEntry | undefined;
  readonly record: Recording;
};

/** Each list in the order of the document; of the walls, `deny_if` first. */
export type CompiledRules = {
  readonly walls: readonly CompiledWall[];
  readonly limits: readonly CompiledLimit[];
  /** The rule that arguments are checked by, when they are. */
  readonly strict: string | undefined;
};

/** Rules are compiled at the first call of a tool the entry applies to; listing needs none of them. */
export type CompiledEntry = {
  readonly pointer: string;
  readonly action: ToolEntry["action"];
  readonly reason: string | undefined;
  readonly rules: () => EntryRules;
};

export type EntryRules = CompiledRules & {
  readonly approvals: readonly CompiledApproval[];
  readonly unwrap: CompiledUnwrap | undefined;
};

export function compilePolicy(document: PolicyDocument): CompiledPolicy {
  const hidden = namesOf(document.hide);
  const places = new Map(document.hide.map((name, index) => [name, index] as const).reverse());
  const names = namesOf(document.tools.keys());
  const entries = new Map<string, CompiledEntry>();
  for (const [key, entry] of document.tools) entries.set(key, compileEntry(key, entry));
  return {
    defaultEffect: document.default,
    allTools: compileRules(document.allTools, "/all_tools", undefined),
    hiddenBy: (tool) => {
      const name = hidden.find(tool);
      return name === undefined ? undefined : child("/hide", places.get(name) ?? 0);
    },
    entryOf: (tool) => {
      const key = names.find(tool);
      return key === undefined ? undefined : entries.get(key);
    },
    record: document.record,
  };
}

function compileEntry(key: string, entry: ToolEntry): CompiledEntry {
  const pointer = child("/tools", key);
  let compiled: EntryRules | undefined;
  const rules = () => {
    compiled ??= entryRules(key, entry, pointer);
    return compiled;
  };
  return { pointer, action: entry.action, reason: entry.reason, rules };
}

function entryRules(key: string, entry: ToolEntry, pointer: string): EntryRules {
  // The reason of a tool that asks a human is about asking, and would be misleading in a wall's denial.
  const { walls, limits, strict } = compileRules(entry, pointer, entry.action === "allow" ? entry.reason : undefined);
  const { rateLimit, unwrap } = entry;
  const rate = rateLimit && compileRateLimit(rateLimit, key, child(pointer, "rate_limit"));
  return {
    walls,
    strict,
    limits: rate === undefined ? limits : [...limits, rate],
    approvals: compileApprovals(entry, pointer),
    unwrap: unwrap && compileUnwrap(unwrap, child(pointer, "unwrap")),
  };
}

function compileRules(rules: AllTools, pointer: string, reason: string | undefined): CompiledRules {
  const at = (list: string, index: number) => child(child(pointer, list), index);
  return {
    walls: [
      ...rules.denyIf.map((wall, index) => compileWall(wall, at("deny_if", index), "deny_if", reason)),
      ...rules.require.map((wall, index) => compileWall(wall, at("require", index), "require", reason)),
    ],
    limits: rules.limits.map((limit, index) => compileLimit(limit, at("limits", index))),
    strict: rules.arguments === "strict" ? child(pointer, "arguments") : undefined,
  };
}
