/**
 * What is to happen with one message: it passes with what it must pay, or it gets an answer of the gateway's own.
 * Pure: the same message under the same grant, policy, server and time is judged the same.
 */
import type { GrantRecord } from "../grant/record.ts";
import { isObject, type Json, type JsonObject, member } from "../json/value.ts";
import {
  HEADER_MISMATCH,
  INVALID_PARAMS,
  INVALID_REQUEST,
  METHOD_NOT_FOUND,
  UNSUPPORTED_VERSION,
} from "../mcp/codes.ts";
import { type Era, MODERN_VERSIONS } from "../mcp/era.ts";
import type { Notification, Request } from "../mcp/message.ts";
import { isOpenNotification, isOpenRequest } from "../mcp/methods.ts";
import { checkParams, type Mirrors } from "../mcp/params.ts";
import { refusal } from "../mcp/refusal.ts";
import type { Pin } from "../policy/call.ts";
import { decide, type LimitDemand } from "../policy/decide.ts";
import type { Wanted as DecisionWanted } from "../policy/decision.ts";
import type { Contents } from "./contents.ts";
import { deniedReply, hiddenReply } from "./denial.ts";
import type { Incoming } from "./read.ts";
import { type LocalReply, refusalReply } from "./reply.ts";

export type Verdict = { readonly kind: "pass"; readonly demands: readonly LimitDemand[] } | Reply;

type Reply = {
  readonly kind: "reply";
  readonly reply: LocalReply;
  readonly effect: string;
  readonly rule?: string;
  /** What this hangs on and is not known: once it is, the message may be judged again. */
  readonly wants?: Wanted;
};

/** `mirrors`: which arguments of the tool headers mirror. */
export type Wanted = DecisionWanted | { readonly tool: string; readonly what: "mirrors" };

export type Circumstances = {
  readonly grant: GrantRecord;
  readonly contents: Contents;
  /** The `Mcp-Param-*` headers of a modern message. */
  readonly paramHeaders: readonly (readonly [name: string, value: string])[];
  /** How a tool stands in the inventory of its server; left out where nothing is held. */
  readonly pinOf?: (tool: string) => Pin;
  /** Which arguments of a tool its headers mirror; null when nobody knows, undefined while nobody was asked. */
  readonly mirrors: (tool: string) => Mirrors | null | undefined;
  /** A tool's input schema as last listed; undefined while that is not known. */
  readonly schemaOf: (tool: string) => Json | undefined;
  readonly requestId: string;
  /** Unix milliseconds. */
  readonly now: number;
};

const PASS: Verdict = { kind: "pass", demands: [] };
const NO_ARGUMENTS: JsonObject = Object.freeze(Object.create(null));
const ACCEPTED: Verdict = { kind: "reply", reply: { status: 202, body: null }, effect: "drop" };

/** What a server asked, it asked in a session; without one, an answer could reach what another grant was asked. */
const STRAY = refuse(400, INVALID_REQUEST, "Bad Request: a response must name the session it belongs to.", null);

export function judge(incoming: Incoming, about: Circumstances): Verdict {
  const { server } = about.contents;
  if (server.era !== "auto" && server.era !== incoming.era) return otherEra(incoming, server.era);
  if (incoming.kind !== "message") return PASS;
  if (incoming.message.kind === "response") return incoming.session === null ? STRAY : PASS;
  const { era, message } = incoming;
  if (message.kind === "notification") return judgeNotification(incoming, message);
  if (!isOpenRequest(era, message.method, server.surface)) return unknownMethod(era, message);
  if (message.method === "tools/call") return judgeCall(era, message, about);
  const fault = era === "modern" ? checkParams(about.paramHeaders, NO_ARGUMENTS, null) : null;
  return fault === null ? PASS : mismatch(message, fault);
}

function judgeCall(era: Era, request: Request, about: Circumstances): Verdict {
  const tool = member(request.params, "name");
  const given = member(request.params, "arguments");
  if (typeof tool !== "string") return invalid(request, 'Invalid params: "name" must be a string');
  if (given !== undefined && !isObject(given)) return invalid(request, 'Invalid params: "arguments" must be an object');
  const args: JsonObject = given ?? NO_ARGUMENTS;
  const { grant, contents, paramHeaders, mirrors, pinOf, schemaOf, requestId, now } = about;
  const asked = { era, request, requestId, policy: grant.policy };
  const call = { tool, arguments: args, server: grant.server, grant, time: now, schemaOf, ...(pinOf && { pinOf }) };
  const decision = decide(contents.policy, call);
  switch (decision.effect) {
    case "allow": {
      // Only now: what a header must mirror would tell of tools that this grant may not know.
      const pass: Verdict = { kind: "pass", demands: decision.limits };
      if (era !== "modern") return pass;
      const known = mirrors(tool);
      if (known === undefined) return { ...mismatch(request, "not known yet"), wants: { tool, what: "mirrors" } };
      const fault = checkParams(paramHeaders, args, known);
      return fault === null ? pass : mismatch(request, fault);
    }
    case "hide":
      return { kind: "reply", reply: hiddenReply(asked), effect: "hide", rule: decision.rule };
    case "deny":
    case "approval": {
      const { effect, rule, text } = decision;
      const wants = decision.effect === "deny" ? decision.wants : undefined;
      const reply = deniedReply(asked, effect, rule, text);
      return { kind: "reply", reply, effect, rule, ...(wants && { wants }) };
    }
  }
}

/** A notification has no answer: one that the gateway does not know is taken and goes no further. */
function judgeNotification({ era, session }: Incoming, { method }: Notification): Verdict {
  if (session === null && OF_A_REQUEST.has(method)) return ACCEPTED;
  return isOpenNotification(era, method) ? PASS : ACCEPTED;
}

/** What names a request by its id: without a session nothing says whose, and it could be another grant's. */
const OF_A_REQUEST = new Set(["notifications/cancelled", "notifications/progress"]);

function unknownMethod(era: Era, { id, method }: Request): Verdict {
  return refuse(era === "modern" ? 404 : 200, METHOD_NOT_FOUND, `Method not found: ${method}`, id);
}

function invalid({ id }: Request, text: string): Verdict {
  return refuse(200, INVALID_PARAMS, text, id);
}

function mismatch({ id }: Request, fault: string): Reply {
  return refuse(400, HEADER_MISMATCH, `Bad Request: the request headers and body disagree: ${fault}`, id);
}

/** The server's record pins the other era; the error names what the server speaks, so that a client can turn to it. */
function otherEra(incoming: Incoming, spoken: Era): Verdict {
  const id = incoming.kind === "message" && incoming.message.kind === "request" ? incoming.message.id : null;
  if (incoming.kind !== "message") return refuse(405, UNSUPPORTED_VERSION, "Method not allowed.", id);
  const supported = spoken === "modern" ? [...MODERN_VERSIONS] : LEGACY_VERSIONS;
  const text = `Unsupported protocol version: this server speaks ${supported.join(", ")}`;
  return refuse(400, UNSUPPORTED_VERSION, text, id, { supported });
}

const LEGACY_VERSIONS = ["2025-11-25", "2025-06-18", "2025-03-26"];

function refuse(status: number, code: number, text: string, id: Request["id"] | null, data?: JsonObject): Reply {
  return { kind: "reply", reply: refusalReply(refusal(status, code, text, id, data)), effect: "refuse" };
}
