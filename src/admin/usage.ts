/** What stands in counters, as people read it. */
import * as z from "zod/mini";
import { JsonNumber } from "../json/value.ts";
import type { CounterUsage } from "../ledger/protocol.ts";
import { component } from "./described.ts";
import { isoTime } from "./json.ts";

export const CounterShape = z.object({
  scope: z.string(),
  session: z.optional(z.string()),
  counter: z.string(),
  window: z.string(),
  align: z.string(),
  used: z.number(),
  max: z.number(),
  resetAt: z.nullable(z.string()),
});
component("Counter", CounterShape, { session: "Digest of the legacy session that the counter is of." });

export const UsageShape = z.object({ at: z.string(), counters: z.array(CounterShape) });

/** Amounts are shown with all their digits. */
export function shownCounters(counters: readonly CounterUsage[]) {
  return counters.map(({ used, max, resetAt, ...counter }) => ({
    ...counter,
    used: new JsonNumber(used),
    max: new JsonNumber(max),
    resetAt: isoTime(resetAt),
  }));
}
