/**
 * The headers of a forwarded request. Built from nothing: what a client sent reaches the upstream only where it is
 * named here, so no token, cookie, origin or forwarding header of the client ever does.
 */

import { isObject } from "../json/value.ts";
import { type Era, VERSION_KEY } from "../mcp/era.ts";
import { encodeHeaderValue } from "../mcp/headers.ts";
import type { Message } from "../mcp/message.ts";
import { nameParam } from "../mcp/methods.ts";
import { paramHeaders } from "../mcp/params.ts";
import { SERVER_INFO } from "../mcp/reply.ts";
import { type Trace, traceparentOf } from "../observe/trace-context.ts";

const ACCEPT = {
  POST: "application/json, text/event-stream",
  GET: "text/event-stream",
  DELETE: "application/json, text/event-stream",
};

/** One version, not a list of them. */
const VERSION = /^[\x21-\x2b\x2d-\x7e]{1,64}$/;

export type Parcel = {
  readonly verb: "POST" | "GET" | "DELETE";
  readonly era: Era;
  /** The message that is forwarded; null for GET and DELETE. */
  readonly message: Message | null;
  /** The upstream's own session id. */
  readonly session: string | null;
  /** The upstream's own id of the event that a stream of the session goes on behind. */
  readonly resumes?: string | null;
  /** The trace that the message belongs to; the upstream hears of the gateway's part in it. */
  readonly trace?: Trace;
};

/** Header names in lower case. A plain object: made on every call, and cheaper there than `Headers`. */
export type Outgoing = Record<string, string>;

const AGENT = `${SERVER_INFO.name}/${SERVER_INFO.version}`;

export function upstreamHeaders(
  parcel: Parcel,
  client: Headers,
  credential: Readonly<Record<string, string>>,
): Outgoing {
  const headers: Outgoing = { ...credential, "user-agent": AGENT, accept: ACCEPT[parcel.verb] };
  if (parcel.verb === "POST") headers["content-type"] = "application/json";
  carryTrace(parcel.trace, client, headers);
  if (parcel.era === "modern" && parcel.message !== null) mirror(parcel.message, client, headers);
  if (parcel.era === "legacy") carrySession(parcel, client, headers);
  return headers;
}

/** W3C Trace Context and Baggage. A credential may bear such a name, and then it is not the client's to write. */
function carryTrace(trace: Trace | undefined, client: Headers, headers: Outgoing): void {
  if (trace !== undefined && !("traceparent" in headers)) {
    headers.traceparent = traceparentOf(trace);
    if (trace.state !== null) headers.tracestate ??= trace.state;
  }
  if (!("baggage" in headers)) copy("baggage", client, headers);
}

function mirror(message: Message, client: Headers, headers: Outgoing): void {
  if (message.kind === "response") return;
  const meta = message.params._meta;
  const version = isObject(meta) ? meta[VERSION_KEY] : undefined;
  headers["mcp-protocol-version"] = typeof version === "string" ? version : (client.get("mcp-protocol-version") ?? "");
  headers["mcp-method"] = message.method;
  const param = nameParam(message.method);
  const name = param === null ? undefined : message.params[param];
  if (typeof name === "string") headers["mcp-name"] = encodeHeaderValue(name);
  if (message.method !== "tools/call") return;
  for (const [key, value] of paramHeaders(client)) headers[key] = value;
}

function carrySession(parcel: Parcel, client: Headers, headers: Outgoing): void {
  const version = client.get("mcp-protocol-version");
  if (version !== null && VERSION.test(version)) headers["mcp-protocol-version"] = version;
  if (parcel.session === null) return;
  headers["mcp-session-id"] = parcel.session;
  if (parcel.resumes != null) headers["last-event-id"] = parcel.resumes;
}

function copy(name: string, from: Headers, to: Outgoing): void {
  const value = from.get(name);
  if (value !== null) to[name] = value;
}
