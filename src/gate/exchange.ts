/** One exchange with an upstream: what was asked, how its answer may be seen, and who hears how it ended. */

import { INVALID_PARAMS, INVALID_REQUEST, METHOD_NOT_FOUND, PARSE_ERROR, UPSTREAM_FAILED } from "../mcp/codes.ts";
import type { Era } from "../mcp/era.ts";
import type { Outcome, Request } from "../mcp/message.ts";
import { isHandshake } from "../mcp/methods.ts";
import { errorReply, toolFailure, UPSTREAM_KEY } from "../mcp/reply.ts";
import type { AnswerBounds } from "../upstream/answer.ts";
import type { Failure } from "../upstream/failure.ts";
import type { View } from "./edit.ts";
import type { Recall } from "./recall.ts";
import type { LocalReply } from "./reply.ts";

export type Exchange = {
  readonly era: Era;
  /** Null for the standing stream of a legacy session, which answers nothing or replays. */
  readonly request: Request | null;
  readonly requestId: string;
  /** Whether the request belongs to a legacy session. */
  readonly inSession: boolean;
  /** What a client gets for an event id of the server's; null where no stream can be resumed. */
  readonly eventId: ((upstreamId: string) => Promise<string>) | null;
  readonly view: View;
  readonly bounds: AnswerBounds;
  /** Null where nothing is remembered of the answer. */
  readonly recall: Recall | null;
  /** What has come of the upstream's answer, for the record should it not come to its end. */
  readonly came: { status: number | null; bytes: number };
  /** Hears once how the call ended. */
  readonly ended: (ending: Ending) => void;
};

export type Ending = {
  /** HTTP status of the upstream; null for the one that came, if any. */
  readonly status: number | null;
  /** Size of the answer's body as far as it was read; left out for what came. */
  readonly bytes?: number;
  /** The call certainly did not run. */
  readonly giveBack: boolean;
  /** Why the server gave no answer that could go on: a sentence. */
  readonly failed?: string;
};

/** Errors by which a server says that it did not begin to run a call. */
const NOT_RUN = new Set([PARSE_ERROR, INVALID_REQUEST, METHOD_NOT_FOUND, INVALID_PARAMS]);

/**
 * How the call ended by what it was answered. In a session a client can give two requests one id, and servers then
 * answer the one with the error of the other: there only an HTTP status says that an error is this call's own.
 */
export function endingOf(status: number, outcome: Outcome, inSession: boolean): Ending {
  const code = outcome.kind === "error" ? outcome.error.code : undefined;
  const isItsOwn = !inSession || status !== 200;
  return { status, giveBack: isItsOwn && typeof code === "number" && NOT_RUN.has(code) };
}

/** The failure as an answer to the request, in its era. A tool call's failure is told to the model. */
export function failedReply(request: Request, era: Era, requestId: string, failure: Failure): LocalReply {
  const { id, method } = request;
  if (method === "tools/call") {
    const meta = { [UPSTREAM_KEY]: { code: UPSTREAM_FAILED, status: failure.status, request: requestId } };
    return { status: 200, body: toolFailure(era, id, `[UPSTREAM FAILED] ${failure.reason}`, meta) };
  }
  const body = errorReply(id, UPSTREAM_FAILED, failure.reason, { status: failure.status, request: requestId });
  return { status: isHandshake(method) ? failure.httpStatus : 200, body };
}
