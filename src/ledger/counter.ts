/**
 * One counter of either kind: how much of it is used, what taking and giving back make of it. Pure; counters are never
 * changed, only replaced.
 */
import type { Window } from "../policy/window.ts";
import type { Scope } from "./demand.ts";
import { type Entry, entered, fitsFrom, inSixtieths, latestWith, remaining, sumOf, withdrawn } from "./rolling.ts";
import { lengthOf, windowAt } from "./windows.ts";

type Common = {
  readonly scope: Scope;
  readonly name: string;
  readonly window: Window;
  /** Where the window begins, or the instant of the earliest entry. Unix time in milliseconds, like all instants here. */
  readonly start: number;
  /** From when on nothing of this counts. */
  readonly end: number;
  /** Millionths, like all amounts here. */
  readonly used: bigint;
  /** The limit that the last admitted call was held to: for people to read, never to decide by. */
  readonly max: bigint;
};

/** This is stored: fields may be added, never changed or taken away. */
export type Counter =
  | (Common & { readonly align: "calendar" })
  | (Common & { readonly align: "rolling"; readonly entries: readonly Entry[] });

/** What one call asks of a counter. */
export type Ask = Pick<Counter, "scope" | "name" | "window" | "align" | "max"> & {
  /** The counter as it stands. */
  readonly counter: Counter | undefined;
  readonly amount: bigint;
};

/** Above this many units a rolling limit may be counted in sixtieths of its window from the start. */
const MOST_EXACT = 1_000n * 1_000_000n;

/** Units used in the window that runs. */
export function usedOf(counter: Counter | undefined, now: number): bigint {
  if (counter === undefined || counter.end <= now) return 0n;
  if (counter.align === "calendar") return counter.used;
  return sumOf(remaining(counter.entries, lengthOf(counter.window), now));
}

/** The counter with what is asked in it, and the instant by which that can be given back. */
export function raised(ask: Ask, now: number): { readonly counter: Counter; readonly start: number } {
  const { counter, scope, name, window, align, max, amount } = ask;
  if (align === "calendar") {
    const { start, end } = windowAt(window, now);
    const used = usedOf(counter, now) + amount;
    return { counter: { scope, name, window, align, start, end, used, max }, start };
  }
  const length = lengthOf(window);
  const start = max > MOST_EXACT ? latestWith(now, length) : now;
  const before = entriesOf(counter, length, now);
  const entries = amount === 0n ? before : entered(before, length, start, amount);
  return { counter: rolling({ scope, name, window, max }, entries, now), start };
}

/** The counter with units given back into the window they were taken from; as it is, once that has ended. */
export function lowered(counter: Counter, start: number, amount: bigint, now: number): Counter {
  if (counter.align === "calendar") {
    if (counter.start !== start || counter.end <= now) return counter;
    return { ...counter, used: counter.used > amount ? counter.used - amount : 0n };
  }
  const length = lengthOf(counter.window);
  if (start + length <= now) return counter;
  return rolling(counter, withdrawn(counter.entries, length, start, amount), now);
}

/** When the window ends; of a rolling one, when what is asked would fit under `max`. */
export function resetOf({ counter, window, align, amount }: Ask, max: bigint, now: number): number {
  if (align === "calendar") return windowAt(window, now).end;
  const length = lengthOf(window);
  return fitsFrom(entriesOf(counter, length, now), length, now, amount, max);
}

/** The same counter in less room, at the price of a sixtieth of its window. */
export function condensed(counter: Counter, now: number): Counter {
  if (counter.align === "calendar") return counter;
  const length = lengthOf(counter.window);
  return rolling(counter, inSixtieths(remaining(counter.entries, length, now), length), now);
}

function entriesOf(counter: Counter | undefined, length: number, now: number): readonly Entry[] {
  return counter?.align === "rolling" ? remaining(counter.entries, length, now) : [];
}

function rolling(
  { scope, name, window, max }: Pick<Common, "scope" | "name" | "window" | "max">,
  entries: readonly Entry[],
  now: number,
): Counter {
  const start = entries[0]?.[0] ?? now;
  const last = entries.at(-1)?.[0];
  const end = last === undefined ? now : last + lengthOf(window);
  return { scope, name, window, align: "rolling", start, end, used: sumOf(entries), max, entries };
}
