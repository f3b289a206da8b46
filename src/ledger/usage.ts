/** The counters as people read them. Pure; nothing is decided by this. */
import { formatMillionths } from "../json/decimal.ts";
import type { Counters } from "./counters.ts";
import type { Usage } from "./protocol.ts";

export function usageOf({ clock, running }: Counters, calls: number): Usage {
  const counters = [...running.values()]
    .filter(({ end }) => end > clock)
    .map(({ scope, name, window, align, used, max, end }) => ({
      scope,
      counter: name,
      window: String(window),
      align,
      used: formatMillionths(used),
      max: formatMillionths(max),
      resetAt: end,
    }));
  return { at: clock, calls, counters };
}
