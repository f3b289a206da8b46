/**
 * Calls that were let through a moment ago: most of them end soon, and then their rows need not be looked for in storage.
 * Only a hint: whatever is not in here is looked for there.
 */
import type { JournalRow, OpenRow } from "./journal.ts";

export type OpenHere = Map<number, OpenRow & { readonly at: number }>;

const MOST = 1_000;
/** Storage lets go of rows that were never closed; this must have forgotten them long before. In milliseconds. */
const SOON_MS = 3_600_000;

export function noteOpen(open: OpenHere, { seq, link, at, taken }: JournalRow): void {
  if (taken === null) return;
  open.set(seq, { seq, link, at, taken });
  const [oldest] = open.size > MOST ? open.keys() : [];
  if (oldest !== undefined) open.delete(oldest);
}

/** Those of the rows that are known here to be open, and the numbers of those that storage must be asked for. */
export function knownOpen(open: OpenHere, seqs: readonly number[], now: number) {
  const rows = new Map<number, OpenRow>();
  const unknown: number[] = [];
  for (const seq of seqs) {
    const row = open.get(seq);
    if (row !== undefined && row.at > now - SOON_MS) rows.set(seq, row);
    else unknown.push(seq);
  }
  return { rows, unknown };
}
