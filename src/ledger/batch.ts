/** What the next write of a ledger holds: everything that was decided since the last one. */
import { type Counters, prune } from "./counters.ts";
import { closeRows, type JournalRow, writeRows } from "./journal.ts";
import type { Settlement } from "./protocol.ts";

export type Batch = {
  countersChanged: boolean;
  readonly rows: JournalRow[];
  /** By row, so that a row which is said to have ended twice ends once. */
  readonly ends: Map<number, Settlement>;
};

export function newBatch(): Batch {
  return { countersChanged: false, rows: [], ends: new Map() };
}

export function isEmpty({ countersChanged, rows, ends }: Batch): boolean {
  return !countersChanged && rows.length === 0 && ends.size === 0;
}

/** The counters are one entry: they are few, and what is written is billed by the row. */
export function writeBatch(storage: DurableObjectStorage, counters: Counters, batch: Batch): void {
  if (batch.countersChanged) {
    prune(counters);
    storage.kv.put("counters", counters);
  }
  writeRows(storage.sql, batch.rows);
  closeRows(storage.sql, batch.ends.values());
}
