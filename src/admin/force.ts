/**
 * Brings what the registry holds into force: pushes grants to their ledgers.
 *
 * A change is written down first, then pushed, and answered only when every ledger has it. What a ledger confirmed is
 * written down too, so that repeating a request that was cut short goes on where it stopped, however many grants there
 * are.
 */
import type { Env } from "../env.ts";
import { type GrantRecord, toGrantRecord } from "../grant/record.ts";
import { problem } from "./problem.ts";

/** A Worker may have six connections open at a time; more would only queue. */
const AT_ONCE = 6;

export type Pushed = { readonly reached: number; readonly missed: number };

/** `rows` are rows of `SELECT_GRANT_RECORD`. */
export async function bringIntoForce(env: Env, rows: readonly unknown[]): Promise<Pushed> {
  const waiting = rows.map(toGrantRecord).values();
  const reached: GrantRecord[] = [];
  const carry = async (): Promise<void> => {
    for (const grant of waiting) if (await push(env, grant)) reached.push(grant);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, carry));
  if (reached.length > 0) await confirm(env.GRANTGATE_DB, reached);
  return { reached: reached.length, missed: rows.length - reached.length };
}

/** The answer to a change that some ledgers have not heard of, or null when all have. */
export function notYetInForce({ reached, missed }: Pushed): Response | null {
  if (missed === 0) return null;
  return problem(
    503,
    `Stored, but not yet in force for ${missed} of ${reached + missed} grants; repeat this request.`,
    { headers: { "retry-after": "5" } },
  );
}

async function push(env: Env, grant: GrantRecord): Promise<boolean> {
  try {
    await env.GRANT_LEDGER.getByName(grant.id).put(grant);
    return true;
  } catch {
    return false;
  }
}

async function confirm(db: D1Database, grants: readonly GrantRecord[]): Promise<void> {
  const pairs = JSON.stringify(grants.map(({ id, revision }) => [id, revision]));
  await db
    .prepare(
      `UPDATE grants SET confirmed = max(confirmed, pair.value ->> 1)
       FROM json_each(?) AS pair WHERE grants.id = pair.value ->> 0`,
    )
    .bind(pairs)
    .run();
}
