/**
 * Where a limit's window begins and ends, and how long a rolling one is. UTC throughout.
 *
 * Pure: the instant is an argument. Named windows follow the calendar: weeks start on Monday, months are as long as they
 * are. A window of n seconds is the n-second stretch since the Unix epoch that the instant lies in.
 */
import type { Window } from "../policy/window.ts";

/** Half open: `start` lies in the window, `end` in the next. Unix time in milliseconds. */
export type Span = { readonly start: number; readonly end: number };

const SECOND = 1_000;
const DAY = 86_400 * SECOND;
/** 1970-01-01 was a Thursday, so the first Monday came four days in. */
const FIRST_MONDAY = 4 * DAY;

const LENGTHS = { second: SECOND, minute: 60 * SECOND, hour: 3_600 * SECOND, day: DAY } as const;

export function windowAt(window: Window, now: number): Span {
  if (window === "month") return monthAt(now);
  if (window === "week") return stretchAt(7 * DAY, FIRST_MONDAY, now);
  return stretchAt(lengthOf(window), 0, now);
}

/** Length of a rolling window in milliseconds. A rolling month is 31 days, whatever the calendar says. */
export function lengthOf(window: Window): number {
  if (window === "month") return 31 * DAY;
  if (window === "week") return 7 * DAY;
  return typeof window === "number" ? window * SECOND : LENGTHS[window];
}

function stretchAt(length: number, origin: number, now: number): Span {
  const start = Math.floor((now - origin) / length) * length + origin;
  return { start, end: start + length };
}

function monthAt(now: number): Span {
  const date = new Date(now);
  const [year, month] = [date.getUTCFullYear(), date.getUTCMonth()];
  return { start: Date.UTC(year, month, 1), end: Date.UTC(year, month + 1, 1) };
}
