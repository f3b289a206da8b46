/**
 * Event ids of a legacy session's streams as clients see them: sealed, bound to the session.
 *
 * By an event id a client resumes a stream (specification 2025-11-25, "Resumability and Redelivery"), and there are servers
 * that keep the events of all sessions together and replay them to whoever names one.
 */
import type { RootKey } from "./root-key.ts";
import { seal, unseal } from "./seal.ts";
import type { SessionOwner } from "./session.ts";

const PURPOSE = "mcp-event";

export type SessionOf = SessionOwner & {
  /** The upstream's own session id. */
  readonly session: string;
};

/** The id a client gets for the upstream's event id. */
export function sealEventId(root: RootKey, of: SessionOf, upstreamId: string): Promise<string> {
  return seal(root, PURPOSE, identity(of), upstreamId);
}

/** The upstream's event id, or null for an id that no stream of this session had. */
export function openEventId(root: RootKey, of: SessionOf, clientId: string): Promise<string | null> {
  return unseal(root, PURPOSE, identity(of), clientId);
}

function identity({ server, grant, session }: SessionOf): string {
  return `${server}\0${grant}\0${session}`;
}
