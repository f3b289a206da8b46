/**
 * The official clients as an agent's host would set them up: a URL, and the grant token as a header. They offer to
 * sample and to ask the user, and do both on the spot, so that a server can turn round and ask.
 */
import * as modern from "@modelcontextprotocol/client";
import { Client as FirstClient } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport as FirstTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { CreateMessageRequestSchema, ElicitRequestSchema } from "@modelcontextprotocol/sdk/types.js";
import type { Era } from "./speak.ts";
import type { Target } from "./wire.ts";

/** What tests look at in the result of a call. */
export type CallResult = {
  readonly isError?: boolean | undefined;
  readonly content: readonly { readonly type: string; readonly text?: string }[];
  readonly _meta?: { readonly [key: string]: unknown } | undefined;
};

export type Connection = {
  /** The protocol version that was agreed on. */
  readonly version: string | undefined;
  readonly client: FirstClient | modern.Client;
  readonly call: (name: string, args?: Args, onProgress?: (step: number) => void) => Promise<CallResult>;
  readonly close: () => Promise<void>;
};

export type OfficialClient = {
  readonly name: string;
  /** The era it ends up in with a server that speaks both. */
  readonly era: Era;
  readonly connect: (target: Target) => Promise<Connection>;
};

type Args = Readonly<Record<string, unknown>>;

const INFO = { name: "test", version: "1.0.0" };
const CAPABILITIES = { sampling: {}, elicitation: {} };

const SAMPLED = {
  role: "assistant" as const,
  model: "test-model",
  content: { type: "text" as const, text: "It is Paris." },
};
const ELICITED = { action: "accept" as const, content: { name: "Ada", username: "ada", email: "ada@example.com" } };

async function connectFirst(target: Target): Promise<Connection> {
  const client = new FirstClient(INFO, { capabilities: CAPABILITIES });
  client.setRequestHandler(CreateMessageRequestSchema, () => SAMPLED);
  client.setRequestHandler(ElicitRequestSchema, () => ELICITED);
  const transport = new FirstTransport(new URL(target.url), { requestInit: { headers: headersOf(target) } });
  await client.connect(transport as Parameters<FirstClient["connect"]>[0]);
  return {
    version: transport.protocolVersion,
    client,
    call: async (name, args = {}, onProgress) =>
      (await client.callTool({ name, arguments: { ...args } }, undefined, progress(onProgress))) as CallResult,
    close: () => client.close(),
  };
}

async function connectSecond(mode: modern.VersionNegotiationMode, target: Target): Promise<Connection> {
  const client = new modern.Client(INFO, { capabilities: CAPABILITIES, versionNegotiation: { mode } });
  client.setRequestHandler("sampling/createMessage", () => SAMPLED);
  client.setRequestHandler("elicitation/create", () => ELICITED);
  const requestInit = { headers: headersOf(target) };
  await client.connect(new modern.StreamableHTTPClientTransport(new URL(target.url), { requestInit }));
  return {
    version: client.getNegotiatedProtocolVersion(),
    client,
    call: async (name, args = {}, onProgress) =>
      (await client.callTool({ name, arguments: { ...args } }, progress(onProgress))) as CallResult,
    close: () => client.close(),
  };
}

function progress(hear: ((step: number) => void) | undefined) {
  return hear === undefined ? {} : { onprogress: ({ progress }: { progress: number }) => hear(progress) };
}

function headersOf({ token }: Target): Record<string, string> {
  return token === undefined ? {} : { Authorization: `Bearer ${token}` };
}

export const FIRST: OfficialClient = { name: "SDK 1", era: "legacy", connect: connectFirst };
export const LEGACY: OfficialClient = {
  name: "SDK 2, legacy",
  era: "legacy",
  connect: (target) => connectSecond("legacy", target),
};
export const AUTO: OfficialClient = {
  name: "SDK 2, negotiating",
  era: "modern",
  connect: (target) => connectSecond("auto", target),
};
export const PINNED: OfficialClient = {
  name: "SDK 2, pinned to 2026-07-28",
  era: "modern",
  connect: (target) => connectSecond({ pin: "2026-07-28" }, target),
};
