/**
 * From a token to the grant it proves.
 *
 * KV holds `token:<SHA-256>` → grant id, written once and never changed, so a positive answer may be kept for as long
 * as the isolate lives. Whether the grant still counts is the ledger's to say. Negative answers are never kept here, and
 * a malformed token never costs a look-up.
 */
import type { Env } from "../env.ts";
import { Kept } from "./kept.ts";
import { hashToken, isWellFormed } from "./token.ts";

/** The KV key of a token's hash. */
export function tokenKey(hash: string): string {
  return `token:${hash}`;
}

const GRANT_ID = /^grt_[0-9A-Za-z]+$/;

/** At some 150 bytes an entry this is 3 MB. */
const known = new Kept<string, string>(20_000);

/** What a token leads to: a grant by its id, and the token by the SHA-256 that the grant's ledger knows it by. */
export type Found = { readonly grant: string; readonly token: string };

/** The grant that the token was issued for, or null for a token that was never issued. */
export async function findGrant(env: Pick<Env, "GRANTGATE_KV">, token: string): Promise<Found | null> {
  if (!isWellFormed(token)) return null;
  const hash = await hashToken(token);
  const kept = known.get(hash);
  if (kept !== undefined) return { grant: kept, token: hash };
  const grant = await env.GRANTGATE_KV.get(tokenKey(hash));
  // What is no grant proves none, and is not kept: it may be the store that errs.
  return grant === null || !GRANT_ID.test(grant) ? null : { grant: known.set(hash, grant), token: hash };
}
