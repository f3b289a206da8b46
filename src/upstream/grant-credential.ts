/**
 * The credential of one grant, in place of its server's: sealed for that grant only, under the SHA-256 of the sealed
 * text. It holds the values of its secrets and must never leave the gateway.
 */
import * as z from "zod/mini";
import { Credential } from "./credential-file.ts";
import type { RootKey } from "./root-key.ts";
import { unseal } from "./seal.ts";
import { resealVersion, type Sealed, sealVersion } from "./sealed.ts";
import { SecretValue } from "./server-file.ts";

const GrantCredential = z.object({ credential: Credential, secrets: z.record(z.string(), SecretValue) });
export type GrantCredential = z.infer<typeof GrantCredential>;

const PURPOSE = "credential";

export function sealCredential(root: RootKey, grantId: string, credential: GrantCredential): Promise<Sealed> {
  return sealVersion(root, PURPOSE, grantId, JSON.stringify(credential));
}

/** Null for a text that no key of the ring sealed for this grant. */
export async function unsealCredential(
  root: RootKey,
  grantId: string,
  sealed: string,
): Promise<GrantCredential | null> {
  const text = await unseal(root, PURPOSE, grantId, sealed);
  return text === null ? null : (GrantCredential.safeParse(JSON.parse(text)).data ?? null);
}

/** The same credential under the present key; null when no key of the ring opens it. */
export function resealCredential(root: RootKey, grantId: string, sealed: string): Promise<Sealed | null> {
  return resealVersion(root, PURPOSE, grantId, sealed);
}
