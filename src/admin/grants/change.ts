/**
 * The way of every change to a grant: read, edit, commit, and bring into force, so that the answer is true of the very
 * next call.
 */

import { bringIntoForce, notYetInForce } from "../care/force.ts";
import { attempt, commit, type Rest } from "../commit.ts";
import { problem } from "../problem.ts";
import { unmet } from "../request/conditions.ts";
import type { Asked } from "../route.ts";
import { findServer, serverThere } from "../servers/table.ts";
import { facts, tagged } from "./shown.ts";
import { findGrant, type GrantRow, grantAt, outstandingGrant, updateGrant } from "./table.ts";

export type Edit = {
  readonly action: string;
  /** Whether an earlier request did it, and it has but to be brought into force; or why it can't be done. */
  readonly isDone?: () => Promise<boolean | Response>;
  /** The grant as it is to be; the same object when nothing is to change; or why it can't be. */
  readonly edited: (grant: GrantRow) => GrantRow | Response | Promise<GrantRow | Response>;
  /** What else is written with it. */
  readonly statements?: (grant: GrantRow) => readonly D1PreparedStatement[];
  readonly rests?: (grant: GrantRow) => readonly Rest[];
  /** Takes back what `edited` left elsewhere, since nothing was committed. */
  readonly undone?: () => Promise<void>;
};

export type Changing = Pick<Asked, "env" | "operator" | "now" | "conditions">;

/** `answer` says it when it is done. */
export async function changeGrant(
  asked: Changing,
  id: string,
  { action, isDone, edited, statements, rests, undone }: Edit,
  answer: (grant: GrantRow) => Response | Promise<Response> = (grant) => tagged(200, grant, asked.now),
): Promise<Response> {
  const { env, conditions, now } = asked;
  const db = env.GRANTGATE_DB;
  const refused = await attempt(async () => {
    const done = await isDone?.();
    if (done instanceof Response) return done;
    if (done) return new Response(null, { status: 204 });
    const earlier = await findGrant(db, id, now);
    const no = unmet(conditions, earlier?.revision ?? null);
    if (no !== null) return no;
    if (earlier === null) return noGrant(id);
    const wanted = await edited(earlier);
    if (wanted instanceof Response) return wanted;
    if (wanted === earlier) return new Response(null, { status: 204 });
    const isRevoked = wanted.state === "revoked";
    if (!isRevoked && (await findServer(db, wanted.server)) === null) {
      await undone?.();
      return adrift(wanted);
    }
    const outcome = await commit(
      asked,
      [grantAt(id, earlier.revision), ...(isRevoked ? [] : [serverThere(wanted.server)]), ...(rests?.(wanted) ?? [])],
      [updateGrant(db, wanted, now), ...(statements?.(wanted) ?? [])],
      { action, target: `grant:${id}`, before: facts(earlier, now), after: facts(wanted, now) },
    );
    if (outcome === "moved") await undone?.();
    return outcome === "moved" ? outcome : new Response(null, { status: 204 });
  });
  if (!refused.ok) return refused;
  const unreached = notYetInForce(await bringIntoForce(env, await outstandingGrant(db, id)));
  if (unreached !== null) return unreached;
  const grant = await findGrant(db, id, now);
  return grant === null ? noGrant(id) : answer(grant);
}

export function noGrant(id: string): Response {
  return problem(404, `There is no grant ${JSON.stringify(id)}.`);
}

/** No ledger could be told what is in force for it, and another server may come to have the name. */
function adrift({ id, label, server }: GrantRow): Response {
  return problem(409, `Grant ${id} (${label}) is for the server ${server}, which is gone: it can only be revoked.`);
}

/** What is final. */
export function revoked({ id, label }: GrantRow): Response {
  return problem(409, `Grant ${id} (${label}) is revoked, and that is final; make a new grant.`);
}
