/** What came of all suites together, in numbers, and the exit code that follows. Pure. */
import type { ExitCode } from "../failure.ts";
import { isBad, type Placed, type Run, type Suite } from "./suite.ts";
import type { Mutation } from "./survivors.ts";

/** A policy's mutants, with the places of those that no case notices. */
export type PlacedMutation = Omit<Mutation, "survivors"> & {
  readonly survivors: readonly Placed<Mutation["survivors"][number]>[];
};

/** Of each suite that was mutated. */
export type Mutations = ReadonlyMap<Suite, PlacedMutation>;

export type Tally = {
  readonly passed: number;
  readonly failed: number;
  /** Policies whose files can't be read. */
  readonly broken: number;
  /** Policies without a case, and with. */
  readonly untested: number;
  readonly tested: number;
  readonly rules: number;
  readonly reached: number;
  readonly mutants: number;
  readonly survivors: number;
};

export function tally(suites: readonly Suite[], mutations: Mutations): Tally {
  const runs = suites.filter((suite) => suite.kind === "run");
  const results = runs.flatMap((suite) => suite.results);
  const rules = runs.flatMap((suite) => suite.rules);
  const failed = results.filter(({ wrong }) => wrong.length > 0).length;
  return {
    passed: results.length - failed,
    failed,
    broken: suites.length - runs.length,
    untested: runs.filter((suite) => !hasCases(suite)).length,
    tested: runs.filter(hasCases).length,
    rules: rules.length,
    reached: rules.filter(({ reached }) => reached).length,
    mutants: sum(mutations, ({ tried }) => tried),
    survivors: sum(mutations, ({ survivors }) => survivors.length),
  };
}

export function hasCases({ results }: Run): boolean {
  return results.length > 0;
}

export type Demands = { readonly mutate?: true; readonly requireCoverage?: true };

/** Under `mutate` a policy without cases is one whose every mutant goes unnoticed. */
export function exitOf(suites: readonly Suite[], counts: Tally, demands: Demands): ExitCode {
  if (suites.some(isBad)) return 1;
  if (demands.requireCoverage && counts.reached < counts.rules) return 1;
  if (demands.mutate && (counts.survivors > 0 || counts.untested > 0)) return 1;
  return 0;
}

function sum(mutations: Mutations, count: (mutation: PlacedMutation) => number): number {
  return [...mutations.values()].reduce((total, mutation) => total + count(mutation), 0);
}
