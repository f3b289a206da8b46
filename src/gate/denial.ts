/**
 * How a decision against a call is told. A tool that the list shows answers with a result the model can read; a hidden
 * tool is a tool that does not exist.
 */
import { formatMillionths } from "../json/decimal.ts";
import { JsonNumber, type JsonObject } from "../json/value.ts";
import type { TakeAnswer } from "../ledger/protocol.ts";
import { FAILED_CLOSED, INVALID_PARAMS } from "../mcp/codes.ts";
import type { Era } from "../mcp/era.ts";
import type { Request } from "../mcp/message.ts";
import { isHandshake } from "../mcp/methods.ts";
import { DECISION_KEY, errorReply, toolFailure } from "../mcp/reply.ts";
import type { LimitDemand } from "../policy/decide.ts";
import { counterLabel } from "../policy/limit.ts";
import { deniedText, limitText, secondsToWait, unknownToolText } from "../policy/told.ts";
import type { LocalReply } from "./reply.ts";

/** The call that is answered, and by what authority. */
export type Asked = {
  readonly era: Era;
  readonly request: Request;
  /** Id of this request in the journal. */
  readonly requestId: string;
  readonly policy: { readonly name: string; readonly version: string } | null;
};

export function deniedReply(asked: Asked, effect: "deny" | "approval", rule: string, text: string): LocalReply {
  const body = toolFailure(asked.era, asked.request.id, deniedText(text), decision(asked, effect, rule));
  return { status: 200, body };
}

export function hiddenReply(asked: Asked): LocalReply {
  const text = unknownToolText(String(asked.request.params.name));
  return { status: 200, body: errorReply(asked.request.id, INVALID_PARAMS, text) };
}

export function limitedReply(
  asked: Asked,
  demand: LimitDemand,
  answer: Extract<TakeAnswer, { kind: "limited" }>,
): LocalReply {
  const meta = decision(asked, "limit", demand.rule, {
    counter: counterLabel(demand.counter),
    limit: new JsonNumber(formatMillionths(answer.max)),
    used: new JsonNumber(formatMillionths(answer.used)),
    resetAt: new Date(answer.resetAt).toISOString(),
    retryAfterMs: answer.retryAfterMs,
  });
  const body = toolFailure(asked.era, asked.request.id, limitText(demand, answer), meta);
  // A call that is above the limit by itself never fits, so nothing may invite its client to wait.
  return demand.amount > answer.max
    ? { status: 200, body }
    : { status: 200, body, retryAfter: secondsToWait(answer.retryAfterMs) };
}

export const FAILED_CLOSED_TEXT =
  "Grantgate could not decide this call, so it was refused and did not reach the server. Try again shortly.";

export function failedClosedReply(asked: Asked): LocalReply {
  const text = FAILED_CLOSED_TEXT;
  const { id, method } = asked.request;
  if (method === "tools/call") return deniedReply(asked, "deny", "(failed closed)", text);
  const body = errorReply(id, FAILED_CLOSED, text, { request: asked.requestId });
  return { status: isHandshake(method) ? 503 : 200, body };
}

function decision(asked: Asked, effect: string, rule: string, more: JsonObject = {}): JsonObject {
  const policy = asked.policy === null ? {} : { policy: asked.policy.name, version: asked.policy.version };
  return { [DECISION_KEY]: { effect, rule, ...policy, request: asked.requestId, ...more } };
}
