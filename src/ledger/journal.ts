/**
 * The journal of one grant: a row for every decision, in the order they were made, kept until the audit trail has it.
 *
 * Decisions and endings are links of one chain, numbered in the order in which they were written; a row holds both links
 * of its call. It is open (`taken` is not null) from the decision of a call that was let through until its end is
 * known, and closes once: that is what makes giving back happen at most once. What a row says is never changed.
 */
import type { Link } from "../audit/record.ts";
import type { Taken } from "./take.ts";

export type JournalRow = {
  readonly seq: number;
  readonly link: number;
  readonly at: number;
  /** A decision as canonical JSON. */
  readonly text: string;
  /** What can be given back; null for a call that was not let through. */
  readonly taken: readonly Taken[] | null;
};

export type OpenRow = {
  readonly seq: number;
  /** Null in rows of a time before there were links: they take none when they close. */
  readonly link: number | null;
  readonly taken: readonly Taken[];
};

/** How a call ended: the text and the link, where its decision has one. */
export type End = { readonly seq: number; readonly ending: { readonly link: number; readonly text: string } | null };

/** Numbers given out last, as far as rows know them; 0 for none. */
export type Last = { readonly seq: number; readonly link: number };

const ROWS_PER_STATEMENT = 200;
/**
 * Of decisions, in UTF-16 units. A bound text can have 2 MB, and there each of these takes three bytes at most, since the
 * backslashes and quotes that JSON in JSON doubles are of one byte.
 */
const TEXT_PER_STATEMENT = 250_000;
/** What giving back must name beside the identity: instant, amount and punctuation. */
const EACH_TAKEN = 50;
/** An open row is let go of when its call was decided so long ago. */
export const LONGEST_OPEN_MS = 86_400_000;

/**
 * Makes the table where it is missing. Long texts come last: what looks for numbers must not read past them. `at` is the
 * time of the last decision that a row is of, 0 for none.
 */
export function openJournal(sql: SqlStorage): Last & { readonly at: number } {
  sql.exec(`CREATE TABLE IF NOT EXISTS calls (seq INTEGER PRIMARY KEY, link INTEGER, end_link INTEGER,
    at INTEGER NOT NULL, taken TEXT, ending TEXT, record TEXT NOT NULL) STRICT`);
  return sql
    .exec<Last & { readonly at: number }>(
      `SELECT coalesce(max(seq), 0) AS seq, max(coalesce(max(link), 0), coalesce(max(end_link), 0)) AS link,
              coalesce(max(at), 0) AS at FROM calls`,
    )
    .one();
}

/**
 * Takes over what a version without an audit trail left: the numbers go on, and open calls still give back. Returns the
 * last number it gave out, or null where it left nothing.
 */
export function adoptJournal(sql: SqlStorage, now: number): number | null {
  if (sql.exec("SELECT 1 FROM sqlite_master WHERE name = 'journal'").toArray().length === 0) return null;
  const { last } = sql.exec<{ last: number }>("SELECT coalesce(max(seq), 0) AS last FROM journal").one();
  sql.exec(
    `INSERT INTO calls (seq, at, taken, record) SELECT seq, ?, taken, '' FROM journal WHERE taken <> '[]'
     ON CONFLICT DO NOTHING`,
    now,
  );
  sql.exec("DROP TABLE journal");
  return last;
}

/** Writes rows in few statements. */
export function writeRows(sql: SqlStorage, rows: readonly JournalRow[]): void {
  for (let from = 0; from < rows.length; ) {
    const upTo = endOfStatement(rows, from);
    const values = rows
      .slice(from, upTo)
      .map(({ seq, link, at, taken, text }) => [
        seq,
        link,
        at,
        taken?.map(({ identity, start, amount }) => [identity, start, String(amount)]) ?? null,
        text,
      ]);
    from = upTo;
    // One bound parameter, since a statement may have no more than a hundred.
    sql.exec(
      `INSERT INTO calls (seq, link, at, taken, record)
       SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4 FROM json_each(?)`,
      JSON.stringify(values),
    );
  }
}

/** Index behind the last row that a statement takes from `from` on, which is at least one. */
function endOfStatement(rows: readonly JournalRow[], from: number): number {
  let size = 0;
  const rest = rows.slice(from, from + ROWS_PER_STATEMENT);
  const last = rest.findIndex(({ text, taken }, nth) => {
    size += text.length;
    for (const { identity } of taken ?? []) size += identity.length + EACH_TAKEN;
    return nth > 0 && size > TEXT_PER_STATEMENT;
  });
  return from + (last === -1 ? rest.length : last);
}

/** Those of the rows that are open, by number. */
export function openRows(sql: SqlStorage, seqs: readonly number[]): ReadonlyMap<number, OpenRow> {
  if (seqs.length === 0) return new Map();
  const rows = sql.exec<Omit<OpenRow, "taken"> & { readonly taken: string }>(
    `SELECT seq, link, taken FROM calls
     WHERE seq IN (SELECT value FROM json_each(?)) AND taken IS NOT NULL AND end_link IS NULL`,
    JSON.stringify(seqs),
  );
  return new Map(rows.toArray().map(({ seq, link, taken }) => [seq, { seq, link, taken: takenIn(taken) }]));
}

function takenIn(text: string): readonly Taken[] {
  const read: [string, number, string][] = JSON.parse(text);
  return read.map(([identity, start, amount]) => ({ identity, start, amount: BigInt(amount) }));
}

/** Completes open rows with how their call ended; closed ones stay as they are. */
export function closeRows(sql: SqlStorage, ends: Iterable<End>): void {
  const values = Array.from(ends, ({ seq, ending }) => [seq, ending?.link ?? null, ending?.text ?? null]);
  if (values.length === 0) return;
  sql.exec(
    `UPDATE calls SET taken = NULL, end_link = value ->> 1, ending = value ->> 2
     FROM json_each(?) WHERE seq = value ->> 0 AND taken IS NOT NULL`,
    JSON.stringify(values),
  );
}

/**
 * The links after this one, in order; `seq` is the last decision up to there. At most so many, and of decisions no more
 * text than that, unless one alone has more.
 */
export function linksAfter(sql: SqlStorage, { link, seq }: Last, most: number, mostText: number): readonly Link[] {
  // What ends among these links was decided among them or before: a long journal is not read to its end for them.
  const ends = sql.exec<Row>(
    "SELECT end_link AS link, seq, ending AS text FROM calls WHERE seq <= ? AND end_link > ? AND end_link <= ?",
    seq + most,
    link,
    link + most,
  );
  const byLink = new Map<number, Link>(ends.toArray().map((row) => [row.link, { kind: "ended", ...row }]));
  const upTo = lastWithin(sql, seq, most - byLink.size, mostText);
  const decisions = sql.exec<Row>("SELECT link, seq, record AS text FROM calls WHERE seq > ? AND seq <= ?", seq, upTo);
  for (const row of decisions.toArray()) byLink.set(row.link, { kind: "decided", ...row });
  const links: Link[] = [];
  for (let next = byLink.get(link + 1); next !== undefined; next = byLink.get(next.link + 1)) links.push(next);
  return links;
}

type Row = { readonly link: number; readonly seq: number; readonly text: string };

function lastWithin(sql: SqlStorage, seq: number, most: number, mostText: number): number {
  const sizes = sql.exec<{ seq: number; size: number }>(
    "SELECT seq, length(record) AS size FROM calls WHERE seq > ? ORDER BY seq LIMIT ?",
    seq,
    most,
  );
  let [last, sum] = [seq, 0];
  for (const row of sizes.toArray()) {
    sum += row.size;
    if (sum > mostText && last !== seq) break;
    last = row.seq;
  }
  return last;
}

/** Lets go of rows of which nothing is to come, up to this link and this decision. */
export function letGo(sql: SqlStorage, link: number, seq: number, now: number): void {
  sql.exec(
    `DELETE FROM calls WHERE seq <= ? AND coalesce(end_link, link, 0) <= ? AND (taken IS NULL OR at <= ?)`,
    seq,
    link,
    now - LONGEST_OPEN_MS,
  );
}

/** When the call was decided that has been open longest; null for none. */
export function openSince(sql: SqlStorage): number | null {
  return sql.exec<{ at: number | null }>("SELECT min(at) AS at FROM calls WHERE taken IS NOT NULL").one().at;
}
