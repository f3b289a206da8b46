/**
 * Carries grants, as the registry holds them, to their ledgers.
 *
 * A ledger keeps the later of two revisions, so carrying one twice, late or out of order does no harm; one that holds a
 * revision which the registry does not know raises the registry's above it. One grant that can't be carried must never
 * keep another from being carried.
 */
import type { Env } from "../../env.ts";
import { toGrantRecord } from "../../grant/record.ts";
import type { Held } from "../../ledger/protocol.ts";
import { causeOf, log } from "../../observe/log.ts";
import { within } from "../../upstream/body.ts";

/**
 * Grants that one invocation carries at most: with what else it does, it stays below the 50 subrequests that a Worker on
 * the free plan has.
 */
export const MOST_CARRIED = 40;
/** A ledger that takes longer is not waited for, in ms. */
const PATIENCE_MS = 20_000;

/** A grant whose ledger holds this revision, or a later one. */
export type Carried = { readonly id: string; readonly revision: number };

/** `rows` are rows of `SELECT_GRANT_RECORD`. Those whose ledgers could not be reached are not in what is returned. */
export async function carry(env: Pick<Env, "GRANT_LEDGER">, rows: readonly unknown[]): Promise<readonly Carried[]> {
  const carried: Carried[] = [];
  const all = Promise.all(
    rows.map(async (row) => {
      try {
        const grant = toGrantRecord(row);
        const held: Held | undefined = await env.GRANT_LEDGER.getByName(grant.id).put(grant);
        const revision = held?.revision ?? grant.revision;
        if (revision < grant.revision) throw new Error(`the ledger holds revision ${revision}`);
        carried.push({ id: grant.id, revision });
      } catch (error) {
        log("warn", "ledger not reached", { step: "carry", grant: idOf(row), cause: causeOf(error) });
      }
    }),
  );
  await within(all, PATIENCE_MS);
  return [...carried];
}

/** Writes down what ledgers hold, so that nothing is carried to them again. */
export async function confirm(db: D1Database, carried: readonly Carried[]): Promise<void> {
  if (carried.length === 0) return;
  await db
    .prepare(
      `UPDATE grants SET confirmed = max(confirmed, pair.value ->> 1)
       FROM json_each(?) AS pair WHERE grants.id = pair.value ->> 0 AND revision >= pair.value ->> 1`,
    )
    .bind(JSON.stringify(carried.map(({ id, revision }) => [id, revision])))
    .run();
}

/** The grant that a row is of, also when the rest of it can't be read. */
export function idOf(row: unknown): string {
  return typeof row === "object" && row !== null && "id" in row ? String(row.id) : "";
}
