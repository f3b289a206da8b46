/**
 * Finds records in the audit log: a page of the newest, what has come since a mark, or all of them in pages that fit in
 * memory. None of it reads more than it has to in one query, however many records there are.
 */
import type { Chained } from "./chain.ts";
import { type AuditFilter, conditionsOf, numberAt, SERVERS, type Sql, wayOf } from "./plan.ts";

/** A record as it is kept. Its texts are what the hashes are of. */
export type AuditRow = Chained & {
  /** Counts in the order in which records were gathered. */
  readonly id: number;
  /** Unix milliseconds. */
  readonly at: number;
};

/** What is wanted of a `D1Database`. */
export type Database = {
  prepare(query: string): { bind(...values: unknown[]): { all<T>(): Promise<{ results: T[] }> } };
};

export const COLUMNS = `
  audit.id, audit.at, audit.grant_id AS "grant", audit.seq, audit.record, audit.link, audit.hash,
  audit.ending, audit.end_link AS endLink, audit.end_hash AS endHash`;

/** A place between records: right behind the one with this `at`, `id` and `seq`, from newest to oldest. */
export type Position = readonly [at: number, id: number, seq: number];

export function positionOf({ at, id, seq }: AuditRow): Position {
  return [at, id, seq];
}

export type AuditPage = { readonly limit: number; readonly after: Position | null };

/** Newest first, `limit` at most, of those behind `after`. */
export async function findRecords(db: Database, filter: AuditFilter, page: AuditPage): Promise<readonly AuditRow[]> {
  const way = wayOf(filter);
  if (way.kind === "grant") return ofGrant(db, filter, way.grant, page);
  const { after, limit } = page;
  const { text, values } = conditionsOf(after === null ? filter : upTo(filter, after));
  const behind = after === null ? "TRUE" : "(at, id) < (?, ?)";
  const bound = [...values, ...(after === null ? [] : after.slice(0, 2))];
  if (way.kind === "index") {
    const query = `
      SELECT ${COLUMNS} FROM audit INDEXED BY ${way.index} WHERE ${way.given} AND ${text} AND ${behind}
      ORDER BY at DESC, id DESC LIMIT ?`;
    return rows(db, query, [...bound, limit]);
  }
  const query = `
    WITH ${SERVERS}
    SELECT ${COLUMNS} FROM servers CROSS JOIN audit ON audit.id IN (
      SELECT id FROM audit INDEXED BY audit_by_server WHERE server = name AND ${text} AND ${behind}
      ORDER BY at DESC, id DESC LIMIT ?
    ) ORDER BY audit.at DESC, audit.id DESC LIMIT ?`;
  return rows(db, query, [...bound, limit, limit]);
}

/** SQLite searches by one of several upper bounds, and not always by the narrowest: so there is only this one. */
function upTo(filter: AuditFilter, [at]: Position): AuditFilter {
  return { ...filter, to: Math.min(filter.to ?? Number.POSITIVE_INFINITY, at + 1) };
}

async function ofGrant(
  db: Database,
  { server, ...filter }: AuditFilter,
  grant: string,
  { limit, after }: AuditPage,
): Promise<readonly AuditRow[]> {
  // A grant is for one server all its life.
  if (server !== undefined && server !== (await serverOf(db, grant))) return [];
  const { text, values } = conditionsOf(filter);
  const { from, to } = filter;
  const bounds: Sql[] = [
    ...(from === undefined ? [] : [asBound("seq >=", numberAt("lowest", grant, from))]),
    ...(to === undefined ? [] : [asBound("seq <", numberAt("highest", grant, to))]),
    ...(after === null ? [] : [{ text: "AND seq < ?", values: after.slice(2) }]),
  ];
  const query = `
    SELECT ${COLUMNS} FROM audit WHERE ${text} ${bounds.map((bound) => bound.text).join(" ")}
    ORDER BY seq DESC LIMIT ?`;
  return rows(db, query, [...values, ...bounds.flatMap((bound) => bound.values), limit]);
}

function asBound(comparison: string, { text, values }: Sql): Sql {
  return { text: `AND ${comparison} ${text}`, values };
}

async function serverOf(db: Database, grant: string): Promise<string | undefined> {
  const query = "SELECT server FROM audit WHERE grant_id = ? ORDER BY seq DESC LIMIT 1";
  return (await rows<{ server: string }>(db, query, [grant]))[0]?.server;
}

/** When the oldest and the newest record were written, in Unix milliseconds; null when there is none. */
export async function recordedTime(
  db: Database,
): Promise<{ readonly oldest: number | null; readonly newest: number | null }> {
  const each = (what: string) => `(SELECT ${what}(at) FROM audit INDEXED BY audit_by_server WHERE server = name)`;
  const query = `WITH ${SERVERS} SELECT min(${each("min")}) AS oldest, max(${each("max")}) AS newest FROM servers`;
  const [found] = await rows<{ oldest: number | null; newest: number | null }>(db, query, []);
  return found ?? { oldest: null, newest: null };
}

/** How far one request for news looks ahead: it has to read records to filter them. */
const LOOKED_AHEAD = 20_000;

/** The mark behind the last record that was gathered. */
export async function presentMark(db: Database): Promise<number> {
  const [last] = await rows<{ id: number }>(db, "SELECT coalesce(max(id), 0) AS id FROM audit", []);
  return last?.id ?? 0;
}

/** What was gathered behind the mark `after`, in that order, and the mark to go on from. */
export async function arrivals(
  db: Database,
  filter: AuditFilter,
  after: number,
  limit: number,
): Promise<{ readonly rows: readonly AuditRow[]; readonly after: number }> {
  const until = Math.min(await presentMark(db), after + LOOKED_AHEAD);
  if (until <= after) return { rows: [], after: until };
  const { text, values } = conditionsOf(filter);
  const found = await rows<AuditRow>(
    db,
    `SELECT ${COLUMNS} FROM audit NOT INDEXED WHERE id > ? AND id <= ? AND ${text} ORDER BY id LIMIT ?`,
    [after, until, ...values, limit],
  );
  const last = found.length < limit ? undefined : found.at(-1);
  return { rows: found, after: last?.id ?? until };
}

export async function rows<T = AuditRow>(db: Database, query: string, values: readonly unknown[]): Promise<T[]> {
  const { results } = await db
    .prepare(query)
    .bind(...values)
    .all<T>();
  return results;
}
