/**
 * What one check of arguments may cost, and why it was given up.
 *
 * The schema comes from the server and the arguments from the caller; both may be made to be slow. Work is counted in
 * steps of well below a microsecond and never in time, so that the same call is always decided the same.
 */
import { isObject, type Json, JsonNumber } from "../../json/value.ts";
import type { Pattern } from "./pattern.ts";
import type { Note } from "./trail.ts";

export type Run = {
  left: number;
  depth: number;
  /** Why nothing can be told any more: then whatever else comes out counts for nothing, and the call is denied. */
  stopped: string | undefined;
  /** What holding parts of the schema have said of the arguments. */
  readonly trail: Note[];
  /** Patterns that were paid for. */
  readonly patterns: Set<Pattern>;
};

const STEPS = 250_000;

/** Arguments are at most 64 deep, and a schema takes a few steps for each. */
const MOST_DEPTH = 400;

export function newRun(): Run {
  return { left: STEPS, depth: 0, stopped: undefined, trail: [], patterns: new Set() };
}

export function stop(run: Run, why: string): void {
  run.stopped ??= why;
}

/** False once there is nothing left to spend. */
export function spend(run: Run, steps: number): boolean {
  run.left -= steps;
  if (run.left < 0) stop(run, "to check the arguments against it would take too long");
  return run.stopped === undefined;
}

/** One level down; false when it may go no further. */
export function enter(run: Run): boolean {
  run.depth++;
  if (run.depth > MOST_DEPTH) stop(run, "it refers to itself without end");
  return spend(run, 1);
}

export function leave(run: Run): void {
  run.depth--;
}

/** Of looking at all digits of a number. */
export function numberWeight(value: Json): number {
  return value instanceof JsonNumber ? 1 + (value.text.length >> 6) : 0;
}

const DEEPEST = 64;

/** About how many steps it takes to read or compare the value. */
export function weightOf(value: Json, depth = 0): number {
  if (depth > DEEPEST) return Number.POSITIVE_INFINITY;
  if (typeof value === "string") return 1 + (value.length >> 6);
  if (Array.isArray(value)) return value.reduce<number>((sum, item) => sum + weightOf(item, depth + 1), 1);
  if (!isObject(value)) return 1 + numberWeight(value);
  return Object.keys(value).reduce((sum, key) => sum + weightOf(value[key] ?? null, depth + 1), 1);
}
