/**
 * Who may use the admin API: whoever holds ADMIN_TOKEN. Without one, or with one that can be guessed, nobody may.
 */
import { createMiddleware } from "hono/factory";
import type { Env } from "../env.ts";
import { problem } from "./problem.ts";

const SHORTEST = 16;

export const requireAdmin = createMiddleware<{ Bindings: Env }>(async (context, next) => {
  const expected = context.env.ADMIN_TOKEN;
  if (expected === undefined || expected.length < SHORTEST) {
    return problem(
      503,
      `The secret ADMIN_TOKEN is not set, or shorter than ${SHORTEST} characters; set it with \`wrangler secret put ADMIN_TOKEN\`.`,
    );
  }
  const presented = /^Bearer +(.+)$/i.exec(context.req.header("authorization") ?? "")?.[1];
  if (presented === undefined || !(await same(presented, expected))) {
    return problem(401, "Send `Authorization: Bearer <ADMIN_TOKEN>` with this gateway's admin token.", {
      headers: { "www-authenticate": 'Bearer realm="grantgate"' },
    });
  }
  await next();
});

/** Digests have one length, and comparing them takes one time: neither tells anything about the token. */
async function same(a: string, b: string): Promise<boolean> {
  const [left, right] = await Promise.all([digest(a), digest(b)]);
  return crypto.subtle.timingSafeEqual(left, right);
}

function digest(text: string): Promise<ArrayBuffer> {
  return crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
}
