/**
 * What an operator says about a server, and how it is kept: sealed, under the SHA-256 of the sealed text.
 *
 * The address and the credential of an upstream come from here and never from a request. A `ServerFile` names its
 * secrets (`${secret:NAME}`) and may be shown; a `ServerRecord` holds their values and must never leave the gateway.
 */
import * as z from "zod";
import { sha256 } from "../grant/digest.ts";
import { seal, unseal } from "./seal.ts";

/** Names a server in URLs and files. */
export const SLUG = /^[a-z0-9][a-z0-9-]{0,62}$/;

const SECRET = /\$\{secret:([A-Za-z_][A-Za-z0-9_]*)\}/g;

/** RFC 9110, section 5.1. */
const HEADER_NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,128}$/;

/** RFC 9110, section 5.5, without obsolete bytes: visible ASCII, with spaces and tabs only inside. */
const HEADER_VALUE = /^[!-~](?:[\t -~]*[!-~])?$/;

/** Connection headers (RFC 9110, section 7.6.1) and those that the gateway writes itself. */
const RESERVED_HEADER =
  /^(?:connection|keep-alive|te|trailer|transfer-encoding|upgrade|proxy-.*|expect|host|content-.*|mcp-.*|accept|accept-encoding|last-event-id)$/i;

/** What these carry is a secret by its nature, and what stands in a file can be read by whoever reads the file. */
const SECRET_HEADER = /^(?:authorization|cookie|x-api-key)$/i;

/** The value of a secret: it becomes part of a header, so it is what a header can hold. */
export const SecretValue = z
  .string()
  .max(8_192)
  .regex(HEADER_VALUE, "must be printable ASCII, without a space or a line break before or behind it");

const HeaderName = z
  .string()
  .regex(HEADER_NAME, "is no legal header name")
  .refine((name) => !RESERVED_HEADER.test(name), "is a header that the gateway sets itself");

const HeaderValue = z
  .string()
  .max(8_192)
  .regex(HEADER_VALUE, "must be printable ASCII, without a space or a line break before or behind it")
  .refine((value) => !/\$\{/.test(value.replace(SECRET, "")), `has a placeholder other than \${secret:NAME}`);

const Headers = z.record(HeaderName, HeaderValue).check(({ value, issues }) => {
  const seen = new Set<string>();
  for (const [name, text] of Object.entries(value)) {
    const issue = { code: "custom" as const, input: text, path: [name] };
    if (seen.has(name.toLowerCase())) issues.push({ ...issue, message: "names a header twice" });
    seen.add(name.toLowerCase());
    if (SECRET_HEADER.test(name) && namesIn(text).length === 0) {
      issues.push({ ...issue, message: `must name its secret as \${secret:NAME} and not hold it` });
    }
  }
});

const Credential = z.strictObject({
  headers: Headers,
  oauth: z.never("OAuth towards a server is not enforced yet; use headers").optional(),
});

const Url = z
  .string()
  .max(2_048)
  .check(({ value, issues }) => {
    const fault = urlFault(value);
    if (fault !== null) issues.push({ code: "custom", input: value, message: fault });
  });

const Surface = z
  .array(z.enum(["tools", "resources", "prompts"]))
  .min(1)
  .refine((items) => new Set(items).size === items.length, "names something twice");

/** The fields of `server.json`. `$schema` is for editors and not kept. */
export const ServerFile = z.strictObject({
  $schema: z.string().optional(),
  name: z.string().min(1).max(200),
  description: z.string().max(2_000).optional(),
  url: Url,
  credential: Credential.optional(),
  era: z.enum(["auto", "legacy", "modern"]).default("auto"),
  surface: Surface.default(["tools", "resources", "prompts"]),
  drift: z.never("drift is not enforced yet; remove it rather than rely on it").optional(),
});
export type ServerFile = z.infer<typeof ServerFile>;

const ServerRecord = ServerFile.omit({ $schema: true, drift: true }).extend({
  slug: z.string().regex(SLUG),
  secrets: z.record(z.string(), SecretValue),
});
export type ServerRecord = z.infer<typeof ServerRecord>;

/** Names of the secrets that the credential needs, each once, in order. */
export function secretNames({ credential }: Pick<ServerFile, "credential">): string[] {
  return [...new Set(Object.values(credential?.headers ?? {}).flatMap(namesIn))].sort();
}

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

function namesIn(text: string): string[] {
  return [...text.matchAll(SECRET)].map(([, name = ""]) => name);
}

/** Why the gateway would not call this URL, or null. Clear text may only be sent within the machine. */
function urlFault(text: string): string | null {
  if (!/^[!-~]+$/.test(text) || text.includes("${")) return "is no complete URL";
  const url = URL.parse(text);
  if (url === null) return "is no complete URL";
  if (url.username !== "" || url.password !== "") return "must not carry a user or a password; use credential.headers";
  if (text.includes("#")) return "must not carry a fragment";
  const loopback = /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(url.hostname);
  if (url.protocol === "https:" || (url.protocol === "http:" && loopback)) return null;
  return "must begin with https:// (http:// only for localhost)";
}
