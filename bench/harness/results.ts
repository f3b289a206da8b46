/** All that a run found out; this is what `--json` writes. */
import type { Bar } from "./bars.ts";
import type { ColdStart } from "./cold.ts";
import type { Saturated } from "./compare.ts";
import type { Machine } from "./machine.ts";
import type { CaseResult } from "./measure.ts";

export type FloorResult = Saturated & { readonly title: string };

export type Results = {
  /** ISO date of the run. */
  readonly date: string;
  readonly commit: string | null;
  readonly machine: Machine;
  readonly rounds: number;
  /** Length of a turn, in milliseconds. */
  readonly turnMs: number;
  readonly bundleKib: number;
  readonly cases: readonly CaseResult[];
  readonly floors: readonly FloorResult[];
  readonly cold: readonly ColdStart[];
  readonly bars: readonly Bar[];
};
