/**
 * From a token to the grant it proves.
 *
 * KV holds `token:<SHA-256>` → grant id, written once and never changed, so a positive answer may be kept for as long
 * as the isolate lives. Whether the grant still counts is the ledger's to say. Negative answers are never kept here, and
 * a malformed token never costs a look-up.
 */
import type { Env } from "../env.ts";
import { hashToken, isWellFormed } from "./token.ts";

/** The KV key of a token's hash. */
export function tokenKey(hash: string): string {
  return `token:${hash}`;
}

/** Bounds memory when one isolate serves very many grants; at some 150 bytes an entry this is less than 1 MB. */
const MOST_KEPT = 5_000;
const kept = new Map<string, string>();

/** The id of the grant that the token was issued for, or null for a token that was never issued. */
export async function findGrantId(env: Pick<Env, "GRANTGATE_KV">, token: string): Promise<string | null> {
  if (!isWellFormed(token)) return null;
  const hash = await hashToken(token);
  const known = kept.get(hash);
  if (known !== undefined) return known;
  const id = await env.GRANTGATE_KV.get(tokenKey(hash));
  if (id !== null) keep(hash, id);
  return id;
}

function keep(hash: string, id: string): void {
  const oldest = kept.keys().next();
  if (kept.size >= MOST_KEPT && !oldest.done) kept.delete(oldest.value);
  kept.set(hash, id);
}
