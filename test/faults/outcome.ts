/**
 * How a call came out when something of the platform failed on its way, held to every word that its client may be told
 * then. What fits none of them is no answer that a client can act on.
 */
import { expect } from "vitest";
import { messageIn } from "../gate/explained.ts";
import type { Answer } from "../gate/raw.ts";
import { type Era, ID } from "../gate/speak.ts";

export type Outcome =
  /** The server's own answer. */
  | "ran"
  /** It could not be decided, and says so to the model. */
  | "closed"
  /** Its token could not be looked up, so nothing of it was read. */
  | "unread"
  /** As one whose token is not known. */
  | "unauthorized"
  /** The server could not be asked what its tool is. */
  | "unknown tool"
  /** The gateway has no token for the server. */
  | "no credential";

const REQUEST = expect.stringMatching(/^[0-9A-Z]{26}$/);
const UNDECIDED =
  "Grantgate could not decide this call, so it was refused and did not reach the server. Try again shortly.";
const UNAUTHORIZED =
  "Unauthorized: the grant token is missing, malformed, unknown, expired, revoked or for another server.";

export function outcomeOf(answer: Answer, era: Era, sent: string): Outcome {
  const message = messageIn(answer);
  const fitting = Object.entries(shapes(era, sent)).find(
    ([, { status, body }]) => status === answer.status && fits(message, body),
  );
  if (fitting === undefined) throw new Error(`an answer that tells nobody what to do: ${answer.status} ${answer.text}`);
  return fitting[0] as Outcome;
}

/** Under which the journal has the call, where the client is told. */
export function requestIn(answer: Answer): string | undefined {
  return /"request":"([0-9A-Z]{26})"/.exec(answer.text)?.[1];
}

function shapes(era: Era, sent: string): Record<Outcome, { readonly status: number; readonly body: unknown }> {
  const failed = (text: string, meta: object) => ({
    status: 200,
    body: {
      jsonrpc: "2.0",
      id: ID,
      result: {
        isError: true,
        ...(era === "modern" && { resultType: "complete" }),
        content: [{ type: "text", text }],
        _meta: expect.objectContaining(meta),
      },
    },
  });
  const denied = (text: string, rule: string, more: object = {}) =>
    failed(`[POLICY DENIED] ${text}`, { "io.grantgate/decision": { effect: "deny", rule, ...more, request: REQUEST } });
  const policy = { policy: "p", version: expect.stringMatching(/^[0-9a-f]{64}$/) };
  return {
    ran: {
      status: 200,
      body: { jsonrpc: "2.0", id: ID, result: expect.objectContaining({ content: [{ type: "text", text: sent }] }) },
    },
    closed: denied(UNDECIDED, "(failed closed)"),
    unread: {
      status: 503,
      body: { jsonrpc: "2.0", id: null, error: { code: -31005, message: UNDECIDED, data: { request: REQUEST } } },
    },
    unauthorized: { status: 401, body: { jsonrpc: "2.0", id: null, error: { code: -31001, message: UNAUTHORIZED } } },
    "unknown tool": denied(
      'The server could not be asked what the tool "echo" is, so the call was refused. Try again shortly.',
      "(definition unknown)",
      policy,
    ),
    "no credential": failed(
      "[UPSTREAM FAILED] The gateway could not get at its token for this server; try again shortly.",
      { "io.grantgate/upstream": { code: -31004, status: null, request: REQUEST } },
    ),
  };
}

function fits(message: unknown, body: unknown): boolean {
  try {
    expect(message).toEqual(body);
    return true;
  } catch {
    return false;
  }
}
