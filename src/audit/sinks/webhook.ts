/**
 * The audit trail sent to an HTTPS endpoint as it happens, signed as the Standard Webhooks specification says.
 *
 * A delivery keeps its id, its links and its body however often it is tried. A redirect is never followed: where audit
 * records go is the operator's to say. Neither the URL, which may hold a secret, nor the endpoint's answer reach a log.
 */
import { destinationFault } from "../../upstream/destination.ts";
import type { Sink } from "../gather.ts";
import { linesOf, NDJSON, spanOf } from "./lines.ts";

const TIMEOUT_MS = 10_000;
const BASE64_SECRET = "whsec_";

export type Webhook = {
  readonly url: string;
  /** `whsec_` and base64, or plain text. */
  readonly secret: string | undefined;
  /** Development: the endpoint may be on this machine, without TLS. */
  readonly allowLoopback: boolean;
};

export function webhookSink({ url, secret, allowLoopback }: Webhook, now: () => number): Sink {
  return {
    name: "webhook",
    framed: true,
    async deliver(grant, links) {
      const fault = destinationFault(url, { ownHost: null, allowLoopback });
      if (fault !== null) throw new Error(`AUDIT_WEBHOOK_URL ${fault}`);
      if (!secret) throw new Error("AUDIT_WEBHOOK_SECRET is missing");
      const { first, last } = spanOf(links);
      const id = `${grant}:${first.link}-${last.link}`;
      const timestamp = String(Math.floor(now() / 1_000));
      const body = linesOf(grant, links);
      const status = await post(url, body, {
        "content-type": NDJSON,
        "webhook-id": id,
        "webhook-timestamp": timestamp,
        "webhook-signature": `v1,${await signature(secret, `${id}.${timestamp}.${body}`)}`,
      });
      if (status < 200 || status > 299) throw new Error(`the webhook answered ${status}`);
    },
  };
}

async function post(url: string, body: string, headers: Record<string, string>): Promise<number> {
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  const response = await fetch(url, { method: "POST", redirect: "manual", headers, body, signal }).catch(() => null);
  if (response === null) throw new Error("the webhook could not be reached");
  await response.body?.cancel();
  return response.status;
}

/** HMAC-SHA-256 in base64. */
async function signature(secret: string, text: string): Promise<string> {
  const algorithm = { name: "HMAC", hash: "SHA-256" };
  const key = await crypto.subtle.importKey("raw", keyIn(secret), algorithm, false, ["sign"]);
  const bytes = new Uint8Array(await crypto.subtle.sign("HMAC", key, new TextEncoder().encode(text)));
  return btoa(String.fromCharCode(...bytes));
}

function keyIn(secret: string): Uint8Array {
  if (!secret.startsWith(BASE64_SECRET)) return new TextEncoder().encode(secret);
  const bytes = atob(secret.slice(BASE64_SECRET.length));
  return new Uint8Array(Array.from(bytes, (byte) => byte.charCodeAt(0)));
}
