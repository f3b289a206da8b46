/** What it means, in SQL over table `grants`, that a grant still matters. `now` is the parameter with the time. */

/** It can be used now. */
export function active(now: string): string {
  return `(grants.status = 'active' AND ${lasting(now)})`;
}

/** Its ledger has not confirmed what the registry holds. Of whatever state: the state may be what it has to hear. */
export function outstanding(): string {
  return "grants.confirmed < grants.revision";
}

function lasting(now: string): string {
  return `(grants.expires_at IS NULL OR grants.expires_at > ${now})`;
}
