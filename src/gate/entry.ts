/**
 * What is written down of a message and counted of it, before and after its grant's ledger has spoken. Of what a client
 * wrote only names get in, and what the policy lets be kept of the arguments.
 */
import type { GrantRecord } from "../grant/record.ts";
import type { Demand, JournalEntry, TakeAnswer } from "../ledger/protocol.ts";
import type { Era } from "../mcp/era.ts";
import type { Request as Call } from "../mcp/message.ts";
import type { Refusal } from "../mcp/refusal.ts";
import type { Subject } from "../observe/subject.ts";
import type { Verdict } from "./judge.ts";
import { named } from "./named.ts";
import type { Incoming } from "./read.ts";

export type Enquiry = {
  readonly requestId: string;
  /** Trace id in hex. */
  readonly trace: string;
  /** Refused messages come here too: their grant is checked and they are journalled like others. */
  readonly incoming: Incoming | Refusal;
};

/** Requests are journalled; notifications, answers to the server, pings and streams leave no row. */
export function journalEntry(
  { incoming, requestId, trace }: Enquiry,
  grant: GrantRecord,
  verdict: Verdict,
  kept: string | undefined,
): JournalEntry | null {
  const effect = verdict.kind === "pass" ? "allow" : verdict.effect;
  const shared = { request: requestId, trace, effect, ...(grant.policy && { policy: grant.policy.version }) };
  if (incoming.kind === "refused") return { ...shared, method: "(refused)", era: "unknown" };
  const call = callIn(incoming);
  if (call === null || call.request.method === "ping") return null;
  const { method, params } = call.request;
  return {
    ...shared,
    method: named(method),
    era: call.era,
    bytes: call.bytes,
    ...(kept !== undefined && { arguments: kept }),
    ...(method === "tools/call" && typeof params.name === "string" && { tool: named(params.name) }),
    ...(verdict.kind === "reply" && verdict.rule !== undefined && { rule: verdict.rule }),
  };
}

/** What is counted of a message: what was decided, by the ledger's last word. */
export function subjectOf(
  entry: JournalEntry | null,
  { id, server, policy }: GrantRecord,
  answer: TakeAnswer,
  demands: readonly Demand[],
): Subject | null {
  if (entry === null) return null;
  const { method, tool, era, effect, rule, bytes } = entry;
  const said = {
    ...{ grant: id, server, method, era, policy },
    ...(tool !== undefined && { tool }),
    ...(bytes !== undefined && { bytes }),
  };
  if (answer.kind !== "limited") return { ...said, effect, ...(rule !== undefined && { rule }) };
  const refusing = demands[answer.demand];
  return { ...said, effect: "limit", ...(refusing && { rule: refusing.rule }) };
}

type Asking = {
  readonly era: Era;
  readonly request: Call;
  readonly session: string | null;
  readonly bytes: number;
};

/** The call in a message; null for what asks for no answer. */
export function callIn(incoming: Incoming | Refusal): Asking | null {
  if (incoming.kind !== "message" || incoming.message.kind !== "request") return null;
  const { era, message, session, bytes } = incoming;
  return { era, request: message, session, bytes };
}
