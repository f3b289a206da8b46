/** Sealed texts as they are stored: under a version that is the SHA-256 of the sealed text, and so new each time. */
import { sha256 } from "../grant/digest.ts";
import type { RootKey } from "./root-key.ts";
import { seal, unseal } from "./seal.ts";

export type Sealed = { readonly version: string; readonly sealed: string };

export async function sealVersion(root: RootKey, purpose: string, identity: string, text: string): Promise<Sealed> {
  const sealed = await seal(root, purpose, identity, text);
  return { version: await sha256(sealed), sealed };
}

/** The same text under the present key; null when no key of the ring opens it. */
export async function resealVersion(
  root: RootKey,
  purpose: string,
  identity: string,
  sealed: string,
): Promise<Sealed | null> {
  const text = await unseal(root, purpose, identity, sealed);
  return text === null ? null : sealVersion(root, purpose, identity, text);
}
