/**
 * Who asks: the grant that the bearer token was issued for. Whether the grant still stands, and for which server, is
 * the ledger's to say; the token is never kept, logged or passed on.
 */
import { findGrant } from "../grant/find.ts";
import type { SessionOwner } from "../upstream/session.ts";
import type { Way } from "./way.ts";

/** Whom the token names, and the token by its SHA-256. */
export type Bearer = SessionOwner & { readonly token: string };

const BEARER = /^Bearer +([!-~]+)$/i;

/** Null where no token is given, or one that was never issued. */
export async function admit({ request, env, slug }: Way): Promise<Bearer | null> {
  const token = BEARER.exec(request.headers.get("authorization") ?? "")?.[1];
  if (token === undefined) return null;
  const found = await findGrant(env, token);
  return found === null ? null : { ...found, server: slug };
}
