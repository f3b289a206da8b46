/**
 * How much room counters take when they are stored.
 *
 * They are one value of the key-value store, which can be 2 MB at most; a ledger whose counters outgrew that could store
 * nothing any more. So a counter's weight must never be less than the bytes it is serialised to.
 */
import type { Counter } from "./counter.ts";

/** Counters may weigh this much together: some 3,000 of sessions, or 37,000 calls in rolling windows. */
export const MOST_WEIGHT = 1_500_000;

/** Field names, numbers and amounts of a counter, and an entry's instant and units, in bytes of structured clone. */
const FIXED = 250;
const EACH_ENTRY = 40;

/** Text takes two bytes a character at most. */
export function weightOf(identity: string, counter: Counter): number {
  const entries = counter.align === "rolling" ? counter.entries.length : 0;
  return FIXED + 2 * (identity.length + counter.name.length) + EACH_ENTRY * entries;
}
