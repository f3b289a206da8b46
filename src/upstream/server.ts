/**
 * A server as the gateway keeps it: sealed, under the SHA-256 of the sealed text. A `ServerRecord` holds the values of
 * its secrets and must never leave the gateway.
 */
import * as z from "zod";
import { sha256 } from "../grant/digest.ts";
import { seal, unseal } from "./seal.ts";
import { SECRET, SecretValue, ServerFile, SLUG } from "./server-file.ts";

const ServerRecord = ServerFile.omit({ $schema: true, drift: true }).extend({
  slug: z.string().regex(SLUG),
  secrets: z.record(z.string(), SecretValue),
});
export type ServerRecord = z.infer<typeof ServerRecord>;

/** The credential's headers with their secrets filled in. A secret that is missing is an error: nothing goes without. */
export function credentialHeaders({ credential, secrets }: ServerRecord): Record<string, string> {
  const fill = (_: string, name: string): string => {
    const value = Object.hasOwn(secrets, name) ? secrets[name] : undefined;
    if (value === undefined) throw new Error(`the secret ${name} is not set for this server`);
    return value;
  };
  const headers = Object.entries(credential?.headers ?? {});
  return Object.fromEntries(headers.map(([name, value]) => [name, value.replace(SECRET, fill)]));
}

const PURPOSE = "server";

/** Each sealing has another version, even of the same record: the sealed text is new each time. */
export async function sealServer(rootKey: string, record: ServerRecord): Promise<{ version: string; sealed: string }> {
  const sealed = await seal(rootKey, PURPOSE, record.slug, JSON.stringify(record));
  return { version: await sha256(sealed), sealed };
}

/** Null for a text that this key did not seal for the server of that slug. */
export async function unsealServer(rootKey: string, slug: string, sealed: string): Promise<ServerRecord | null> {
  const text = await unseal(rootKey, PURPOSE, slug, sealed);
  return text === null ? null : (ServerRecord.safeParse(JSON.parse(text)).data ?? null);
}
