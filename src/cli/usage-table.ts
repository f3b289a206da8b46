/** The counters of a grant or a server as people read them. Pure. */
import type { Usage } from "./admin/shapes.ts";
import type { Table } from "./table.ts";
import { until } from "./time.ts";

const CELLS = 10;

/** Bars are drawn for a screen only: in a file they are noise. */
export function usageTable({ counters }: Usage, now: Date, bars: boolean): Table {
  return {
    head: ["COUNTER", "SCOPE", "WINDOW", "USED", ...(bars ? [""] : []), "RESETS IN"],
    flexible: ["COUNTER"],
    spare: [""],
    rows: counters.map(({ counter, scope, session, window, align, used, max, resetAt }) => [
      counter,
      session == null ? scope : `${scope} ${session.slice(0, 8)}`,
      align === "rolling" ? `${windowName(window)}, rolling` : windowName(window),
      `${used}/${max}`,
      ...(bars ? [bar(Number(used), Number(max))] : []),
      resetAt === null ? "" : until(resetAt, now),
    ]),
  };
}

/** A window is a name, or seconds. */
function windowName(window: string): string {
  return /^\d+$/.test(window) ? `${window}s` : window;
}

/** Anything used fills at least one cell, and only all fills the last one. */
export function bar(used: number, max: number): string {
  const share = max > 0 ? Math.min(1, used / max) : 1;
  const full = used <= 0 ? 0 : share === 1 ? CELLS : Math.min(CELLS - 1, Math.max(1, Math.round(share * CELLS)));
  return "█".repeat(full) + "░".repeat(CELLS - full);
}
