/**
 * The journal of one grant: a row for every decision, in the order they were made, the last 10,000 of them.
 *
 * A row is open (`taken` is not null) from the decision until the call's end is known, and closes once: that is what
 * makes giving back happen at most once. Arguments of calls, tokens and credentials must never come near it.
 */
import { formatMillionths } from "../json/decimal.ts";
import type { Outcome } from "./joint.ts";
import type { Demand, JournalEntry, Settlement } from "./protocol.ts";
import type { Count, Taken } from "./take.ts";

/** What a row holds, as JSON. Amounts are decimal text: JSON numbers would round them. */
export type JournalRecord = JournalEntry & {
  /** Unix time in milliseconds, by the ledger's clock. */
  readonly at: number;
  readonly counters?: readonly { readonly counter: string; readonly used: string; readonly max: string }[];
  readonly upstream?: { readonly status: number | null; readonly latencyMs: number };
};

export type JournalRow = {
  readonly seq: number;
  readonly record: JournalRecord;
  /** What can be given back; null for a call that was not let through. */
  readonly taken: readonly Taken[] | null;
};

export const ROWS_KEPT = 10_000;
/** Pruning at every write would double the rows written; the ring may run over by this many. */
const PRUNE_EVERY = 1_000;
const ROWS_PER_STATEMENT = 200;
/** A client chooses its tool names; it must not choose how much is stored. */
const LONGEST_TEXT = 512;

/** Makes the table where it is missing, and returns the last sequence number given out (0 for none). */
export function openJournal(sql: SqlStorage): number {
  sql.exec("CREATE TABLE IF NOT EXISTS journal (seq INTEGER PRIMARY KEY, entry TEXT NOT NULL, taken TEXT) STRICT");
  return sql.exec<{ last: number }>("SELECT coalesce(max(seq), 0) AS last FROM journal").one().last;
}

/** The row of a call: what was decided, and what the counters made of it. */
export function rowOf(
  seq: number,
  at: number,
  entry: JournalEntry,
  demands: readonly Demand[],
  outcome: Outcome,
): JournalRow {
  switch (outcome.kind) {
    case "taken":
      return { seq, record: recordOf(at, entry, outcome.counts), taken: outcome.taken };
    case "limited": {
      const refusing = demands[outcome.demand];
      if (refusing === undefined) throw new RangeError("no demand of the call refuses");
      const { used, max } = outcome;
      const limited = { ...entry, effect: "limit", rule: refusing.rule };
      return { seq, record: recordOf(at, limited, [{ counter: refusing.counter, used, max }]), taken: null };
    }
    case "failed":
      return { seq, record: recordOf(at, { ...entry, effect: "deny", rule: "(failed closed)" }, []), taken: null };
  }
}

function recordOf(at: number, entry: JournalEntry, counts: readonly Count[]): JournalRecord {
  const clipped: JournalEntry = {
    request: clip(entry.request),
    method: clip(entry.method),
    ...(entry.tool !== undefined && { tool: clip(entry.tool) }),
    era: clip(entry.era),
    effect: clip(entry.effect),
    ...(entry.rule !== undefined && { rule: clip(entry.rule) }),
    ...(entry.policy !== undefined && { policy: clip(entry.policy) }),
  };
  const counters = counts.map(({ counter, used, max }) => ({
    counter,
    used: formatMillionths(used),
    max: formatMillionths(max),
  }));
  return counters.length === 0 ? { at, ...clipped } : { at, ...clipped, counters };
}

/** Writes rows in few statements, and now and then lets go of the oldest. */
export function writeRows(sql: SqlStorage, rows: readonly JournalRow[]): void {
  for (let from = 0; from < rows.length; from += ROWS_PER_STATEMENT) {
    const values = rows
      .slice(from, from + ROWS_PER_STATEMENT)
      .map(({ seq, record, taken }) => [
        seq,
        record,
        taken?.map(({ identity, start, amount }) => [identity, start, String(amount)]) ?? null,
      ]);
    // One bound parameter, since a statement may have no more than a hundred.
    sql.exec(
      "INSERT INTO journal (seq, entry, taken) SELECT value ->> 0, value ->> 1, value ->> 2 FROM json_each(?)",
      JSON.stringify(values),
    );
  }
  const last = rows.at(-1)?.seq ?? 0;
  const first = rows[0]?.seq ?? 0;
  if (Math.floor(last / PRUNE_EVERY) > Math.floor((first - 1) / PRUNE_EVERY)) {
    sql.exec("DELETE FROM journal WHERE seq <= ?", last - ROWS_KEPT);
  }
}

/** What an open row took; null when the row is closed or gone. */
export function takenBy(sql: SqlStorage, seq: number): readonly Taken[] | null {
  const [row] = sql.exec<{ taken: string | null }>("SELECT taken FROM journal WHERE seq = ?", seq).toArray();
  if (row === undefined || row.taken === null) return null;
  const taken: [string, number, string][] = JSON.parse(row.taken);
  return taken.map(([identity, start, amount]) => ({ identity, start, amount: BigInt(amount) }));
}

/** Completes open rows with how their call ended; closed ones stay as they are. */
export function closeRows(sql: SqlStorage, settlements: Iterable<Settlement>): void {
  const ends = Array.from(settlements, ({ seq, status, latencyMs }) => [seq, { status, latencyMs }]);
  if (ends.length === 0) return;
  sql.exec(
    `UPDATE journal SET entry = json_set(entry, '$.upstream', json(ends.value -> 1)), taken = NULL
     FROM json_each(?) AS ends WHERE seq = ends.value ->> 0 AND taken IS NOT NULL`,
    JSON.stringify(ends),
  );
}

function clip(text: string): string {
  return text.length <= LONGEST_TEXT ? text : `${text.slice(0, LONGEST_TEXT - 1)}…`;
}
