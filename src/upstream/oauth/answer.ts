/**
 * What a token endpoint answered: a token, or a sentence that says why there is none. Pure. Nothing of the answer is
 * repeated but an error code out of a fixed list: the rest may hold secrets.
 */
import * as z from "zod/mini";
import type { Granted } from "./token.ts";

/** A life that is not told (RFC 6749, section 5.1, leaves it to the documentation), in seconds. */
const UNTOLD_LIFE = 300;

/** RFC 6749, section 5.2, and RFC 8707, section 2. */
const ERRORS = new Set([
  "invalid_request",
  "invalid_client",
  "invalid_grant",
  "unauthorized_client",
  "unsupported_grant_type",
  "invalid_scope",
  "invalid_target",
]);

/** Some endpoints write the number as a string. */
const Life = z.pipe(
  z.transform((told) => (typeof told === "string" && /^\d{1,10}$/.test(told) ? Number(told) : told)),
  z.number().check(z.positive()),
);

const Answer = z.object({
  access_token: z.string().check(z.regex(/^[!-~]{1,16384}$/)),
  token_type: z.string().check(z.regex(/^bearer$/i)),
  expires_in: z._default(Life, UNTOLD_LIFE),
});

export function readTokenAnswer(status: number, text: string): Granted | string {
  const document = parsed(text);
  if (status === 429 || status >= 500) return `answered with HTTP ${status}`;
  if (status !== 200) return `refused the gateway (HTTP ${status}${named(document)}); an operator must mend it`;
  const answer = Answer.safeParse(document);
  if (answer.success) return { value: answer.data.access_token, life: answer.data.expires_in };
  const fields = answer.error.issues.map(({ path }) => path[0]).filter((field) => field !== undefined);
  const what = fields.length === 0 ? "it is no JSON object" : `${[...new Set(fields)].join(", ")} can't be used`;
  return `gave no token that can be used: ${what}`;
}

function named(document: unknown): string {
  const error = z.object({ error: z.string() }).safeParse(document).data?.error;
  return error !== undefined && ERRORS.has(error) ? `, ${error}` : "";
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
