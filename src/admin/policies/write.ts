/** Puts a policy's document in force, whether it is new or an earlier one. */
import { policyKey } from "../../grant/contents.ts";
import { sha256 } from "../../grant/digest.ts";
import { bringIntoForce, notYetInForce } from "../care/force.ts";
import { attempt, commit } from "../commit.ts";
import { unmet } from "../request/conditions.ts";
import type { Asked } from "../route.ts";
import { noServer } from "../servers/shown.ts";
import { findServer, serverThere } from "../servers/table.ts";
import { noPolicy, standing, tagged, targetOf } from "./shown.ts";
import {
  findPolicy,
  lastRevisionIs,
  listRevisions,
  outstandingOfPolicy,
  type PolicyKey,
  policyAt,
  writePolicy,
} from "./table.ts";

/** Puts a document in force for the policy and all grants under it. The one that is in force already changes nothing. */
export async function write(
  asked: Asked,
  key: PolicyKey,
  action: "policy.put" | "policy.rollback",
  canonical: string,
  message: string | null,
): Promise<Response> {
  const { env, conditions, operator, now } = asked;
  const db = env.GRANTGATE_DB;
  if ((await findServer(db, key[0])) === null) return noServer(key[0]);
  const version = await sha256(canonical);
  let made = false;
  const refused = await attempt(async () => {
    const earlier = await findPolicy(db, key, now);
    const no = unmet(conditions, earlier?.revision ?? null);
    if (no !== null) return no;
    made = earlier === null;
    if (earlier?.version === version) return new Response(null, { status: 204 });
    await env.GRANTGATE_KV.put(policyKey(version), canonical);
    const last = earlier?.revision ?? (await listRevisions(db, key, Number.MAX_SAFE_INTEGER, 1))[0]?.revision ?? 0;
    const rests = [policyAt(key, earlier?.revision ?? null), lastRevisionIs(key, last), serverThere(key[0])];
    const wanted = { version, text: canonical, author: operator.name, message };
    const outcome = await commit(asked, rests, writePolicy(db, key, wanted, now), {
      action,
      target: targetOf(key),
      message,
      before: earlier && standing(earlier),
      after: { version, revision: last + 1 },
    });
    if (outcome === "moved" && (await findServer(db, key[0])) === null) return noServer(key[0]);
    return outcome === "moved" ? outcome : new Response(null, { status: 204 });
  });
  if (!refused.ok) return refused;
  const unreached = notYetInForce(await bringIntoForce(env, await outstandingOfPolicy(db, key)));
  if (unreached !== null) return unreached;
  const written = await findPolicy(db, key, now);
  return written === null ? noPolicy(key) : tagged(made ? 201 : 200, written);
}
