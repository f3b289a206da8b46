/**
 * What an operator says about a server: the fields of `server.json`.
 *
 * The address and the credential of an upstream come from here and never from a request. Secrets are named
 * (`${secret:NAME}`), so a file may be shown.
 */
import * as z from "zod/mini";
import { Credential, namesIn, Printable, Url } from "./credential-file.ts";

/** Names a server in URLs and files. */
export const SLUG = /^[a-z0-9][a-z0-9-]{0,62}$/;

const Surface = z.array(z.enum(["tools", "resources", "prompts"])).check(
  z.minLength(1),
  z.refine((items) => new Set(items).size === items.length, "names something twice"),
);

/** The fields of `server.json`. `$schema` is for editors and not kept. */
export const ServerFile = z.strictObject({
  $schema: z.optional(z.string()),
  name: z.string().check(z.minLength(1), z.maxLength(200)),
  description: z.optional(z.string().check(z.maxLength(2_000))),
  url: Url,
  credential: z.optional(Credential),
  era: z._default(z.enum(["auto", "legacy", "modern"]), "auto"),
  surface: z._default(Surface, ["tools", "resources", "prompts"]),
  drift: z._default(z.enum(["hold", "warn", "allow"]), "hold"),
});
export type ServerFile = z.infer<typeof ServerFile>;

/** The value of a secret: it becomes part of a header, or of a request for a token. */
export const SecretValue = Printable;

/** Names of the secrets that the credential needs, each once, in order. */
export function secretNames({ credential }: Pick<ServerFile, "credential">): string[] {
  const { headers = {}, oauth } = credential ?? {};
  const texts = [...Object.values(headers), oauth?.clientId ?? "", oauth?.clientSecret ?? ""];
  return [...new Set(texts.flatMap(namesIn))].sort();
}
