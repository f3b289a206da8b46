/** The windows a limit can count in: named ones of the UTC calendar, or a number of seconds. */
import { safeInteger } from "../json/decimal.ts";
import { isNumber, type Json } from "../json/value.ts";

export const WINDOWS = ["second", "minute", "hour", "day", "week", "month"] as const;

/** A number is a length in seconds, 1 to 2,678,400, whose windows are counted from the Unix epoch. */
export type Window = (typeof WINDOWS)[number] | number;

export const LONGEST = 2_678_400;

/** Lengths that are the same windows as a named one. A week is not among them: it starts on Monday, 604800 on Thursday. */
const SAME: ReadonlyMap<number, Window> = new Map([
  [1, "second"],
  [60, "minute"],
  [3600, "hour"],
  [86_400, "day"],
]);

export const WINDOW_WANTED = `"second", "minute", "hour", "day", "week", "month" or whole seconds from 1 to ${LONGEST}`;

/** Undefined when it is no window. */
export function readWindow(value: Json): Window | undefined {
  if (isNumber(value)) {
    const seconds = safeInteger(value);
    if (seconds === undefined || seconds < 1 || seconds > LONGEST) return undefined;
    return SAME.get(seconds) ?? seconds;
  }
  return WINDOWS.find((name) => name === value);
}
