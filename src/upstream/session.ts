/**
 * Legacy session ids as clients see them: sealed, bound to grant and server.
 *
 * Any location can serve any session with nothing stored, and a session id is worth nothing under another grant
 * (specification 2025-11-25, "Security Best Practices", Session Hijacking).
 */
import type { RootKey } from "./root-key.ts";
import { seal, unseal } from "./seal.ts";

const PURPOSE = "mcp-session";

/** Session ids are visible ASCII (specification 2025-11-25, "Session Management"); the bound is ours. */
const SESSION_ID = /^[\x21-\x7e]{1,1024}$/;

export type SessionOwner = { readonly grant: string; readonly server: string };

export function isSessionId(id: string): boolean {
  return SESSION_ID.test(id);
}

/** The id a client gets for the upstream's session id. */
export function sealSession(root: RootKey, owner: SessionOwner, upstreamId: string): Promise<string> {
  return seal(root, PURPOSE, identity(owner), upstreamId);
}

/** The upstream's session id, or null for an id that was not sealed for this owner. */
export function openSession(root: RootKey, owner: SessionOwner, clientId: string): Promise<string | null> {
  return unseal(root, PURPOSE, identity(owner), clientId);
}

function identity(owner: SessionOwner): string {
  return `${owner.server}\0${owner.grant}`;
}
