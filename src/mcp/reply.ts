/** The messages that the gateway itself writes to a client, each in the shape of the client's era. */
import { isObject, type Json, type JsonObject } from "../json/value.ts";
import type { Era } from "./era.ts";
import type { Id, Outcome } from "./message.ts";

export const SERVER_INFO = { name: "grantgate", version: "0.1.0" };
const SERVER_INFO_KEY = "io.modelcontextprotocol/serverInfo";
export const DECISION_KEY = "io.grantgate/decision";
export const UPSTREAM_KEY = "io.grantgate/upstream";

export function errorReply(id: Id | null, code: number, message: string, data?: Json): string {
  return JSON.stringify({ jsonrpc: "2.0", id, error: { code, message, ...(data !== undefined && { data }) } });
}

/** A tool result that failed in a way the model can read and act on (specification, "Tools", Error Handling). */
export function toolFailure(era: Era, id: Id, text: string, meta: JsonObject): string {
  const modern = era === "modern";
  return JSON.stringify({
    jsonrpc: "2.0",
    id,
    result: {
      ...(modern && { resultType: "complete" }),
      isError: true,
      content: [{ type: "text", text }],
      _meta: { ...meta, ...(modern && { [SERVER_INFO_KEY]: SERVER_INFO }) },
    },
  });
}

/** A server's outcome without what only the gateway writes: its words must not pass for a decision. */
export function disowned(outcome: Outcome): Outcome {
  if (outcome.kind === "error" || !isObject(outcome.result._meta)) return outcome;
  const { [DECISION_KEY]: _, [UPSTREAM_KEY]: __, ...meta } = outcome.result._meta;
  return { kind: "result", result: { ...outcome.result, _meta: meta } };
}
