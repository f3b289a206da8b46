/**
 * What makes a counter one and the same: whom it counts for, its name, its window, and how that lies in time.
 *
 * `max` and the rest of the policy must never be part of it, so that editing them keeps the count. The text is stored:
 * its form must never change.
 */
import type { Demand } from "./demand.ts";

const SERVER_FIRST = '["server",';

/** `session` is the digest of the call's legacy session. Where there is none, what is of a session is of the grant. */
export function identityOf({ scope, counter, window, align }: Demand, session: string | null): string {
  if (scope !== "session") return JSON.stringify([scope, counter, window, align]);
  if (session === null) return JSON.stringify(["grant", counter, window, align]);
  return JSON.stringify(["session", counter, window, align, session]);
}

/** The digest of the session that the counter is of, if it is of one. */
export function sessionIn(identity: string): string | undefined {
  const session: unknown = JSON.parse(identity)[4];
  return typeof session === "string" ? session : undefined;
}

/** Whether the server's ledger keeps this counter, and not the grant's. */
export function isKeptByServer(identity: string): boolean {
  return identity.startsWith(SERVER_FIRST);
}
