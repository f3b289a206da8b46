/**
 * Taking what a call asks of the counters, and giving it back.
 *
 * Pure, at the counters' own clock. `take` adds every amount or none; it must never leave a counter above a limit it was
 * asked to respect.
 */
import { type Line, linesOf } from "./bill.ts";
import { lowered, raised, resetOf, usedOf } from "./counter.ts";
import { type Change, type Counters, condense, prune, put, weightWith } from "./counters.ts";
import type { Demand } from "./demand.ts";
import { MOST_WEIGHT } from "./weight.ts";

/**
 * What one call took of one counter: what giving back must name. `start` is where the window begins that it was taken
 * from; in a rolling window, the instant it counts from.
 */
export type Taken = { readonly identity: string; readonly start: number; readonly amount: bigint };

/** What a demand found: `used` is with the call that was let through. */
export type Count = { readonly counter: string; readonly used: bigint; readonly max: bigint };

export type Admitted = {
  readonly kind: "taken";
  /** One for each counter. */
  readonly taken: readonly Taken[];
  /** One for each demand. */
  readonly counts: readonly Count[];
};

export type Limited = {
  readonly kind: "limited";
  /** Index of the first demand that refuses. */
  readonly demand: number;
  readonly used: bigint;
  readonly max: bigint;
  /** When the refusing window ends; of a rolling one, when the same call would fit. Unix time in milliseconds. */
  readonly resetAt: number;
  readonly retryAfterMs: number;
};

export type Take = Admitted | Limited;

/**
 * Takes what every demand asks, or nothing; each of the demands on one counter must bear their sum. `session` is the
 * digest of the call's legacy session, if it has one. A negative amount is a RangeError, and more than can be stored an
 * Error.
 */
export function take(counters: Counters, demands: readonly Demand[], session: string | null = null): Take {
  const lines = linesOf(counters, demands, session);
  const refused = refusalOf(lines, counters.clock);
  if (refused !== null) return refused;
  const first = paid(lines, counters.clock);
  const changes = fits(counters, first)
    ? first
    : withRoom(counters, () => paid(linesOf(counters, demands, session), counters.clock));
  put(counters, ...changes);
  return {
    kind: "taken",
    taken: changes.map(({ identity, start, amount }) => ({ identity, start, amount })),
    counts: lines.map(({ demand: { counter, max }, bill: { used, amount } }) => ({
      counter,
      used: used + amount,
      max,
    })),
  };
}

/** What `take` would refuse, or null when it would take. Changes nothing. */
export function check(counters: Counters, demands: readonly Demand[], session: string | null = null): Limited | null {
  return refusalOf(linesOf(counters, demands, session), counters.clock);
}

/**
 * Returns units into the window they were taken from; a window that has ended keeps its count. Says whether there was
 * any that had not.
 */
export function giveBack(counters: Counters, taken: readonly Taken[]): boolean {
  const { running, clock } = counters;
  let any = false;
  for (const { identity, start, amount } of taken) {
    const before = running.get(identity);
    if (before === undefined) continue;
    const counter = lowered(before, start, amount, clock);
    put(counters, { identity, counter });
    any ||= usedOf(counter, clock) < usedOf(before, clock);
  }
  return any;
}

type Paid = Change & Taken;

function paid(lines: readonly Line[], now: number): readonly Paid[] {
  const bills = new Set(lines.map(({ bill }) => bill));
  return [...bills].map((bill) => ({ identity: bill.identity, amount: bill.amount, ...raised(bill, now) }));
}

function refusalOf(lines: readonly Line[], now: number): Limited | null {
  for (const [
    demand,
    {
      demand: { max },
      bill,
    },
  ] of lines.entries()) {
    if (bill.used + bill.amount <= max) continue;
    const resetAt = resetOf(bill, max, now);
    return { kind: "limited", demand, used: bill.used, max, resetAt, retryAfterMs: resetAt - now };
  }
  return null;
}

function fits(counters: Counters, changes: readonly Change[]): boolean {
  const weight = weightWith(counters, changes);
  return weight <= MOST_WEIGHT || weight <= counters.weight;
}

/** Makes room for what the call adds: what has ended goes, then exactness; then the call can't be counted. */
function withRoom(counters: Counters, pay: () => readonly Paid[]): readonly Paid[] {
  for (const makeRoom of [prune, condense]) {
    makeRoom(counters);
    const changes = pay();
    if (fits(counters, changes)) return changes;
  }
  throw new Error(`the ledger holds ${counters.running.size} counters, and has no room for what this call would add`);
}
