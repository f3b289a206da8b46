/** The ledger of a grant, by the grant's id. */
import type { Env } from "../env.ts";
import type { GrantLedger } from "./ledger.ts";

export function ledgerOf(env: Pick<Env, "GRANT_LEDGER">, grantId: string): DurableObjectStub<GrantLedger> {
  return env.GRANT_LEDGER.get(env.GRANT_LEDGER.idFromName(grantId));
}
