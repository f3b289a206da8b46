/**
 * Lists a server's tools as a client of its own, in the era of the call that needs them. Used where a rule hangs on a
 * tool's schema and nobody has listed it yet.
 */
import type { JsonObject } from "../json/value.ts";
import { CAPABILITIES_KEY, type Era, MODERN_VERSIONS, VERSION_KEY } from "../mcp/era.ts";
import type { Message, Request } from "../mcp/message.ts";
import { SERVER_INFO } from "../mcp/reply.ts";
import { type AnswerBounds, type Answered, readAnswer } from "./answer.ts";
import { forward } from "./forward.ts";
import { gather } from "./gather.ts";
import type { Target } from "./target.ts";

/** A server that pages on and on is not followed further: that is its list. */
const MOST_PAGES = 1_000;
const LEGACY_VERSION = "2025-11-25";
const [MODERN_VERSION = ""] = MODERN_VERSIONS;

/** Gives each page's result, and says in the end whether that was all: not where the server does not answer as it should. */
export async function* listTools(
  target: Target,
  era: Era,
  bounds: AnswerBounds,
): AsyncGenerator<JsonObject, "whole" | "cut off"> {
  const line = era === "modern" ? modernLine(target, bounds) : await legacyLine(target, bounds);
  if (line === null) return "cut off";
  try {
    let cursor: string | undefined;
    const followed = new Set<string>();
    while (followed.size < MOST_PAGES) {
      const answer = await line.ask("tools/list", cursor === undefined ? {} : { cursor });
      if (answer === null || answer.outcome.kind !== "result") return "cut off";
      yield answer.outcome.result;
      const next = answer.outcome.result.nextCursor;
      // What has been followed already leads in a circle.
      if (typeof next !== "string" || followed.has(next)) return "whole";
      followed.add(next);
      cursor = next;
    }
    return "whole";
  } finally {
    await line.close();
  }
}

/** A conversation with a server: null answers say that it failed. */
type Line = {
  readonly ask: (method: string, params: JsonObject) => Promise<Answered | null>;
  readonly close: () => Promise<void>;
};

function modernLine(target: Target, bounds: AnswerBounds): Line {
  const envelope = {
    [VERSION_KEY]: MODERN_VERSION,
    [CAPABILITIES_KEY]: {},
    "io.modelcontextprotocol/clientInfo": SERVER_INFO,
  };
  const headers = new Headers({ "mcp-protocol-version": MODERN_VERSION });
  return {
    ask: (method, params) => exchange(target, "modern", null, headers, { ...params, _meta: envelope }, method, bounds),
    close: async () => {},
  };
}

async function legacyLine(target: Target, bounds: AnswerBounds): Promise<Line | null> {
  const hello = { protocolVersion: LEGACY_VERSION, capabilities: {}, clientInfo: SERVER_INFO };
  const greeted = await exchange(target, "legacy", null, new Headers(), hello, "initialize", bounds);
  if (greeted === null || greeted.outcome.kind !== "result") return null;
  const { session } = greeted;
  const version = greeted.outcome.result.protocolVersion;
  const headers = new Headers({ "mcp-protocol-version": typeof version === "string" ? version : LEGACY_VERSION });
  const send = async (verb: "POST" | "DELETE", message: Message | null) => {
    const sent = await forward(target, { verb, era: "legacy", message, session }, headers, unhurried(bounds));
    if (sent instanceof Response) await sent.body?.cancel().catch(() => undefined);
  };
  await send("POST", { kind: "notification", method: "notifications/initialized", params: {} });
  return {
    ask: (method, params) => exchange(target, "legacy", session, headers, params, method, bounds),
    close: () => (session === null ? Promise.resolve() : send("DELETE", null)),
  };
}

async function exchange(
  target: Target,
  era: Era,
  session: string | null,
  headers: Headers,
  params: JsonObject,
  method: string,
  bounds: AnswerBounds,
): Promise<Answered | null> {
  const message: Request = { kind: "request", id: `grantgate-${method}`, method, params };
  const first = await forward(target, { verb: "POST", era, message, session }, headers, unhurried(bounds));
  if (!(first instanceof Response)) return null;
  const answer = await readAnswer(first, message.id, bounds);
  const whole = answer.kind === "streaming" ? await gather(answer, message.id, bounds) : answer;
  return whole.kind === "answered" ? whole : null;
}

function unhurried({ timeoutSeconds }: AnswerBounds) {
  return { abort: new AbortController(), timeoutSeconds };
}
