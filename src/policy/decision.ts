/** What can come of a call. A denial is a value like any other, and explains itself. */
import type { LimitDemand } from "./limit.ts";

/**
 * `rule` is an RFC 6901 pointer into the document with keys as written, or one of `(no policy)`, `(hidden)`,
 * `(default deny)`, `(unknown tool)`, `(definition changed)`, `(definition unknown)`. An allowed call may still be refused by one of its limits. Texts carry no prefix.
 */
export type Decision = { readonly effect: "allow"; readonly limits: readonly LimitDemand[] } | Refusal;

export type Refusal =
  | {
      readonly effect: "deny";
      readonly rule: string;
      readonly text: string;
      /** What the call hangs on and is not known: once it is, the call may be decided again. */
      readonly wants?: Wanted;
    }
  | { readonly effect: "hide"; readonly rule: string }
  | { readonly effect: "approval"; readonly rule: string; readonly text: string };

/** A tool's pin, or its schema. `inner`: it is called through another tool, which a server need not list. */
export type Wanted = { readonly tool: string; readonly what: "pin" | "inner pin" | "schema" };

export function deny(rule: string, text: string): Refusal {
  return { effect: "deny", rule, text };
}
