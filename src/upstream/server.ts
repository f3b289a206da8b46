/**
 * A server as the gateway keeps it: sealed, under the SHA-256 of the sealed text. A `ServerRecord` holds the values of
 * its secrets and must never leave the gateway.
 */
import * as z from "zod/mini";
import type { RootKey } from "./root-key.ts";
import { unseal } from "./seal.ts";
import { resealVersion, type Sealed, sealVersion } from "./sealed.ts";
import { SecretValue, ServerFile, SLUG } from "./server-file.ts";

const ServerRecord = z.extend(z.omit(ServerFile, { $schema: true }), {
  slug: z.string().check(z.regex(SLUG)),
  secrets: z.record(z.string(), SecretValue),
});
export type ServerRecord = z.infer<typeof ServerRecord>;

const PURPOSE = "server";

/** Each sealing has another version, even of the same record: the sealed text is new each time. */
export function sealServer(root: RootKey, record: ServerRecord): Promise<Sealed> {
  return sealVersion(root, PURPOSE, record.slug, JSON.stringify(record));
}

/** Null for a text that no key of the ring sealed for the server of that slug. */
export async function unsealServer(root: RootKey, slug: string, sealed: string): Promise<ServerRecord | null> {
  const text = await unseal(root, PURPOSE, slug, sealed);
  return text === null ? null : (ServerRecord.safeParse(JSON.parse(text)).data ?? null);
}

/** The same record under the present key; null when no key of the ring opens it. */
export function resealServer(root: RootKey, slug: string, sealed: string): Promise<Sealed | null> {
  return resealVersion(root, PURPOSE, slug, sealed);
}
