/**
 * Answers to what is no call: notifications and answers of the client, and the stream and the end of a legacy session.
 * Of the upstream's answer only its meaning goes on.
 */
import { BAD_REQUEST, UPSTREAM_FAILED } from "../mcp/codes.ts";
import { isStreamType } from "../mcp/media.ts";
import { sessionGone } from "../mcp/refusal.ts";
import { errorReply } from "../mcp/reply.ts";
import { type Failure, failureOfStatus } from "../upstream/failure.ts";
import type { Parcel } from "../upstream/headers.ts";
import type { Course } from "./course.ts";
import { liveStream } from "./live.ts";
import { relay } from "./relay.ts";
import { methodNotAllowed, refusalReply, respond, streamResponse } from "./reply.ts";

/** Refusals by a server that a client knows how to take; others are failures of the server. */
const MEANT_FOR_CLIENTS = new Set([400, 406, 409]);

export async function answerPassing(first: Response | Failure, parcel: Parcel, course: Course): Promise<Response> {
  if (!(first instanceof Response)) return failed(first, course);
  const { status } = first;
  if (parcel.verb === "GET" && status === 200 && isStreamType(first.headers.get("content-type")) && first.body) {
    return streamResponse(liveStream(relay(first.body, course.exchange), { ...course.pulse, farewell: null }));
  }
  await first.body?.cancel().catch(() => undefined);
  if (status >= 200 && status < 300 && parcel.verb !== "GET") {
    return respond({ status: parcel.verb === "POST" ? 202 : 200, body: null });
  }
  if (status === 404) return respond(refusalReply(sessionGone(null)));
  if (status === 405 && parcel.verb !== "POST") return methodNotAllowed();
  if (!MEANT_FOR_CLIENTS.has(status)) return failed(failureOfStatus(status), course);
  return respond({ status, body: errorReply(null, BAD_REQUEST, `The server refused this request (HTTP ${status}).`) });
}

function failed(failure: Failure, course: Course): Response {
  course.exchange.ended({ status: failure.status, giveBack: false, failed: failure.reason });
  return respond({ status: failure.httpStatus, body: errorReply(null, UPSTREAM_FAILED, failure.reason) });
}
