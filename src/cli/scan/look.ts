/** What the parts of a report for people have in common. */
import type { Terminal } from "../terminal.ts";
import { number } from "./words.ts";

export type Look = Pick<Terminal, "paint" | "width">;

/** Of each class, and of each kind of finding, unless all are asked for. */
export const FEW = 8;
/** Columns where the output has none: a pipe. */
export const LINE = 100;

export const COLOURS = {
  financial: "red",
  destructive: "red",
  execute: "yellow",
  write: "cyan",
  read: "green",
} as const;

export function more(count: number, { paint }: Look): string[] {
  return count === 0 ? [] : [paint("dim", `  and ${number(count)} more: --all shows them`)];
}
