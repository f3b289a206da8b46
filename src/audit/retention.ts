/**
 * Lets go of audit records whose time is over.
 *
 * Only ever from the beginning of a grant's chain, and with the hash of the last link that goes kept as its anchor: what
 * stays can be verified as before. A record whose call ended behind the anchor stays until the anchor has passed that
 * too. Must never take more than the operator said, nor move an anchor back, nor take what the grant's ledger knows to be
 * younger than its record says.
 */
import type { Env } from "../env.ts";
import { ledgerOf } from "../ledger/find.ts";
import { causeOf, log } from "../observe/log.ts";
import type { Place } from "./link.ts";

const DAY_MS = 86_400_000;
export const DEFAULT_DAYS = 90;
/** A call can end up to a day after it was decided, and its ending may take a while to be gathered. */
const MAY_END_MS = 2 * DAY_MS;
const MOST_GRANTS = 100;
/** Fifty subrequests may come of one invocation at least, and a cut takes four. */
const MOST_CUTS = 10;

/** How many days records are kept; 0 for ever. What is no number of days counts as not set. */
export function retentionDays(setting: string | undefined): number {
  const days = Number(setting ?? "");
  return setting?.trim() && days >= 0 && Number.isFinite(days) ? days : DEFAULT_DAYS;
}

/**
 * Deletes some `mostRows` records at most, of those that are older than `days` at `now` (Unix milliseconds). Returns
 * whether more is left to delete.
 */
export async function applyRetention(env: Env, days: number, now: number, mostRows: number): Promise<boolean> {
  if (days === 0) return false;
  const db = env.GRANTGATE_DB;
  const cutoff = now - days * DAY_MS;
  let [left, cuts, isCutShort] = [mostRows, 0, false];
  for (let after: string | null = ""; after !== null; ) {
    const grants: readonly string[] = await grantsWithOld(db, cutoff, after);
    for (const grant of grants) {
      const rows = await firstRows(db, grant, left + 1);
      const prefix = prefixOf(rows, left, (row) => row.at < cutoff && !mayEnd(row, now));
      if (prefix === null || !(await isReleased(env, grant, prefix, cutoff))) continue;
      left -= await cut(db, grant, prefix);
      isCutShort ||= prefix.isCutShort;
      if (left <= 0 || ++cuts >= MOST_CUTS) return true;
    }
    after = grants.length < MOST_GRANTS ? null : (grants.at(-1) ?? null);
  }
  return isCutShort;
}

type Row = {
  readonly seq: number;
  readonly at: number;
  readonly effect: string;
  readonly link: number;
  readonly hash: string;
  readonly endLink: number | null;
  readonly endHash: string | null;
};

/** Grants, in order, whose first record is old. Goes from grant to grant by the index, whatever their records are. */
async function grantsWithOld(db: D1Database, cutoff: number, after: string): Promise<readonly string[]> {
  const { results } = await db
    .prepare(
      `WITH RECURSIVE every (name) AS (
         SELECT min(grant_id) FROM audit WHERE grant_id > ?1
         UNION ALL
         SELECT (SELECT min(grant_id) FROM audit WHERE grant_id > name) FROM every WHERE name IS NOT NULL
       )
       SELECT name FROM every
       WHERE (SELECT at FROM audit WHERE grant_id = name ORDER BY seq LIMIT 1) < ?2 LIMIT ?3`,
    )
    .bind(after, cutoff, MOST_GRANTS)
    .all<{ name: string }>();
  return results.map(({ name }) => name);
}

async function firstRows(db: D1Database, grant: string, most: number): Promise<readonly Row[]> {
  const { results } = await db
    .prepare(
      `SELECT seq, at, effect, link, hash, end_link AS endLink, end_hash AS endHash
       FROM audit WHERE grant_id = ? ORDER BY seq LIMIT ?`,
    )
    .bind(grant, most)
    .all<Row>();
  return results;
}

/** A call whose ending is still to come holds its grant's chain: the ending must find its record. */
function mayEnd({ at, effect, endLink }: Row, now: number): boolean {
  return effect === "allow" && endLink === null && at > now - MAY_END_MS;
}

/** Rows that may go, up to record `seq`, with the last link before all that stay; whether more might have gone. */
type Prefix = Place & { readonly seq: number; readonly isCutShort: boolean };

/** What comes before the first row that has to stay, or before the one after `most` rows; null for nothing. */
function prefixOf(rows: readonly Row[], most: number, isOver: (row: Row) => boolean): Prefix | null {
  const stays = rows.findIndex((row, nth) => nth === most || !isOver(row));
  const over = stays === -1 ? rows : rows.slice(0, stays);
  const limit = rows[stays]?.link ?? Number.POSITIVE_INFINITY;
  const places = over.flatMap(placesOf).filter(({ link }) => link < limit);
  const [first, ...others] = places;
  if (first === undefined) return null;
  const last = others.reduce((a, b) => (b.link > a.link ? b : a), first);
  if (!over.some((row) => placesOf(row).every(({ link }) => link <= last.link))) return null;
  return { ...last, seq: over.at(-1)?.seq ?? 0, isCutShort: stays === most };
}

function placesOf({ link, hash, endLink, endHash }: Row): Place[] {
  const decided = { link, hash };
  return endLink === null || endHash === null ? [decided] : [decided, { link: endLink, hash: endHash }];
}

/** The ledger hears of it first: were it the other way round, a crash would leave a trail that looks cut off. */
async function isReleased(env: Env, grant: string, { link, hash }: Prefix, cutoff: number): Promise<boolean> {
  try {
    if (await ledgerOf(env, grant).release({ link, hash }, cutoff)) return true;
    log("error", "audit records are younger than they say, none let go of", { step: "retention", grant });
  } catch (error) {
    log("error", "ledger not reached", { step: "retention", grant, cause: causeOf(error) });
  }
  return false;
}

/** In one transaction. Returns how many records went. */
async function cut(db: D1Database, grant: string, { link, hash, seq }: Prefix): Promise<number> {
  const [, deleted] = await db.batch([
    db
      .prepare(
        `INSERT INTO audit_anchors (grant_id, link, hash) VALUES (?, ?, ?)
         ON CONFLICT DO UPDATE SET link = excluded.link, hash = excluded.hash WHERE excluded.link > audit_anchors.link`,
      )
      .bind(grant, link, hash),
    db
      .prepare("DELETE FROM audit WHERE grant_id = ?1 AND seq <= ?2 AND link <= ?3 AND coalesce(end_link, 0) <= ?3")
      .bind(grant, seq, link),
  ]);
  return deleted?.meta.changes ?? 0;
}
