/**
 * Brings what the registry holds into force: pushes grants to their ledgers.
 *
 * A change is written down first, then pushed, and answered only when every ledger has it. What a ledger confirmed is
 * written down too, so that repeating a request that was cut short goes on where it stopped. What nobody repeats, the
 * caretaker brings to its end.
 */
import type { Env } from "../../env.ts";
import { causeOf, log } from "../../observe/log.ts";
import { problem } from "../problem.ts";
import { type Carried, carry, confirm, MOST_CARRIED } from "./carry.ts";

/** Objects that help at most; with this many, each carries more. All are subrequests of the one that asks them. */
const MOST_HELPERS = 25;

export type Pushed = { readonly reached: number; readonly missed: number };

/** `rows` are rows of `SELECT_GRANT_RECORD`. */
export async function bringIntoForce(env: Env, rows: readonly unknown[]): Promise<Pushed> {
  const carried = rows.length <= MOST_CARRIED ? await carry(env, rows) : await carryTogether(env, rows);
  await confirm(env.GRANTGATE_DB, carried);
  return { reached: carried.length, missed: rows.length - carried.length };
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

/** Each helper is an object of its own, since it is by the object that subrequests are counted. */
async function carryTogether(env: Env, rows: readonly unknown[]): Promise<readonly Carried[]> {
  const size = Math.max(MOST_CARRIED, Math.ceil(rows.length / MOST_HELPERS));
  const shares = Array.from({ length: Math.ceil(rows.length / size) }, (_, nth) =>
    rows.slice(nth * size, (nth + 1) * size),
  );
  const carried = await Promise.all(
    shares.map(async (share, nth) => {
      try {
        return await env.CARETAKER.getByName(`helper ${nth}`).carry(share);
      } catch (error) {
        log("warn", "helper not reached", { step: "carry", count: share.length, cause: causeOf(error) });
        return [];
      }
    }),
  );
  return carried.flat();
}
