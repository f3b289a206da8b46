/** A policy document as it reads: every field known, every value fit. Plain data; nothing is compiled yet. */
import type { Json, JsonNumber } from "../json/value.ts";
import type { Operator } from "./operator.ts";
import type { Window } from "./window.ts";

export type PolicyDocument = {
  readonly version: "1";
  readonly default: "allow" | "deny";
  readonly hide: readonly string[];
  readonly allTools: AllTools;
  /** By exact name or glob, as written. */
  readonly tools: ReadonlyMap<string, ToolEntry>;
  readonly record: Recording;
};

/** What the audit log keeps of the calls under this policy. */
export type Recording = { readonly arguments: RecordedArguments };

/** Of a call's arguments: their names; a keyed digest of each; all but what looks like a secret; or all. */
export type RecordedArguments = "keys" | "hash" | "redacted" | "full";

export type AllTools = {
  readonly require: readonly Wall[];
  readonly denyIf: readonly Wall[];
  readonly limits: readonly Limit[];
  readonly arguments: "open" | "strict";
};

export type ToolEntry = AllTools & {
  readonly action: Action;
  readonly reason: string | undefined;
  readonly rateLimit: RateLimit | undefined;
  readonly approval: Approval | undefined;
  readonly unwrap: Unwrap | undefined;
};

export type Action = "allow" | "deny" | "hide" | "require_approval";

export type Wall = { readonly conditions: readonly Condition[]; readonly onDeny: string | undefined };

export type Condition =
  | { readonly kind: "leaf"; readonly path: string; readonly operator: Operator; readonly value: Json }
  | { readonly kind: "all" | "any"; readonly of: readonly Condition[] }
  | { readonly kind: "not"; readonly of: Condition };

/** Whose calls a counter counts: one grant's, one session's, or those of all grants of a server together. */
export type Scope = "grant" | "session" | "server";

/** Windows that begin and end with the calendar, or at every instant the one that ends there. */
export type Align = "calendar" | "rolling";

export type Limit = {
  readonly counter: string;
  readonly window: Window;
  readonly scope: Scope;
  readonly align: Align;
  /** Whole, 1 to 10^12. */
  readonly max: number;
  /** How much one call takes: so much, or what stands at a path. */
  readonly increment: number | JsonNumber | { readonly from: string };
};

export type RateLimit = { readonly max: number; readonly window: Window };

/** Paths to the name and the arguments of the tool that a call of this one runs. */
export type Unwrap = { readonly tool: string; readonly arguments: string };

export type Approval = { readonly when: readonly Condition[]; readonly reason: string | undefined };
