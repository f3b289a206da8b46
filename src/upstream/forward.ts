/**
 * Sends one decided message to its server. What goes out is written anew from what was read and decided, never the
 * bytes that came in. Redirects are not followed: a credential goes to the address it was given for and nowhere else.
 */
import { encodeMessage } from "../mcp/message.ts";
import { type Failure, timedOut, unreachable } from "./failure.ts";
import { type Parcel, upstreamHeaders } from "./headers.ts";
import type { Target } from "./target.ts";

export type Forwarding = {
  /** Ends the exchange when the client has left or the grant was revoked. */
  readonly abort: AbortController;
  /** How long the server may take until its first byte, in seconds. */
  readonly timeoutSeconds: number;
};

export async function forward(
  server: Target,
  parcel: Parcel,
  client: Headers,
  { abort, timeoutSeconds }: Forwarding,
): Promise<Response | Failure> {
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    abort.abort();
  }, timeoutSeconds * 1000);
  try {
    return await fetch(server.url, {
      method: parcel.verb,
      headers: upstreamHeaders(parcel, client, server.credential),
      body: parcel.message === null ? null : encodeMessage(parcel.message),
      redirect: "manual",
      cache: "no-store",
      signal: abort.signal,
    });
  } catch {
    return late ? timedOut(timeoutSeconds) : unreachable();
  } finally {
    clearTimeout(timer);
  }
}
