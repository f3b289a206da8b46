/**
 * Notices that the registry was set back to an earlier time, or forward again (D1 Time Travel): the latest change that
 * was seen is then gone, or another stands in its place, for a change that was committed is never taken back or edited.
 *
 * What ledgers confirmed before says nothing then, so everything is to be carried again. That this was noticed is a
 * change by itself: it is in no other course of time, so that going over to one is noticed too. This must never throw.
 */
import * as z from "zod/mini";
import type { Env } from "../../env.ts";
import { causeOf, log } from "../../observe/log.ts";

/** A change, by all that tells it from another. This is stored. */
export type Seen = { readonly id: number; readonly what: string };

const Row = z.object({ id: z.int(), what: z.string() });

/** The latest change; `seen` is what this returned the last time, null for never. */
export async function lookBack(
  { GRANTGATE_DB: db }: Pick<Env, "GRANTGATE_DB">,
  seen: Seen | null,
): Promise<Seen | null> {
  try {
    const found = await changesAt(db, seen);
    if (seen === null || found.some(({ id, what }) => id === seen.id && what === seen.what))
      return found.at(-1) ?? null;
    log("warn", "registry was set back", { step: "caretaker" });
    const latest = found.at(-1)?.id ?? null;
    await db.batch([
      // Of a grant whose server is gone no ledger can be told.
      db.prepare("UPDATE grants SET confirmed = 0 WHERE EXISTS (SELECT 1 FROM servers WHERE slug = grants.server)"),
      db
        .prepare(
          `INSERT INTO changes (at, operator, name, role, action, target, message, before, after)
           VALUES (?1, 'gateway', 'Grantgate', 'admin', 'registry.restore', 'registry', ?2, ?3, ?4)`,
        )
        .bind(Date.now(), MESSAGE, JSON.stringify({ change: seen.id }), JSON.stringify({ change: latest })),
    ]);
    return (await changesAt(db, null)).at(-1) ?? null;
  } catch (error) {
    log("error", "registry not reached", { step: "caretaker", cause: causeOf(error) });
    return seen;
  }
}

const MESSAGE = "Noticed that the registry was set back; its grants are carried to their ledgers again";

/** The change of that number, where there is one, and the latest. */
async function changesAt(db: D1Database, seen: Seen | null): Promise<readonly Seen[]> {
  const { results } = await db
    .prepare(
      `SELECT id, at || ' ' || operator || ' ' || action || ' ' || target AS what FROM changes
       WHERE id IN (?1, (SELECT max(id) FROM changes)) ORDER BY id`,
    )
    .bind(seen?.id ?? null)
    .all();
  return results.map((row) => z.parse(Row, row));
}
