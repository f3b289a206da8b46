/**
 * Who asks: the grant that the bearer token was issued for. Whether the grant still stands, and for which server, is
 * the ledger's to say; the token is never kept, logged or passed on.
 */
import { findGrantId } from "../grant/find.ts";
import type { SessionOwner } from "../upstream/session.ts";
import type { Way } from "./way.ts";

const BEARER = /^Bearer +([!-~]+)$/i;

/** Null where no token is given, or one that was never issued. */
export async function admit({ request, env, slug }: Way): Promise<SessionOwner | null> {
  const token = BEARER.exec(request.headers.get("authorization") ?? "")?.[1];
  if (token === undefined) return null;
  const grant = await findGrantId(env, token);
  return grant === null ? null : { grant, server: slug };
}
