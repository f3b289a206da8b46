/**
 * `/readyz`: 200 when the gateway can decide calls, 503 and what to do when it can't. An answer is kept for a while, and
 * whoever asks meanwhile gets it, so that nobody can load the registry by asking.
 */
import type { Env } from "../env.ts";
import { type Readiness, readiness } from "./ready.ts";

const KEPT_MS = 5_000;
/** How often another request's looking is looked in on, in ms. */
const LOOK_MS = 50;

/** Plain data only: what one request waits for, no other can. */
const last: { found: Readiness | null; at: number; since: number } = { found: null, at: 0, since: 0 };

export async function readyz(env: Env): Promise<Response> {
  const found = await lately(env);
  const status = found.status === "ready" ? 200 : 503;
  return Response.json(found, { status, headers: { "cache-control": "no-store" } });
}

async function lately(env: Env): Promise<Readiness> {
  for (;;) {
    if (last.found !== null && Date.now() - last.at <= KEPT_MS) return last.found;
    if (Date.now() - last.since > KEPT_MS) {
      last.since = Date.now();
      last.found = await readiness(env);
      last.at = Date.now();
      last.since = 0;
      return last.found;
    }
    await scheduler.wait(LOOK_MS);
  }
}
