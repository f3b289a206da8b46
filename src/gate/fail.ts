/** The gate could not decide: nothing passes, and the client is told so. The cause goes to the log, not to the client. */
import { FAILED_CLOSED } from "../mcp/codes.ts";
import type { Refusal } from "../mcp/refusal.ts";
import { errorReply } from "../mcp/reply.ts";
import { FAILED_CLOSED_TEXT, failedClosedReply } from "./denial.ts";
import type { Incoming } from "./read.ts";
import { respond } from "./reply.ts";

export function failedClosed(error: unknown, incoming: Incoming | Refusal | null, requestId: string): Response {
  console.error(JSON.stringify({ event: "failed closed", request: requestId, cause: causeOf(error) }));
  if (incoming?.kind === "message" && incoming.message.kind === "request") {
    const asked = { era: incoming.era, request: incoming.message, requestId, policy: null };
    return respond(failedClosedReply(asked));
  }
  return respond({ status: 503, body: errorReply(null, FAILED_CLOSED, FAILED_CLOSED_TEXT, { request: requestId }) });
}

function causeOf(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}
