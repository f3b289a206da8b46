/**
 * What the upstream received, held against what was sent and against the policy: one message to every witness, the one
 * that was sent, allowed by each reading, written anew, and with nothing in it of the gateway's or of a stranger's.
 */
import { isUtf8 } from "node:buffer";
import type { Recorded } from "../../gate/upstreams/recorder.ts";
import { decided } from "./decided.ts";
import { headersHeld, type Secrets } from "./hold-headers.ts";
import { sameAsSent, writtenAnew } from "./hold-text.ts";
import { allowed, type Running } from "./policy.ts";
import type { Sent } from "./requests.ts";
import { agreementOn, essenceOf, members, WITNESSES } from "./witnesses.ts";

const OPEN = new Set([
  ...["tools/list", "tools/call", "resources/read", "prompts/get", "completion/complete", "ping", "initialize"],
  ...["server/discover", "notifications/cancelled"],
]);

/** What is wrong with it, and what runs because of it. */
export type Held = {
  readonly faults: readonly string[];
  readonly runs: readonly Running[];
  readonly refusedBy: number;
};

export function holdReceived(sent: Sent, received: Recorded, secrets: Secrets): Held {
  const text = received.text;
  const agreed = agreementOn(text);
  if (!isUtf8(received.body)) return fault("the upstream received what is no UTF-8");
  if (agreed.kind === "disagreed") return fault(`the upstream received what is not the same to all: ${agreed.how}`);
  const { method, name, uri, arguments: args } = essenceOf(agreed.message);
  const faults = [
    ...sameAsSent(sent, text),
    ...writtenAnew(text, sent.body.toString()),
    ...headersHeld(sent, received, agreed.message, secrets),
    ...secrets.kept.filter((secret) => `${text}${received.rawHeaders}`.includes(secret)).map(() => "a secret got out"),
  ];
  if ("method" in members(agreed.message) && !OPEN.has(String(method))) faults.push(`the method ${method} got through`);
  if ("task" in members(members(agreed.message).params)) faults.push("a task got through");
  if (method !== "tools/call") return { faults, runs: [], refusedBy: agreed.refusedBy.length };
  if (!("id" in members(agreed.message))) faults.push("a call got through that wants no answer");
  for (const { name: witness, readPlain } of WITNESSES) {
    if (allowed(name, args, readPlain) === null)
      faults.push(`${witness} runs what the policy does not allow (${uri ?? name})`);
  }
  if (decided(name, args) !== "allow") faults.push(`the policy says ${decided(name, args)} to what got through`);
  return { faults, runs: allowed(name, args, JSON.parse) ?? [], refusedBy: agreed.refusedBy.length };
}

function fault(text: string): Held {
  return { faults: [text], runs: [], refusedBy: 0 };
}
