/**
 * Links of the chain that a grant's audit trail is: every link is hashed together with the hash before it, so that none
 * can be taken out, changed, moved or put in without all that follow giving it away.
 */
import type { Link } from "./record.ts";

/** A place in a chain: the number of a link, and its hash in hex. */
export type Place = { readonly link: number; readonly hash: string };

/** Before the first link. */
export const BEGINNING: Place = { link: 0, hash: "0".repeat(64) };

/** A link with its hash. */
export type Hashed = Link & { readonly hash: string };

/** SHA-256 in hex over the hash before, the link's number, its grant, its call, its kind and its text, line by line. */
export async function linkHash(before: string, grant: string, { link, seq, kind, text }: Link): Promise<string> {
  const bytes = new TextEncoder().encode(`${before}\n${link}\n${grant}\n${seq}\n${kind}\n${text}`);
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Links that follow `before`, with their hashes. */
export async function hashed(before: Place, grant: string, links: readonly Link[]): Promise<Hashed[]> {
  let { hash } = before;
  const chain: Hashed[] = [];
  for (const link of links) {
    hash = await linkHash(hash, grant, link);
    chain.push({ ...link, hash });
  }
  return chain;
}
