/**
 * Sends one decided message to its server. What goes out is written anew from what was read and decided, never the
 * bytes that came in. Redirects are not followed: a credential goes to the address it was given for and nowhere else.
 */
import { encodeMessage } from "../mcp/message.ts";
import { type Failure, failureOfStatus, timedOut, unreachable, unsent } from "./failure.ts";
import { type Parcel, upstreamHeaders } from "./headers.ts";
import { leadsHome, type Target } from "./target.ts";

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
  if (leadsHome(server, client.get("host"))) return unsent("The server's address is the gateway's own.");
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    abort.abort();
  }, timeoutSeconds * 1000);
  try {
    return await sent(server, parcel, client, abort.signal);
  } catch {
    return late ? timedOut(timeoutSeconds) : unreachable();
  } finally {
    clearTimeout(timer);
  }
}

/** What changes something is never answered from a cache, and saying so costs something. */
const UNCACHED: { readonly [verb in Parcel["verb"]]: RequestInit } = {
  GET: { cache: "no-store" },
  POST: {},
  DELETE: {},
};

async function sent(server: Target, parcel: Parcel, client: Headers, signal: AbortSignal): Promise<Response | Failure> {
  const body = parcel.message === null ? null : encodeMessage(parcel.message);
  const send = (credential: Target["credential"]): Promise<Response> => {
    const headers = upstreamHeaders(parcel, client, credential);
    return fetch(server.url, {
      method: parcel.verb,
      headers,
      body,
      redirect: "manual",
      signal,
      ...UNCACHED[parcel.verb],
    });
  };
  const { credential, tokens } = server;
  if (tokens === null) return send(credential);
  const bearing = (token: string) => send({ ...credential, authorization: `Bearer ${token}` });
  const token = await tokens.token();
  if (typeof token !== "string") return token;
  const first = await bearing(token);
  if (first.status !== 401) return first;
  // A server that refuses a token has not looked at the message (RFC 6750, section 3.1): it may be sent again, once.
  await first.body?.cancel().catch(() => undefined);
  const fresh = await tokens.renew(token);
  if (typeof fresh !== "string") return fresh;
  return fresh === token ? failureOfStatus(401) : bearing(fresh);
}
