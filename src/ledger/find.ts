/** The ledger of a grant, by the grant's id, and that of a server, by its slug. */
import type { Env } from "../env.ts";
import type { GrantLedger } from "./ledger.ts";
import type { ServerLedger } from "./server-ledger.ts";

export function ledgerOf(env: Pick<Env, "GRANT_LEDGER">, grantId: string): DurableObjectStub<GrantLedger> {
  return env.GRANT_LEDGER.getByName(grantId);
}

export function serverLedgerOf(env: Pick<Env, "SERVER_LEDGER">, slug: string): DurableObjectStub<ServerLedger> {
  return env.SERVER_LEDGER.getByName(slug);
}
