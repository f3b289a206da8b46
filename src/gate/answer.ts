/**
 * From what the upstream gave to what the client gets: one JSON answer, or a stream. A call that is slow to be answered
 * becomes a stream of its own, so that neither side takes silence for an end.
 */
import { type Request as Call, encodeMessage } from "../mcp/message.ts";
import { isHandshake } from "../mcp/methods.ts";
import { sessionGone } from "../mcp/refusal.ts";
import { messageFrame } from "../mcp/sse.ts";
import { type Answered, type Echoed, readAnswer, type Streaming } from "../upstream/answer.ts";
import { within } from "../upstream/body.ts";
import { type Failure, failure } from "../upstream/failure.ts";
import { gather } from "../upstream/gather.ts";
import type { Parcel } from "../upstream/headers.ts";
import { isSessionId } from "../upstream/session.ts";
import type { Course } from "./course.ts";
import { edited } from "./edit.ts";
import { type Exchange, endingOf, failedReply } from "./exchange.ts";
import { liveStream } from "./live.ts";
import { answerPassing } from "./passing.ts";
import { relay } from "./relay.ts";
import { type EchoReply, type LocalReply, refusalReply, respond, streamResponse } from "./reply.ts";

type Gone = { readonly kind: "session gone" };
type Arrived = Answered | Echoed | Streaming | Failure | Gone;

/** The exchange of one call, whose answer is owed. */
type CallExchange = Exchange & { readonly request: Call };

export async function answer(arriving: Promise<Response | Failure>, parcel: Parcel, course: Course): Promise<Response> {
  const { request } = course.exchange;
  if (request === null) return answerPassing(await arriving, parcel, course);
  const exchange = { ...course.exchange, request };
  const arrived = arriving.then((first) => arrivedAs(first, exchange, parcel));
  const waits = course.takesStream && !isHandshake(request.method);
  const now = waits ? await within(arrived, course.pulse.seconds * 1000) : await arrived;
  if (now === "late") return streamed(lateFrames(arrived, exchange), exchange, course);
  // Nothing more is wanted of a server that failed, though it may still be at work.
  if (now.kind === "failed") course.abort.abort();
  const response =
    now.kind === "streaming"
      ? streamed(relay(now.body, exchange), exchange, course)
      : respond(await replyOf(now, exchange));
  if (request.method !== "initialize" || !("session" in now) || now.session === null) return response;
  if (!isSessionId(now.session)) return response;
  // A session id is given with the answer to initialize only (specification 2025-11-25, "Session Management").
  response.headers.set("mcp-session-id", await course.seal(now.session));
  return response;
}

async function arrivedAs(first: Response | Failure, exchange: CallExchange, parcel: Parcel): Promise<Arrived> {
  if (!(first instanceof Response)) return first;
  exchange.came.status = first.status;
  if (first.status === 404 && parcel.session !== null) {
    await first.body?.cancel().catch(() => undefined);
    return { kind: "session gone" };
  }
  const { request, bounds } = exchange;
  const answer = await readAnswer(first, request.id, bounds, exchange.recall?.body);
  return answer.kind === "streaming" && isHandshake(request.method) ? gather(answer, request.id, bounds) : answer;
}

async function replyOf(arrived: Exclude<Arrived, Streaming>, exchange: CallExchange): Promise<LocalReply | EchoReply> {
  const { request, era, requestId, inSession, view, ended } = exchange;
  switch (arrived.kind) {
    case "session gone":
      ended({ status: 404, giveBack: true });
      return refusalReply(sessionGone(request.id));
    case "failed":
      ended({ status: arrived.status, giveBack: arrived.unsent ?? false, failed: arrived.reason });
      return failedReply(request, era, requestId, arrived);
    case "echoed":
      ended({ status: 200, giveBack: false, bytes: arrived.bytes });
      return { status: 200, body: arrived.body };
    case "answered": {
      ended({ ...endingOf(arrived.status, arrived.outcome, inSession), bytes: arrived.bytes });
      const { outcome, revision } = await edited(arrived.outcome, request.method, view);
      const body = encodeMessage({ kind: "response", id: request.id, outcome });
      if (arrived.text !== undefined) exchange.recall?.keep("body", arrived.text, body, revision);
      return { status: arrived.status, body };
    }
  }
}

async function* lateFrames(
  arriving: Promise<Arrived>,
  exchange: CallExchange,
): AsyncGenerator<string | Uint8Array, void> {
  const arrived = await arriving;
  if (arrived.kind === "streaming") yield* relay(arrived.body, exchange);
  else {
    const { body } = await replyOf(arrived, exchange);
    yield messageFrame(body instanceof Uint8Array ? new TextDecoder().decode(body) : (body ?? ""));
  }
}

function streamed(source: AsyncGenerator<string | Uint8Array, void>, exchange: CallExchange, course: Course): Response {
  const { request, era, requestId } = exchange;
  const withheld = failure(
    "The grant was revoked while the call ran, or could not be checked; the answer is withheld.",
  );
  const farewell = messageFrame(failedReply(request, era, requestId, withheld).body ?? "");
  return streamResponse(liveStream(source, { ...course.pulse, farewell }));
}
