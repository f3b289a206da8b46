/**
 * One request to the admin API and its answer. The admin token goes to the address that was named and nowhere else:
 * redirects are not followed. What can go wrong is put into words in `refusal.ts`.
 */
import type * as z from "zod";
import type { Bearer, Gateway } from "../gateway.ts";
import { parsed } from "./parsed.ts";
import { notGrantgate, refusal, unreached } from "./refusal.ts";

/** Milliseconds. Longer than any admin request takes, shorter than a person's patience. */
const TIMEOUT = 30_000;

export type Connection = {
  readonly gateway: Gateway;
  readonly bearer: Bearer;
  /** Ends what is under way: nobody waits for it any more. */
  readonly signal?: AbortSignal | undefined;
};
export type Method = "GET" | "PUT" | "PATCH" | "POST" | "DELETE";

/** What a change is made against: a revision that was seen, or that there is nothing yet. */
export type Condition = { readonly revision: number } | "absent";

export type Sent = {
  readonly body?: string;
  readonly condition?: Condition | undefined;
  /** With one, the gateway does it once however often it is sent; so it is sent again when its answer is lost. */
  readonly idempotencyKey?: string;
};

/** The answer's text. Throws a `Failure`; a `Refusal` when the gateway itself answered with 4xx. */
export async function send(connection: Connection, method: Method, path: string, sent: Sent = {}): Promise<string> {
  const { gateway, bearer } = connection;
  const request = { method, headers: headersOf(bearer, sent), ...(sent.body !== undefined && { body: sent.body }) };
  const url = `${gateway.url}/api/v1${path}`;
  const answer = await reach(url, connection, request, sent.idempotencyKey === undefined ? 1 : 2);
  if (answer.ok) return answer.text;
  throw refusal(connection, answer);
}

/** The answer's text as one of `shapes.ts`. */
export function read<T>(shape: z.ZodType<T>, text: string, { gateway }: Connection): T {
  const value = parsed(shape, text);
  if (value === undefined) throw notGrantgate(gateway, 200);
  return value;
}

export type Answer = {
  readonly ok: boolean;
  readonly status: number;
  /** Whether the answer is a problem document. */
  readonly problem: boolean;
  readonly retryAfter: string | null;
  readonly text: string;
};

export function headersOf(
  { token, access }: Bearer,
  { body, condition, idempotencyKey }: Sent,
): Record<string, string> {
  return {
    accept: "application/json",
    authorization: `Bearer ${token}`,
    ...access,
    ...(body !== undefined && { "content-type": "application/json" }),
    ...(condition === "absent" && { "if-none-match": "*" }),
    ...(typeof condition === "object" && { "if-match": `"${condition.revision}"` }),
    ...(idempotencyKey !== undefined && { "idempotency-key": idempotencyKey }),
  };
}

async function reach(url: string, connection: Connection, init: RequestInit, attempts: number): Promise<Answer> {
  const { gateway, signal: over } = connection;
  const timeout = AbortSignal.timeout(TIMEOUT);
  const signal = over === undefined ? timeout : AbortSignal.any([timeout, over]);
  try {
    const response = await fetch(url, { ...init, redirect: "manual", signal });
    return answerOf(response, await response.text());
  } catch (error) {
    if (attempts > 1 && !signal.aborted) return reach(url, connection, init, attempts - 1);
    throw unreached(gateway, error);
  }
}

export function answerOf({ ok, status, headers }: Response, text: string): Answer {
  const problem = headers.get("content-type")?.startsWith("application/problem+json") === true;
  return { ok, status, problem, retryAfter: headers.get("retry-after"), text };
}
