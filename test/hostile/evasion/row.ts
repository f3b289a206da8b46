/** Rows of calls, each with what the policy says of all of them. Arguments are texts, since that is where readers differ. */
import { ruleOf } from "./policy.ts";

/** A group of calls of one tool that are all decided by one rule, or all let pass. */
export type Row = {
  readonly what: string;
  readonly tool: string;
  /** Where the policy says no; left out where it does not. */
  readonly rule?: string;
  readonly args: readonly string[];
};

export const denied = (what: string, tool: string, args: readonly string[], rule = ruleOf(tool)): Row => {
  return { what, tool, rule, args };
};
export const passed = (what: string, tool: string, args: readonly string[]): Row => ({ what, tool, args });

/** Each of these as the one argument of this name. */
export const as = (name: string, ...values: string[]) => values.map((value) => `{"${name}":${value}}`);
export const strings = (name: string, ...values: string[]) => as(name, ...values.map((value) => JSON.stringify(value)));
