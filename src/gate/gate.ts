/**
 * The way of one call: admit, read, decide, take, forward, settle, answer.
 *
 * Nothing reaches a server but by this function, and every doubt on the way is a denial that explains itself.
 */
import type { Env } from "../env.ts";
import type { Refusal } from "../mcp/refusal.ts";
import { forward } from "../upstream/forward.ts";
import { admit } from "./admit.ts";
import { answer } from "./answer.ts";
import { setOff } from "./course.ts";
import { failedClosed } from "./fail.ts";
import { isAllowedOrigin, preflight, withCors } from "./origin.ts";
import { parcelOf } from "./parcel.ts";
import { type Incoming, readIncoming } from "./read.ts";
import { forbiddenOrigin, methodNotAllowed, respond, unauthorized } from "./reply.ts";
import { newRequestId } from "./request-id.ts";
import { settingsOf } from "./settings.ts";
import { standingOf } from "./standing.ts";
import type { Way } from "./way.ts";

const VERBS = new Set(["POST", "GET", "DELETE"]);

/** Answers whatever a client sends to `/mcp/<slug>`. */
export async function gate(request: Request, env: Env, ctx: ExecutionContext, slug: string): Promise<Response> {
  const settings = settingsOf(env);
  if (!isAllowedOrigin(request, settings.allowedOrigins)) return forbiddenOrigin();
  if (request.method === "OPTIONS") return withCors(request, preflight(request));
  if (!VERBS.has(request.method)) return withCors(request, methodNotAllowed());
  return withCors(request, await pass({ request, env, ctx, slug, settings, requestId: newRequestId() }));
}

async function pass(way: Way): Promise<Response> {
  let incoming: Incoming | Refusal | null = null;
  try {
    const owner = await admit(way);
    if (owner === null) return unauthorized();
    incoming = await readIncoming(way, owner);
    const standing = await standingOf(way, owner, incoming);
    if (standing.kind === "unauthorized") return unauthorized();
    if (standing.kind === "answered") return respond(standing.reply);
    const { server } = standing.contents;
    const parcel = parcelOf(standing.incoming, server.surface);
    const course = setOff(way, standing, parcel);
    const arriving = forward(server, parcel, way.request.headers, course);
    return await answer(arriving, parcel, course);
  } catch (error) {
    return failedClosed(error, incoming, way.requestId);
  }
}
