/**
 * How the gateway proves itself to a server, as an operator writes it: headers, or OAuth client credentials. Secrets
 * are named (`${secret:NAME}`) and never written.
 */
import * as z from "zod/mini";
import { destinationFault } from "./destination.ts";

/** A named secret; the first group is its name. */
export const SECRET = /\$\{secret:([A-Za-z_][A-Za-z0-9_]*)\}/g;

/** Names of the secrets in a text, in order. */
export function namesIn(text: string): string[] {
  return [...text.matchAll(SECRET)].map(([, name = ""]) => name);
}

/** RFC 9110, section 5.1. */
const HEADER_NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,128}$/;

/** RFC 9110, section 5.5, without obsolete bytes: visible ASCII, with spaces and tabs only inside. */
const HEADER_VALUE = /^[!-~](?:[\t -~]*[!-~])?$/;

/** Connection headers (RFC 9110, section 7.6.1) and those that the gateway writes itself. */
const RESERVED_HEADER =
  /^(?:connection|keep-alive|te|trailer|transfer-encoding|upgrade|proxy-.*|expect|host|content-.*|mcp-.*|accept|accept-encoding|last-event-id)$/i;

/** What these carry is a secret by its nature, and what stands in a file can be read by whoever reads the file. */
const SECRET_HEADER = /^(?:authorization|cookie|x-api-key)$/i;

const UNNAMED = `must name its secret as \${secret:NAME} and not hold it`;

/** What a header can hold. */
export const Printable = z
  .string()
  .check(
    z.maxLength(8_192),
    z.regex(HEADER_VALUE, "must be printable ASCII, without a space or a line break before or behind it"),
  );

const WithSecrets = Printable.check(
  z.refine((value) => !value.replace(SECRET, "").includes("${"), `has a placeholder other than \${secret:NAME}`),
);

const Plain = Printable.check(
  z.refine((value) => !value.includes("${"), "has a placeholder, and none is filled in here"),
);

const HeaderName = z.string().check(
  z.regex(HEADER_NAME, "is no legal header name"),
  z.refine((name) => !RESERVED_HEADER.test(name), "is a header that the gateway sets itself"),
);

const Headers = z.record(HeaderName, WithSecrets).check(({ value, issues }) => {
  const seen = new Set<string>();
  for (const [name, text] of Object.entries(value)) {
    const issue = { code: "custom" as const, input: text, path: [name] };
    if (seen.has(name.toLowerCase())) issues.push({ ...issue, message: "names a header twice" });
    seen.add(name.toLowerCase());
    if (SECRET_HEADER.test(name) && namesIn(text).length === 0) issues.push({ ...issue, message: UNNAMED });
  }
});

/** Where a request may go, as far as a file can say: whose gateway it is for, and whether for development, it can't. */
const url = () =>
  z.string().check(z.maxLength(2_048), ({ value, issues }) => {
    const known = !value.includes("${");
    const fault = known ? destinationFault(value, { ownHost: null, allowLoopback: true }) : "is no complete URL";
    if (fault !== null) issues.push({ code: "custom", input: value, message: fault });
  });
export const Url = url();

/** RFC 8707, section 2: an absolute URI without a fragment. */
const Resource = Plain.check(
  z.maxLength(2_048),
  z.refine(
    (text) => /^[!-~]+$/.test(text) && URL.canParse(text) && !text.includes("#"),
    "must be an absolute URI without a fragment",
  ),
);

/** RFC 6749, section 3.3. */
const Scope = Plain.check(z.regex(/^[!#-[\]-~]+(?: [!#-[\]-~]+)*$/, "must be scopes with one space between them"));

/** OAuth 2.1 client credentials (RFC 6749, section 4.4). */
const OAuth = z.strictObject({
  tokenUrl: url(),
  clientId: WithSecrets.check(z.maxLength(1_024)),
  clientSecret: WithSecrets.check(z.refine((value) => namesIn(value).length > 0, UNNAMED)),
  scope: z.optional(Scope),
  resource: z.optional(Resource),
  audience: z.optional(Plain.check(z.maxLength(2_048))),
  /** How the client's id and secret are sent (RFC 6749, section 2.3.1). */
  authentication: z._default(z.enum(["basic", "post"]), "basic"),
});
export type OAuth = z.infer<typeof OAuth>;

export const Credential = z
  .strictObject({ headers: z.optional(Headers), oauth: z.optional(OAuth) })
  .check(({ value, issues }) => {
    const { headers, oauth } = value;
    if (headers === undefined && oauth === undefined) {
      issues.push({ code: "custom", input: value, message: "must have headers or oauth" });
    }
    const own = Object.keys(headers ?? {}).find((name) => name.toLowerCase() === "authorization");
    if (oauth === undefined || own === undefined) return;
    const message = "is the header that oauth sends; have one of them";
    issues.push({ code: "custom", input: value, path: ["headers", own], message });
  })
  .register(z.globalRegistry, { minProperties: 1 });
export type Credential = z.infer<typeof Credential>;
