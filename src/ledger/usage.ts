/** The counters as people read them. Pure; nothing is decided by this. */
import { formatMillionths } from "../json/decimal.ts";
import { usedOf } from "./counter.ts";
import type { Counters } from "./counters.ts";
import { sessionIn } from "./identity.ts";
import type { CounterUsage } from "./protocol.ts";

export function usageOf({ clock, running }: Counters): CounterUsage[] {
  return [...running]
    .filter(([, { end }]) => end > clock)
    .map(([identity, counter]) => {
      const session = sessionIn(identity);
      return {
        scope: counter.scope,
        ...(session !== undefined && { session }),
        counter: counter.name,
        window: String(counter.window),
        align: counter.align,
        used: formatMillionths(usedOf(counter, clock)),
        max: formatMillionths(counter.max),
        resetAt: counter.end,
      };
    });
}
