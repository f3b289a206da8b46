/** The tables of a shelf. An inventory belongs to an origin: of two addresses that a server had, each has its own. */
import type { Definition } from "./definition.ts";
import type { Sighted } from "./sighting.ts";

const TABLES = `
  DROP TABLE IF EXISTS tools;
  CREATE TABLE IF NOT EXISTS listings (
    origin TEXT PRIMARY KEY, revision INTEGER NOT NULL, complete_at INTEGER, listed_at INTEGER NOT NULL,
    first_at INTEGER NOT NULL
  ) STRICT;
  CREATE TABLE IF NOT EXISTS inventory (
    origin TEXT NOT NULL, name TEXT NOT NULL, pinned TEXT, pinned_at INTEGER, listed TEXT NOT NULL,
    listed_at INTEGER NOT NULL, drifted_at INTEGER, gone_at INTEGER, PRIMARY KEY (origin, name)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS definitions (hash TEXT PRIMARY KEY, text TEXT NOT NULL) STRICT;
`;

/** A value that SQLite is given may have 2 MB; this leaves room for characters of several bytes. */
const LONGEST = 500_000;
/** An address that a server had is forgotten when it has not been listed there for so long, in ms. */
const FORGET_MS = 30 * 86_400_000;

export const COLUMNS = `name, pinned, pinned_at AS pinnedAt, listed, listed_at AS listedAt, drifted_at AS driftedAt,
  gone_at AS goneAt`;

export type Listing = {
  readonly revision: number;
  /** Unix milliseconds, like the others; null for never. */
  readonly completeAt: number | null;
  readonly listedAt: number | null;
  readonly firstAt: number | null;
};

export function openTables(sql: SqlStorage): void {
  sql.exec(TABLES);
}

export function listingOf(sql: SqlStorage, origin: string): Listing {
  const found = sql.exec<Listing>(
    `SELECT revision, complete_at AS completeAt, listed_at AS listedAt, first_at AS firstAt
     FROM listings WHERE origin = ?`,
    origin,
  );
  return found.toArray()[0] ?? { revision: 0, completeAt: null, listedAt: null, firstAt: null };
}

export function writeListing(
  sql: SqlStorage,
  origin: string,
  { revision, completeAt, firstAt }: Omit<Listing, "listedAt">,
  listedAt: number,
): void {
  sql.exec(
    "INSERT OR REPLACE INTO listings (origin, revision, complete_at, listed_at, first_at) VALUES (?, ?, ?, ?, ?)",
    ...[origin, revision, completeAt, listedAt, firstAt ?? listedAt],
  );
}

export function forgetOthers(sql: SqlStorage, origin: string, now: number): void {
  const stale = "SELECT origin FROM listings WHERE origin <> ? AND listed_at < ?";
  sql.exec(`DELETE FROM inventory WHERE origin IN (${stale})`, origin, now - FORGET_MS);
  sql.exec("DELETE FROM listings WHERE origin <> ? AND listed_at < ?", origin, now - FORGET_MS);
}

export function countTools(sql: SqlStorage, origin: string): { readonly tools: number; readonly drifted: number } {
  return sql
    .exec<{ tools: number; drifted: number }>(
      `SELECT count(*) AS tools, count(*) FILTER (WHERE drifted_at IS NOT NULL OR gone_at IS NOT NULL) AS drifted
       FROM inventory WHERE origin = ?`,
      origin,
    )
    .one();
}

export function findTools(sql: SqlStorage, origin: string, names: readonly string[]): Map<string, Sighted> {
  const found = new Map<string, Sighted>();
  for (const batch of inBatches(names)) {
    const rows = sql.exec<Sighted>(
      `SELECT ${COLUMNS} FROM inventory WHERE origin = ? AND name IN (SELECT value FROM json_each(?))`,
      origin,
      batch,
    );
    for (const row of rows) found.set(row.name, row);
  }
  return found;
}

export function writeTools(sql: SqlStorage, origin: string, tools: Iterable<Sighted>): void {
  const rows = Array.from(tools, ({ name, pinned, pinnedAt, listed, listedAt, driftedAt, goneAt }) => [
    ...[name, pinned, pinnedAt, listed, listedAt, driftedAt, goneAt],
  ]);
  for (const batch of inBatches(rows)) {
    sql.exec(
      `INSERT OR REPLACE INTO inventory (origin, name, pinned, pinned_at, listed, listed_at, drifted_at, gone_at)
       SELECT ?, value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6
       FROM json_each(?)`,
      origin,
      batch,
    );
  }
}

export function deleteTools(sql: SqlStorage, origin: string, names: readonly string[]): void {
  for (const batch of inBatches(names)) {
    sql.exec("DELETE FROM inventory WHERE origin = ? AND name IN (SELECT value FROM json_each(?))", origin, batch);
  }
}

/** What is not among the names and was there before, marked as gone. Not written down yet. */
export function goneBut(sql: SqlStorage, origin: string, names: readonly string[], now: number): readonly Sighted[] {
  const there = new Set(names);
  const all = sql.exec<Sighted>(`SELECT ${COLUMNS} FROM inventory WHERE origin = ? AND gone_at IS NULL`, origin);
  return all
    .toArray()
    .filter(({ name }) => !there.has(name))
    .map((tool) => ({ ...tool, goneAt: now }));
}

/** What is too long to be bound is not kept: such a tool has a hash and no text, and strict rules deny it. */
export function keepDefinitions(sql: SqlStorage, definitions: readonly Definition[]): void {
  const rows = definitions.filter(({ text }) => text.length <= LONGEST).map(({ hash, text }) => [hash, text]);
  for (const batch of inBatches(rows)) {
    sql.exec("INSERT OR IGNORE INTO definitions (hash, text) SELECT value ->> 0, value ->> 1 FROM json_each(?)", batch);
  }
}

/** Lets go of definitions that no tool has any more. */
export function sweepDefinitions(sql: SqlStorage): void {
  sql.exec(`DELETE FROM definitions WHERE hash NOT IN (
    SELECT listed FROM inventory UNION ALL SELECT pinned FROM inventory WHERE pinned IS NOT NULL)`);
}

export function definitionText(sql: SqlStorage, hash: string): string | null {
  return sql.exec<{ text: string }>("SELECT text FROM definitions WHERE hash = ?", hash).toArray()[0]?.text ?? null;
}

/** The rows as JSON texts that can be bound, each a list of some of them. */
function* inBatches(rows: readonly unknown[]): Generator<string, void> {
  let batch: string[] = [];
  let length = 0;
  for (const row of rows) {
    const text = JSON.stringify(row);
    if (batch.length > 0 && length + text.length > LONGEST) {
      yield `[${batch.join(",")}]`;
      batch = [];
      length = 0;
    }
    batch.push(text);
    length += text.length;
  }
  if (batch.length > 0) yield `[${batch.join(",")}]`;
}
