/** What it means, in SQL over table `grants`, that a grant still matters. `now` is the parameter with the time. */

/** It can be used now. */
export function active(now: string): string {
  return `(grants.status = 'active' AND ${lasting(now)})`;
}

/** Its ledger has not confirmed what the registry holds. A revocation may be among that, so it is not only active ones. */
export function outstanding(now: string): string {
  return `(grants.confirmed < grants.revision AND ${lasting(now)})`;
}

function lasting(now: string): string {
  return `(grants.expires_at IS NULL OR grants.expires_at > ${now})`;
}
