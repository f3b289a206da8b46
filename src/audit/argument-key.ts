/**
 * The key that arguments are digested with where a policy says `hash`: derived from ROOT_KEY by HKDF-SHA-256 (RFC 5869),
 * so that a value of which there are few can't be found by trying. The grant goes into every digest: what one grant sent
 * can't be compared with what another did.
 */
import { hex } from "../grant/digest.ts";
import type { Digest } from "./arguments.ts";

const DIGITS = 32;

/** What the platform calls a CryptoKey, here and in Node. */
type Key = Awaited<ReturnType<typeof crypto.subtle.deriveKey>>;

/** `rootKey` is 64 hexadecimal digits. Digests under another root key are others. */
export async function argumentDigest(rootKey: string, grant: string): Promise<Digest> {
  const key = await keyFor(rootKey);
  return async (text) => {
    const bytes = new TextEncoder().encode(`${grant}\0${text}`);
    return hex(new Uint8Array(await crypto.subtle.sign("HMAC", key, bytes))).slice(0, DIGITS);
  };
}

/** The key once derived, for the isolate: the value and never its promise, which belongs to the request that made it. */
let derived: { readonly rootKey: string; readonly key: Key } | null = null;

async function keyFor(rootKey: string): Promise<Key> {
  if (derived?.rootKey === rootKey) return derived.key;
  const root = Uint8Array.from(rootKey.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
  const secret = await crypto.subtle.importKey("raw", root, "HKDF", false, ["deriveKey"]);
  const info = new TextEncoder().encode("grantgate\0audit arguments");
  const hkdf = { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(), info };
  const hmac = { name: "HMAC", hash: "SHA-256", length: 256 };
  const key = await crypto.subtle.deriveKey(hkdf, secret, hmac, false, ["sign"]);
  derived = { rootKey, key };
  return key;
}
