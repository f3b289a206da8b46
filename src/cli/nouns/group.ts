/** How a file of this folder adds its commands to the program. */
import type { Command } from "commander";
import type { Context } from "../context.ts";
import type { ExitCode } from "../failure.ts";

export type Group = {
  readonly root: Command;
  readonly context: Context;
  /** A command with its description and examples. `--json` is on each of them. */
  readonly add: (parent: Command, usage: string, description: string, ...examples: string[]) => Command;
  /** A noun, which does nothing by itself: its verbs are added to it. */
  readonly noun: (name: string, heading: string, description: string, ...examples: string[]) => Command;
  /** Told how the command ended. */
  readonly done: (exit: ExitCode) => void;
};

/** Headings of `grantgate help`, in their order. */
export const HEADINGS = {
  use: "Run and call it:",
  files: "Servers and policies, as files:",
  who: "Who may do what:",
  what: "What happened:",
  upkeep: "Upkeep:",
} as const;

export type Json = { readonly json?: true };
