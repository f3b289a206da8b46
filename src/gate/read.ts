/**
 * From an HTTP request to one message of a known era, strictly, or a refusal. Nothing behind this point looks at the
 * bytes again.
 */
import { parseJson } from "../json/parse.ts";
import { BAD_REQUEST, PARSE_ERROR } from "../mcp/codes.ts";
import { classify, type Era } from "../mcp/era.ts";
import { accepts, isJsonType } from "../mcp/media.ts";
import { type Message, readMessage } from "../mcp/message.ts";
import { type Refusal, refusal, sessionGone } from "../mcp/refusal.ts";
import { type BodyFault, readText } from "../upstream/body.ts";
import { openEventId } from "../upstream/event-id.ts";
import { rootKeyOf } from "../upstream/root-key.ts";
import { openSession, type SessionOwner } from "../upstream/session.ts";
import type { Way } from "./way.ts";

/** What a client sent: a message, or one of the two session requests of the legacy era. */
export type Incoming = (
  | {
      readonly kind: "message";
      readonly verb: "POST";
      readonly era: Era;
      readonly message: Message;
      /** Size of the request's body. */
      readonly bytes: number;
    }
  | {
      readonly kind: "listen";
      readonly verb: "GET";
      readonly era: "legacy";
      /** The upstream's own id of the event behind which a stream is to be resumed; null for a new stream. */
      readonly resumes: string | null;
    }
  | { readonly kind: "close"; readonly verb: "DELETE"; readonly era: "legacy" }
) & {
  /** The upstream's own session id; always null in the modern era, which has no sessions. */
  readonly session: string | null;
};

type Unbound = { [K in Incoming["kind"]]: Omit<Extract<Incoming, { kind: K }>, "session"> }[Incoming["kind"]];

export async function readIncoming({ request, env, settings }: Way, owner: SessionOwner): Promise<Incoming | Refusal> {
  const read = await readRequest(request, settings.maxRequestBytes);
  if (read.kind === "refused") return read;
  const sealed = read.era === "modern" ? null : request.headers.get("mcp-session-id");
  if (sealed === null) return { ...read, session: null };
  const session = await openSession(rootKeyOf(env), owner, sealed);
  if (session === null) {
    return sessionGone(read.kind === "message" && read.message.kind === "request" ? read.message.id : null);
  }
  // Without a session nothing says whose stream an event id resumes.
  const eventId = read.kind === "listen" ? request.headers.get("last-event-id") : null;
  if (read.kind !== "listen" || eventId === null || eventId === "") return { ...read, session };
  const resumes = await openEventId(rootKeyOf(env), { ...owner, session }, eventId);
  return resumes === null ? NO_SUCH_EVENT : { ...read, session, resumes };
}

const NO_SUCH_EVENT = refusal(
  400,
  BAD_REQUEST,
  "Bad Request: Last-Event-ID names no event of this session; open the stream without it.",
  null,
);

async function readRequest(request: Request, maxBytes: number): Promise<Unbound | Refusal> {
  switch (request.method) {
    case "DELETE":
      return { kind: "close", verb: "DELETE", era: "legacy" };
    case "GET":
      if (accepts(request.headers.get("accept"), "text/event-stream")) {
        return { kind: "listen", verb: "GET", era: "legacy", resumes: null };
      }
      return refusal(406, BAD_REQUEST, "Not Acceptable: a GET opens a stream; accept text/event-stream.", null);
    default:
      return await readPost(request, maxBytes);
  }
}

async function readPost(request: Request, maxBytes: number): Promise<Unbound | Refusal> {
  const unfit = checkContent(request.headers);
  if (unfit !== null) return unfit;
  const tooLarge = refusal(413, BAD_REQUEST, `Payload Too Large: a message may have ${maxBytes} bytes.`, null);
  const body = await readText(request, maxBytes, null);
  if (!body.ok) return body.fault === "too large" ? tooLarge : unreadable(body.fault);
  const parsed = parseJson(body.text);
  if (!parsed.ok) {
    const { reason, offset } = parsed.fault;
    return refusal(400, PARSE_ERROR, `Parse error at character ${offset}: ${reason}.`, null);
  }
  const message = readMessage(parsed.value);
  if (message.kind === "refused") return message;
  const classified = classify(message, request.headers);
  if (classified.kind === "refused") return classified;
  const { era } = classified;
  return checkAccept(request.headers, era) ?? { kind: "message", verb: "POST", era, message, bytes: body.bytes };
}

function checkContent(headers: Headers): Refusal | null {
  if (!isJsonType(headers.get("content-type"))) {
    return refusal(415, BAD_REQUEST, "Unsupported Media Type: Content-Type must be application/json.", null);
  }
  const encoding = headers.get("content-encoding");
  if (encoding === null || encoding === "identity") return null;
  return refusal(415, BAD_REQUEST, "Unsupported Media Type: send the body without Content-Encoding.", null);
}

/** Legacy clients must take both forms of an answer (specification 2025-11-25, "Sending Messages to the Server"). */
function checkAccept(headers: Headers, era: Era): Refusal | null {
  const accept = headers.get("accept");
  if (era === "modern" || (accepts(accept, "application/json") && accepts(accept, "text/event-stream"))) return null;
  return refusal(406, BAD_REQUEST, "Not Acceptable: accept both application/json and text/event-stream.", null);
}

function unreadable(fault: BodyFault): Refusal {
  return refusal(400, PARSE_ERROR, `Parse error: the body is ${fault}.`, null);
}
