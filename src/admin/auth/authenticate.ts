/**
 * Who asks: whoever holds ADMIN_TOKEN, an operator with a token of their own, or one whom Cloudflare Access vouches for.
 * Anything else is counted against the address that it came from. No token must ever be kept, logged or repeated.
 */
import * as z from "zod/mini";
import type { Env } from "../../env.ts";
import { hashToken, isWellFormed, OPERATOR_TOKEN } from "../../grant/token.ts";
import { problem } from "../problem.ts";
import { identityOf, isOwnRequest, operatorOf } from "./access.ts";
import { doorOf } from "./doorkeeper.ts";
import { ADMIN_TOKEN_HOLDER, type Operator, ROLES } from "./operator.ts";

const SHORTEST = 16;
const READING = new Set(["GET", "HEAD"]);

/** The operator, or the answer to whoever is none. */
export async function authenticate(request: Request, env: Env, ctx: ExecutionContext): Promise<Operator | Response> {
  const header = request.headers.get("authorization");
  if (header === null) {
    // Whom Access vouches for guesses nothing: the door that others shut is not theirs.
    const identity = await identityOf(ctx);
    if (identity === "untold") return untold();
    if (identity !== null) return vouchedFor(request, await operatorOf(env.GRANTGATE_DB, identity));
  }
  const token = /^Bearer +(.+)$/i.exec(header ?? "")?.[1];
  const operator = token === undefined ? null : await holderOf(token, env);
  // The door is asked last, so that of many guesses at the same moment no more are heard than of as many in a row.
  const door = env.DOORKEEPER.getByName(doorOf(request));
  const isGuess = token !== undefined && operator === null;
  const shut = isGuess ? await door.failed() : await door.shutFor();
  if (shut > 0) return tooMany(shut);
  if (operator !== null) return operator;
  return problem(401, "Send `Authorization: Bearer <token>` with this gateway's ADMIN_TOKEN or an operator's token.", {
    headers: { "www-authenticate": 'Bearer realm="grantgate"' },
  });
}

function untold(): Response {
  return problem(503, "Cloudflare Access could not say who you are; repeat the request, or send a token.", {
    headers: { "retry-after": "5" },
  });
}

function vouchedFor(request: Request, operator: Operator | null): Operator | Response {
  if (operator === null) {
    return problem(
      403,
      "Cloudflare Access knows you, but no operator of this gateway has your e-mail address or group.",
    );
  }
  if (READING.has(request.method) || isOwnRequest(request)) return operator;
  return problem(403, "Another site sent this request; a change must come from this gateway's own address.");
}

const Row = z.object({ id: z.string(), name: z.string(), role: z.enum(ROLES) });

async function holderOf(token: string, env: Env): Promise<Operator | Response | null> {
  if (isWellFormed(token, OPERATOR_TOKEN)) {
    const row = await env.GRANTGATE_DB.prepare(
      "SELECT id, name, role FROM operators WHERE token_hash = ?1 AND revoked_at IS NULL",
    )
      .bind(await hashToken(token))
      .first();
    return row === null ? null : z.parse(Row, row);
  }
  const expected = env.ADMIN_TOKEN;
  if (expected === undefined || expected.length < SHORTEST) {
    return problem(
      503,
      `The secret ADMIN_TOKEN is not set, or shorter than ${SHORTEST} characters; set it with \`wrangler secret put ADMIN_TOKEN\`.`,
    );
  }
  return (await same(token, expected)) ? ADMIN_TOKEN_HOLDER : null;
}

function tooMany(seconds: number): Response {
  return problem(429, `Too many failed attempts came from this address; try again in ${seconds} seconds.`, {
    headers: { "retry-after": String(seconds) },
  });
}

/** Digests have one length, and comparing them takes one time: neither tells anything about the token. */
async function same(a: string, b: string): Promise<boolean> {
  const [left, right] = await Promise.all([digest(a), digest(b)]);
  return crypto.subtle.timingSafeEqual(left, right);
}

function digest(text: string): Promise<ArrayBuffer> {
  return crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
}
