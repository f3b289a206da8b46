/**
 * One step of a round over the grants whose ledgers have not confirmed what the registry holds.
 *
 * A round goes by the ids, so that grants which can't be carried are passed by, and never stand before the others.
 */
import type { Env } from "../../env.ts";
import { SELECT_GRANT_RECORD } from "../../grant/record.ts";
import { causeOf, log } from "../../observe/log.ts";
import { outstanding } from "../standing.ts";
import { carry, confirm, idOf, MOST_CARRIED } from "./carry.ts";

export type Round = {
  /** Id of the last grant that had its turn. */
  readonly after: string;
  /** Those of this round that were not reached. */
  readonly missed: number;
};

export const BEGIN: Round = { after: "", missed: 0 };

export async function runRound(env: Env, { after, missed }: Round): Promise<Round & { readonly isOver: boolean }> {
  try {
    const db = env.GRANTGATE_DB;
    const { results } = await db
      .prepare(
        `${SELECT_GRANT_RECORD} WHERE ${outstanding()} AND grants.id > ?1 ORDER BY grants.id LIMIT ${MOST_CARRIED}`,
      )
      .bind(after)
      .all();
    const carried = await carry(env, results);
    await confirm(db, carried);
    const isOver = results.length < MOST_CARRIED;
    if (isOver) await settleOrphans(db);
    return { after: idOf(results.at(-1)), missed: missed + results.length - carried.length, isOver };
  } catch (error) {
    log("error", "round broken off", { step: "caretaker", cause: causeOf(error) });
    return { ...BEGIN, missed: missed + 1, isOver: true };
  }
}

/**
 * A server goes only when no ledger of its grants is behind or lets calls through, so a revocation of one of them after
 * that has nobody left to tell.
 */
async function settleOrphans(db: D1Database): Promise<void> {
  await db
    .prepare(
      `UPDATE grants SET confirmed = revision WHERE ${outstanding()} AND status = 'revoked'
         AND NOT EXISTS (SELECT 1 FROM servers WHERE slug = grants.server)`,
    )
    .run();
}
