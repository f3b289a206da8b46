/**
 * The way of one call: admit, read, decide, take, forward, settle, answer.
 *
 * Nothing reaches a server but by this function, and every doubt on the way is a denial that explains itself.
 */
import type { Env } from "../env.ts";
import { traceOfMessage, traceOfRequest } from "../observe/message-trace.ts";
import { note, spanHere, step } from "../observe/span.ts";
import { attributesOf } from "../observe/subject.ts";
import { traceparentOf } from "../observe/trace-context.ts";
import { forward } from "../upstream/forward.ts";
import { admit } from "./admit.ts";
import { answer } from "./answer.ts";
import { setOff } from "./course.ts";
import { failedClosed } from "./fail.ts";
import { isAllowedOrigin, preflight, withCors } from "./origin.ts";
import { parcelOf } from "./parcel.ts";
import { readIncoming } from "./read.ts";
import { forbiddenOrigin, methodNotAllowed, respond, unauthorized } from "./reply.ts";
import { ulid } from "./request-id.ts";
import { settingsOf } from "./settings.ts";
import { standingOf } from "./standing.ts";
import { measured } from "./tally.ts";
import { type Going, told, type Way } from "./way.ts";

const VERBS = new Set(["POST", "GET", "DELETE"]);

/** Answers whatever a client sends to `/mcp/<slug>`. */
export async function gate(request: Request, env: Env, ctx: ExecutionContext, slug: string): Promise<Response> {
  const settings = settingsOf(env);
  if (!isAllowedOrigin(request, settings.allowedOrigins)) return forbiddenOrigin();
  if (request.method === "OPTIONS") return withCors(request, preflight(request));
  if (!VERBS.has(request.method)) return withCors(request, methodNotAllowed());
  const arrivedAt = Date.now();
  const random = crypto.getRandomValues(new Uint8Array(40));
  const requestId = ulid(arrivedAt, random);
  const { traced, own } = spanHere(random.subarray(16));
  const trace = traceOfRequest(request.headers, own);
  const way: Way = { request, env, ctx, slug, settings, requestId, arrivedAt, trace, traced };
  return withCors(request, await pass({ way, owner: null, incoming: null }));
}

async function pass(going: Going): Promise<Response> {
  const response = await follow(going).catch((error: unknown) => failedClosed(error, going));
  // The answer to whoever may not call is one and the same for all.
  if (response === null) return unauthorized();
  response.headers.set("traceresponse", traceparentOf(going.way.trace));
  return response;
}

/** Null for whoever may not call. */
async function follow(going: Going): Promise<Response | null> {
  const owner = await step("admit", told(going.way), () => admit(going.way));
  if (owner === null) return null;
  going.owner = owner;
  const incoming = await step("read", told(going.way), () => readIncoming(going.way, owner));
  going.incoming = incoming;
  if (incoming.kind === "message") {
    going.way = { ...going.way, trace: traceOfMessage(incoming.message, going.way.trace) };
  }
  const { way } = going;
  const standing = await standingOf(way, owner, incoming);
  if (standing.kind === "unauthorized") return null;
  if (way.traced && standing.subject !== null) note({ ...told(way), ...attributesOf(standing.subject) });
  if (standing.kind === "answered") {
    measured(way, standing.subject, { answer: standing.reply.body });
    return respond(standing.reply);
  }
  const { server } = standing.contents;
  const parcel = parcelOf(standing.incoming, server.surface, way.trace);
  const course = setOff(way, standing, parcel);
  const arriving = step("forward", told(way), () => forward(server, parcel, way.request.headers, course));
  return await step("answer", told(way), () => answer(arriving, parcel, course));
}
