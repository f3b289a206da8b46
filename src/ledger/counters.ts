/**
 * The counters of one grant: how much was used of each, in the window that runs.
 *
 * Pure: the instant is an argument, nothing is stored here. `take` adds every amount or none; it must never leave a
 * counter above a limit it was asked to respect. The clock of a ledger never goes backward, so that a machine whose clock
 * steps back can't open a spent window again.
 */
import type { LimitDemand } from "../policy/limit.ts";
import type { Window } from "../policy/window.ts";
import { windowAt } from "./windows.ts";

type Counter = {
  readonly scope: LimitDemand["scope"];
  readonly name: string;
  readonly window: Window;
  readonly align: LimitDemand["align"];
  readonly start: number;
  readonly end: number;
  /** Millionths. */
  readonly used: bigint;
  /** The limit that the last admitted call was held to, in millionths: for people to read, never to decide by. */
  readonly max: bigint;
};

/** `clock` is the latest instant ever seen, Unix time in milliseconds. Counters by identity. */
export type Counters = { clock: number; readonly running: Map<string, Counter> };

/** What one call took of one counter, and from which window: what giving back must name. */
export type Taken = { readonly identity: string; readonly start: number; readonly amount: bigint };

export type Take =
  | { readonly kind: "taken"; readonly taken: readonly Taken[]; readonly counts: readonly Count[] }
  | {
      readonly kind: "limited";
      /** Index of the first demand that refuses. */
      readonly demand: number;
      readonly used: bigint;
      readonly max: bigint;
      /** When the refusing window ends, Unix time in milliseconds. */
      readonly resetAt: number;
      readonly retryAfterMs: number;
    };

export type Count = { readonly counter: string; readonly used: bigint; readonly max: bigint };

export function noCounters(): Counters {
  return { clock: 0, running: new Map() };
}

/** Moves the clock to `given` if that is later, and says what time it is for this ledger. */
export function advance(counters: Counters, given: number): number {
  counters.clock = Math.max(counters.clock, given);
  return counters.clock;
}

/**
 * Takes what every demand asks, or nothing. Demands on one counter add up, and each of them must bear the sum.
 * The instant is the counters' own clock. A negative amount is a RangeError: no call may lower a count.
 */
export function take(counters: Counters, demands: readonly LimitDemand[]): Take {
  const now = counters.clock;
  const asks = demands.map((demand) => ({ ...demand, identity: identityOf(demand), ...windowAt(demand.window, now) }));
  const after = new Map<string, bigint>();
  for (const { identity, amount } of asks) {
    if (amount < 0n) throw new RangeError("a call can't take a negative amount");
    after.set(identity, (after.get(identity) ?? usedOf(counters, identity)) + amount);
  }
  for (const [demand, { identity, max, end }] of asks.entries()) {
    if ((after.get(identity) ?? 0n) <= max) continue;
    const used = usedOf(counters, identity);
    return { kind: "limited", demand, used, max, resetAt: end, retryAfterMs: end - now };
  }
  for (const { identity, scope, counter: name, window, align, start, end, max } of asks) {
    counters.running.set(identity, { scope, name, window, align, start, end, used: after.get(identity) ?? 0n, max });
  }
  return {
    kind: "taken",
    taken: asks.map(({ identity, start, amount }) => ({ identity, start, amount })),
    counts: asks.map(({ counter, identity, max }) => ({ counter, used: after.get(identity) ?? 0n, max })),
  };
}

/** Returns units into the window they were taken from; a window that has ended keeps its count. */
export function giveBack(counters: Counters, taken: readonly Taken[]): void {
  for (const { identity, start, amount } of taken) {
    const counter = counters.running.get(identity);
    if (counter === undefined || counter.start !== start || counter.end <= counters.clock) continue;
    counters.running.set(identity, { ...counter, used: counter.used > amount ? counter.used - amount : 0n });
  }
}

/** Forgets counters whose window has ended. */
export function prune(counters: Counters): void {
  for (const [identity, { end }] of counters.running) if (end <= counters.clock) counters.running.delete(identity);
}

/** What is used of a counter in the window that runs; nothing, when its last window has ended. */
function usedOf(counters: Counters, identity: string): bigint {
  const counter = counters.running.get(identity);
  return counter === undefined || counter.end <= counters.clock ? 0n : counter.used;
}

/** A counter is one for as long as these are the same: changing `max`, or any other rule, keeps the count. */
function identityOf({ scope, counter, window, align }: LimitDemand): string {
  return JSON.stringify([scope, counter, window, align]);
}
