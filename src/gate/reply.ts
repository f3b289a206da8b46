/** HTTP responses around the messages of the gateway's own. Nothing here is ever cached. */
import { DENIED, INVALID_REQUEST } from "../mcp/codes.ts";
import type { Refusal } from "../mcp/refusal.ts";
import { errorReply } from "../mcp/reply.ts";

/** A reply that needs nothing from the upstream. */
export type LocalReply = { readonly status: number; readonly body: string | null; readonly retryAfter?: number };

/** One that was known as bytes. */
export type EchoReply = { readonly status: number; readonly body: Uint8Array; readonly retryAfter?: undefined };

export function respond({ status, body, retryAfter }: LocalReply | EchoReply): Response {
  const headers = new Headers({ "cache-control": "no-store" });
  if (body !== null) headers.set("content-type", "application/json");
  if (retryAfter !== undefined) headers.set("retry-after", String(retryAfter));
  return new Response(body, { status, headers });
}

/** One answer for every token that does not open this server, so that it tells nothing about which were right. */
export function unauthorized(): Response {
  const text = "Unauthorized: the grant token is missing, malformed, unknown, expired, revoked or for another server.";
  const response = respond({ status: 401, body: errorReply(null, DENIED, text) });
  response.headers.set("www-authenticate", 'Bearer realm="grantgate", error="invalid_token"');
  return response;
}

export function forbiddenOrigin(): Response {
  const text = "Forbidden: this Origin may not call the gateway. An operator can add it to ALLOWED_ORIGINS.";
  return respond({ status: 403, body: errorReply(null, INVALID_REQUEST, text) });
}

export function methodNotAllowed(): Response {
  const response = respond({ status: 405, body: errorReply(null, INVALID_REQUEST, "Method not allowed.") });
  response.headers.set("allow", "GET, POST, DELETE, OPTIONS");
  return response;
}

export function refusalReply(refusal: Refusal): LocalReply {
  return { status: refusal.status, body: errorReply(refusal.id, refusal.code, refusal.message, refusal.data) };
}

export function streamResponse(body: ReadableStream<Uint8Array>): Response {
  return new Response(body, {
    headers: {
      "content-type": "text/event-stream",
      "cache-control": "no-store, no-transform",
      "x-accel-buffering": "no",
    },
  });
}
