/**
 * Reads what a server answered to a request: one JSON-RPC answer, a stream, or a failure. Only a protocol answer goes
 * on; a challenge, a redirect, a page or a broken body becomes an explained failure.
 */

import { parseJson } from "../json/parse.ts";
import { isJsonType, isStreamType } from "../mcp/media.ts";
import { type Id, type Message, type Outcome, readMessage, sameId } from "../mcp/message.ts";
import { disowned } from "../mcp/reply.ts";
import { type BodyFault, readBytes, textOf } from "./body.ts";
import { type Failure, failure, failureOfStatus, timedOut } from "./failure.ts";
import type { Leaks } from "./leak.ts";

export type Answered = {
  readonly kind: "answered";
  /** 200, or the 400 or 404 that carried a JSON-RPC error. */
  readonly status: number;
  /** The server's own session id, where it names one. */
  readonly session: string | null;
  readonly outcome: Outcome;
  /** Size of the body as far as it was read. */
  readonly bytes: number;
  /** The body, where it came alone. */
  readonly text?: string;
};
/** The answer was known, and what it goes out as. */
export type Echoed = { readonly kind: "echoed"; readonly body: Uint8Array; readonly bytes: number };
export type Streaming = {
  readonly kind: "streaming";
  readonly session: string | null;
  readonly body: ReadableStream<Uint8Array>;
};

/** What an answer is held to. */
export type AnswerBounds = { readonly maxBytes: number; readonly timeoutSeconds: number; readonly leaks: Leaks };

export async function readAnswer(
  response: Response,
  id: Id,
  bounds: AnswerBounds,
  echo?: (body: Uint8Array) => Promise<Uint8Array | null>,
): Promise<Answered | Echoed | Streaming | Failure> {
  const { status } = response;
  const session = response.headers.get("mcp-session-id");
  const type = response.headers.get("content-type");
  if (status === 200 && isStreamType(type) && response.body !== null) {
    return { kind: "streaming", session, body: response.body };
  }
  const carries = isJsonType(type) && (status === 200 || status === 400 || status === 404);
  if (!carries) {
    await response.body?.cancel().catch(() => undefined);
    return status === 200 ? failure("The server's answer is not JSON.", status) : plainFailure(status);
  }
  const whole = await readBytes(response, bounds.maxBytes, bounds.timeoutSeconds * 1000);
  if (echo && whole.ok && status === 200) {
    const body = await echo(whole.bytes);
    if (body !== null) return { kind: "echoed", body, bytes: whole.bytes.byteLength };
  }
  const text = textOf(whole);
  if (!text.ok) return failureOfBody(text.fault, bounds);
  if (bounds.leaks(text.text)) return leaked(status);
  const answer = readOutcome(text.text, id, status !== 200);
  if (typeof answer === "string") return status === 200 ? failure(answer, status) : failureOfStatus(status);
  if (status !== 200 && answer.kind === "result") return failureOfStatus(status);
  return { kind: "answered", status, session, outcome: answer, bytes: text.bytes, text: text.text };
}

/** The answer to request `id` in a JSON text, or a sentence that says why there is none. */
export function readOutcome(text: string, id: Id, idMayBeNull: boolean): Outcome | string {
  const parsed = parseJson(text);
  if (!parsed.ok) return `The server's answer is not strict JSON, from character ${parsed.fault.offset} on.`;
  const message = readMessage(parsed.value);
  if (message.kind !== "response") return "The server's answer is not a JSON-RPC response.";
  const mine = message.id === null ? idMayBeNull : sameId(message.id, id);
  return mine ? disowned(message.outcome) : "The server answered another request than this one.";
}

/** The message that an event carries, or why it carries none. */
export function readEvent(data: string, { leaks }: AnswerBounds): Message | Failure {
  if (leaks(data)) return leaked();
  const parsed = parseJson(data);
  if (!parsed.ok) {
    return failure(`The server sent an event that is not strict JSON, from character ${parsed.fault.offset} on.`, 200);
  }
  const message = readMessage(parsed.value);
  if (message.kind === "refused") return failure("The server sent an event that is not one JSON-RPC message.", 200);
  return message.kind === "response" ? { ...message, outcome: disowned(message.outcome) } : message;
}

export function failureOfBody(fault: BodyFault, bounds: AnswerBounds): Failure {
  switch (fault) {
    case "silent":
      return timedOut(bounds.timeoutSeconds);
    case "too large":
      return failure(`The server's answer is larger than ${bounds.maxBytes} bytes.`);
    case "not UTF-8":
      return failure("The server's answer is not UTF-8.");
    case "broken off":
      return failure("The server's answer broke off before its end; whether the call ran is not known.");
  }
}

export function leaked(status = 200): Failure {
  return failure(
    "The server's answer holds the gateway's credential and is withheld; an operator should know.",
    status,
  );
}

function plainFailure(status: number): Failure {
  if (status === 202 || status === 204) return failure(`The server gave no answer (HTTP ${status}).`, status);
  return failureOfStatus(status);
}
