/**
 * Seals texts that must be stored or handed out without being readable: upstream credentials, session ids.
 *
 * AES-256-GCM (NIST SP 800-38D) under keys derived from ROOT_KEY by HKDF-SHA-256 (RFC 5869), one for each purpose. The
 * purpose and the identity of the record are authenticated with it, so a sealed text moved to another record opens
 * nowhere. A key or a clear text must never reach a log or an error.
 */
import { hex } from "../grant/digest.ts";

/** `<8 hex key id>.<base64url(iv | ciphertext | tag)>`: the key id tells, after a rotation, which root key sealed it. */
const FORM = /^([0-9a-f]{8})\.([A-Za-z0-9_-]+)$/;
const IV_BYTES = 12;
const TAG_BYTES = 16;

/** Visible ASCII without white space. Throws when `rootKey` is not 64 hexadecimal digits. */
export async function seal(rootKey: string, purpose: string, identity: string, text: string): Promise<string> {
  const { id, key } = await keyFor(rootKey, purpose);
  const iv = crypto.getRandomValues(new Uint8Array(IV_BYTES));
  const sealed = await crypto.subtle.encrypt(algorithm(iv, purpose, identity), key, new TextEncoder().encode(text));
  return `${id}.${toBase64Url(iv, new Uint8Array(sealed))}`;
}

/** The text, or null for anything that this key did not seal for this purpose and identity. */
export async function unseal(
  rootKey: string,
  purpose: string,
  identity: string,
  sealed: string,
): Promise<string | null> {
  const { id, key } = await keyFor(rootKey, purpose);
  const [, sealedBy, payload = ""] = FORM.exec(sealed) ?? [];
  if (sealedBy !== id) return null;
  const bytes = fromBase64Url(payload);
  if (bytes === null || bytes.length < IV_BYTES + TAG_BYTES) return null;
  const iv = bytes.subarray(0, IV_BYTES);
  try {
    const text = await crypto.subtle.decrypt(algorithm(iv, purpose, identity), key, bytes.subarray(IV_BYTES));
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(text);
  } catch {
    return null;
  }
}

function algorithm(iv: Uint8Array<ArrayBuffer>, purpose: string, identity: string) {
  return { name: "AES-GCM", iv, additionalData: new TextEncoder().encode(`${purpose}\0${identity}`) };
}

type PurposeKey = Awaited<ReturnType<typeof derive>>;

/** Keys once derived, for the isolate. Purposes are few and fixed; a rotated root key begins a new set. */
let derived: { readonly rootKey: string; readonly keys: Map<string, PurposeKey> } | null = null;

async function keyFor(rootKey: string, purpose: string): Promise<PurposeKey> {
  if (derived?.rootKey !== rootKey) derived = { rootKey, keys: new Map() };
  const { keys } = derived;
  // The value is kept and never the promise: a promise belongs to the request that made it.
  const known = keys.get(purpose);
  if (known !== undefined) return known;
  const fresh = await derive(rootKey, purpose);
  keys.set(purpose, fresh);
  return fresh;
}

async function derive(rootKey: string, purpose: string) {
  const root = await crypto.subtle.importKey("raw", rootBytes(rootKey), "HKDF", false, ["deriveBits", "deriveKey"]);
  const aes = { name: "AES-GCM", length: 256 };
  const key = await crypto.subtle.deriveKey(hkdf(`seal\0${purpose}`), root, aes, false, ["encrypt", "decrypt"]);
  const id = hex(new Uint8Array(await crypto.subtle.deriveBits(hkdf("key id"), root, 32)));
  return { id, key };
}

/** The root key is uniformly random, so HKDF needs no salt (RFC 5869, section 3.1). */
function hkdf(info: string) {
  return {
    name: "HKDF",
    hash: "SHA-256",
    salt: new Uint8Array(),
    info: new TextEncoder().encode(`grantgate\0${info}`),
  };
}

function rootBytes(rootKey: string): Uint8Array<ArrayBuffer> {
  if (!/^[0-9a-fA-F]{64}$/.test(rootKey)) {
    throw new Error("ROOT_KEY must be 32 bytes written as 64 hexadecimal digits");
  }
  return Uint8Array.from(rootKey.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

function toBase64Url(...parts: readonly Uint8Array[]): string {
  let binary = "";
  for (const part of parts) for (const byte of part) binary += String.fromCharCode(byte);
  return btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

function fromBase64Url(text: string): Uint8Array<ArrayBuffer> | null {
  try {
    return Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (char) => char.charCodeAt(0));
  } catch {
    return null;
  }
}
