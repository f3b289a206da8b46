/** The gate could not decide: nothing passes, and the client is told so. The cause goes to the log, not to the client. */
import { FAILED_CLOSED } from "../mcp/codes.ts";
import type { Request } from "../mcp/message.ts";
import { errorReply } from "../mcp/reply.ts";
import { causeOf, log } from "../observe/log.ts";
import { note, stepOf } from "../observe/span.ts";
import { attributesOf, type Subject } from "../observe/subject.ts";
import { FAILED_CLOSED_TEXT, failedClosedReply } from "./denial.ts";
import { named } from "./named.ts";
import { type LocalReply, respond } from "./reply.ts";
import { measured } from "./tally.ts";
import { type Going, told } from "./way.ts";

export function failedClosed(error: unknown, { way, owner, incoming }: Going): Response {
  const { requestId, trace, slug } = way;
  const call = incoming?.kind === "message" && incoming.message.kind === "request" ? incoming.message : null;
  const era = incoming?.kind === "message" ? incoming.era : "unknown";
  const step = stepOf(error);
  const subject = owner && subjectOf(owner.grant, slug, era, call);
  log("error", step === "take" ? "ledger failed, call failed closed" : "call failed closed", {
    request: requestId,
    trace: trace.id,
    server: slug,
    ...subject,
    step,
    cause: causeOf(error),
  });
  if (way.traced && subject !== null) note({ ...told(way), ...attributesOf(subject) });
  const reply: LocalReply =
    call === null || era === "unknown"
      ? { status: 503, body: errorReply(null, FAILED_CLOSED, FAILED_CLOSED_TEXT, { request: requestId }) }
      : failedClosedReply({ era, request: call, requestId, policy: null });
  measured(way, subject, { answer: reply.body });
  return respond(reply);
}

function subjectOf(grant: string, server: string, era: string, call: Request | null): Subject {
  const tool = call?.method === "tools/call" ? call.params.name : undefined;
  return {
    grant,
    server,
    method: call === null ? "(unread)" : named(call.method),
    ...(typeof tool === "string" && { tool: named(tool) }),
    era,
    effect: "deny",
    rule: "(failed closed)",
  };
}
