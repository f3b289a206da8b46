/**
 * What an operator says about a server: the fields of `server.json`.
 *
 * The address and the credential of an upstream come from here and never from a request. Secrets are named
 * (`${secret:NAME}`), so a file may be shown.
 */
import * as z from "zod";

/** Names a server in URLs and files. */
export const SLUG = /^[a-z0-9][a-z0-9-]{0,62}$/;

/** A named secret; the first group is its name. */
export const SECRET = /\$\{secret:([A-Za-z_][A-Za-z0-9_]*)\}/g;

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

/** Names of the secrets that the credential needs, each once, in order. */
export function secretNames({ credential }: Pick<ServerFile, "credential">): string[] {
  return [...new Set(Object.values(credential?.headers ?? {}).flatMap(namesIn))].sort();
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
