/**
 * What a client received for an answer of the upstream's, held against that answer: the same to every witness, to its
 * own request, nothing hidden in any reading, and either what the upstream said beyond doubt or an explained failure.
 */
import { isUtf8 } from "node:buffer";
import type { Answer } from "../../gate/raw.ts";
import type { Given } from "./answers.ts";
import { POLICY } from "./policy.ts";
import { eventsIn } from "./stream-reader.ts";
import { agreementOn, canonical, EXACT, essenceOf, members, WITNESSES } from "./witnesses.ts";

export function holdGiven(given: Given, answer: Answer): string[] {
  const { status, text } = answer;
  if (![200, 400, 404].includes(status)) return [`a client is answered ${status}: ${text.slice(0, 300)}`];
  const streams = answer.headers["content-type"]?.startsWith("text/event-stream") === true;
  const messages = streams ? eventsIn(text) : [text];
  const unclear = messages.map((message) => agreementOn(message)).find(({ kind }) => kind === "disagreed");
  if (unclear?.kind === "disagreed") return [`the client received what is not the same to all: ${unclear.how}`];
  const replies = messages.filter((message) => !("method" in members(JSON.parse(message))));
  const [reply] = replies;
  // A legacy stream whose events have ids may end early: its client fetches the rest.
  if (reply === undefined && given.era === "legacy" && /^id:/m.test(text)) return [];
  if (reply === undefined || replies.length > 1) return [`the client received ${replies.length} answers: ${text}`];
  const { id, result, error } = essenceOf(JSON.parse(reply));
  const faults = id === given.message.id ? [] : [`the client received the id ${canonical(id)}`];
  if ((result === undefined) === (error === undefined)) faults.push("the client received no answer, or two in one");
  const shown = messages.flatMap((message) => toolsIn(message, given.message.method)).filter((name) => !isListed(name));
  if (shown.length > 0) faults.push(`the client was shown ${canonical(shown)}`);
  if (result === undefined || members(result).isError === true) return faults;
  const said = sayings(given);
  const heard = canonical(withoutEdits(result, given.message.method));
  if (!said.includes(heard)) faults.push(`the client received ${heard}, and the upstream said ${said.join(" or ")}`);
  return faults;
}

/** The names of all tools that somebody reads in an answer. A call's result has content, and is no list whatever else it has. */
function toolsIn(text: string, method: string): unknown[] {
  return WITNESSES.flatMap(({ read }) => {
    const { tools, content } = members(members(read(text)).result);
    const lists = Array.isArray(tools) && !(method === "tools/call" && content !== undefined);
    return lists ? tools.map((tool) => members(tool).name) : [];
  });
}

function isListed(name: unknown): boolean {
  return typeof name === "string" && (Object.hasOwn(POLICY.tools, name) || name.startsWith("peek_"));
}

/** Whether a tool has another key that somebody takes for `name`. */
function hasTwo(tool: Readonly<Record<string, unknown>>): boolean {
  const spellings = (key: string) => [key, key.replaceAll("\0", ""), key.split("\0")[0] ?? ""];
  return Object.keys(tool).some(
    (key) => key !== "name" && spellings(key).some((spelling) => spelling.toLowerCase() === "name"),
  );
}

/** All that the upstream said to this request; what could be taken for something else by the careless is left out of it. */
function sayings({ body, type, message }: Given): string[] {
  if (!isUtf8(body)) return type === "text/event-stream" ? sayingsIn(eventsIn(clean(body)), message) : [];
  const text = body.toString();
  return sayingsIn(type === "text/event-stream" ? eventsIn(text) : [text], message);
}

function sayingsIn(texts: readonly string[], { id, method }: Given["message"]): string[] {
  return texts.flatMap((text) => {
    const agreed = agreementOn(text, EXACT);
    if (agreed.kind === "disagreed") return [];
    const said = essenceOf(agreed.message);
    return said.id === id ? [canonical(withoutEdits(said.result, method))] : [];
  });
}

/** A stream as far as it is UTF-8: what came before the first fault was sent on already. */
function clean(body: Buffer): string {
  let end = body.length;
  while (!isUtf8(body.subarray(0, end))) end--;
  return body.subarray(0, end).toString();
}

/** A result without what the gateway changes in it on purpose. */
function withoutEdits(result: unknown, method: string): unknown {
  const { tools, ttlMs, cacheScope, _meta, ...rest } = members(result);
  if (!Array.isArray(tools)) return { ...rest, tools: method === "tools/list" ? [] : tools };
  return { ...rest, tools: tools.filter((tool) => isListed(members(tool).name) && !hasTwo(members(tool))) };
}
