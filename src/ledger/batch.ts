/** What the next write of a grant's ledger holds: everything that was decided since the last one. */
import type { Counters } from "./counters.ts";
import { closeRows, type End, type JournalRow, writeRows } from "./journal.ts";
import { writeCounters } from "./store.ts";

export type Batch = {
  countersChanged: boolean;
  readonly rows: JournalRow[];
  /** By row, so that a row which is said to have ended twice ends once. */
  readonly ends: Map<number, End>;
};

export function newBatch(): Batch {
  return { countersChanged: false, rows: [], ends: new Map() };
}

export function isEmpty({ countersChanged, rows, ends }: Batch): boolean {
  return !countersChanged && rows.length === 0 && ends.size === 0;
}

export function writeBatch(storage: DurableObjectStorage, counters: Counters, batch: Batch): void {
  if (batch.countersChanged) writeCounters(storage, counters);
  writeRows(storage.sql, batch.rows);
  closeRows(storage.sql, batch.ends.values());
}
