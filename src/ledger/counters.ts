/**
 * The counters of one ledger by identity, the ledger's clock, and what all of it weighs.
 *
 * Pure: the instant is an argument, nothing is stored here. The clock of a ledger never goes backward, so that a machine
 * whose clock steps back can't open a spent window again.
 */
import { type Counter, condensed } from "./counter.ts";
import { weightOf } from "./weight.ts";

/** What is stored. `clock` is the latest instant ever seen, Unix time in milliseconds. */
export type StoredCounters = { readonly clock: number; readonly running: Map<string, Counter> };

export type Counters = { clock: number; weight: number; readonly running: Map<string, Counter> };

/** A counter that takes the place of the one with its identity. */
export type Change = { readonly identity: string; readonly counter: Counter };

export function noCounters(): Counters {
  return { clock: 0, weight: 0, running: new Map() };
}

/** Counters as this version or an earlier one stored them. */
export function countersFrom({ clock, running }: StoredCounters): Counters {
  const counters: Counters = { clock, weight: 0, running };
  for (const [identity, counter] of running) counters.weight += weightOf(identity, counter);
  return counters;
}

/** Moves the clock to `given` if that is later, and says what time it is for this ledger. */
export function advance(counters: Counters, given: number): number {
  counters.clock = Math.max(counters.clock, given);
  return counters.clock;
}

/** Each of the changes is of another counter. */
export function put(counters: Counters, ...changes: readonly Change[]): void {
  counters.weight = weightWith(counters, changes);
  for (const { identity, counter } of changes) counters.running.set(identity, counter);
}

/** What the counters would weigh with these changes. */
export function weightWith({ weight, running }: Counters, changes: readonly Change[]): number {
  let sum = weight;
  for (const { identity, counter } of changes) {
    const before = running.get(identity);
    sum += weightOf(identity, counter) - (before === undefined ? 0 : weightOf(identity, before));
  }
  return sum;
}

/** Forgets counters whose window has ended. */
export function prune(counters: Counters): void {
  for (const [identity, counter] of counters.running) {
    if (counter.end > counters.clock) continue;
    counters.running.delete(identity);
    counters.weight -= weightOf(identity, counter);
  }
}

/** Counts all rolling windows in sixtieths, whatever their limits. */
export function condense(counters: Counters): void {
  for (const [identity, counter] of counters.running) {
    put(counters, { identity, counter: condensed(counter, counters.clock) });
  }
}
