/**
 * Seals texts that must be stored or handed out without being readable: upstream credentials, session ids.
 *
 * AES-256-GCM (NIST SP 800-38D) under keys derived from ROOT_KEY by HKDF-SHA-256 (RFC 5869), one for each purpose. The
 * purpose and the identity of the record are authenticated with it, so a sealed text moved to another record opens
 * nowhere. A key or a clear text must never reach a log or an error.
 */
import { hex } from "../grant/digest.ts";
import { Kept } from "../grant/kept.ts";
import type { RootKey } from "./root-key.ts";

/** `<8 hex key id>.<base64url(iv | ciphertext | tag)>`: the key id tells, after a rotation, which root key sealed it. */
const FORM = /^([0-9a-f]{8})\.([A-Za-z0-9_-]+)$/;
const IV_BYTES = 12;
const TAG_BYTES = 16;

/** Visible ASCII without white space. Throws when a root key is not 64 hexadecimal digits. */
export async function seal(root: RootKey, purpose: string, identity: string, text: string): Promise<string> {
  const { id, key } = await keyFor(root.present, purpose);
  const iv = crypto.getRandomValues(new Uint8Array(IV_BYTES));
  const sealed = await crypto.subtle.encrypt(algorithm(iv, purpose, identity), key, new TextEncoder().encode(text));
  return `${id}.${toBase64Url(iv, new Uint8Array(sealed))}`;
}

/** The text, or null for anything that no key of the ring sealed for this purpose and identity. */
export async function unseal(
  { present, previous }: RootKey,
  purpose: string,
  identity: string,
  sealed: string,
): Promise<string | null> {
  const text = await openWith(present, purpose, identity, sealed);
  return text === null && previous !== null ? openWith(previous, purpose, identity, sealed) : text;
}

/** Id of the key that a text says it was sealed with; null for what is no sealed text. */
export function sealedBy(sealed: string): string | null {
  return FORM.exec(sealed)?.[1] ?? null;
}

/** Id of the key that texts are sealed with now. */
export async function presentKeyId({ present }: RootKey): Promise<string> {
  return (await keyFor(present, "")).id;
}

async function openWith(rootKey: string, purpose: string, identity: string, sealed: string): Promise<string | null> {
  const { id, key } = await keyFor(rootKey, purpose);
  const [, sealedWith, payload = ""] = FORM.exec(sealed) ?? [];
  if (sealedWith !== id) return null;
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

/** Keys once derived, for the isolate. Purposes are few and fixed, and a ring has two keys at most. */
const derived = new Kept<string, PurposeKey>(50);

async function keyFor(rootKey: string, purpose: string): Promise<PurposeKey> {
  const name = `${rootKey} ${purpose}`;
  // The value is kept and never the promise: a promise belongs to the request that made it.
  return derived.get(name) ?? derived.set(name, await derive(rootKey, purpose));
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
