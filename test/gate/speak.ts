/**
 * Messages as an honest client of either era writes them, by hand, so that a test can change any one thing about them.
 */
import type { Grant } from "./gateway.ts";
import { type Raw, send } from "./raw.ts";

export type Era = "legacy" | "modern";
export const ERAS: readonly Era[] = ["legacy", "modern"];

export type Message = {
  readonly id?: unknown;
  readonly method: string;
  readonly params?: { readonly [name: string]: unknown };
};

/** The id of every request that says no other. */
export const ID = 7;

/** What a modern request says of itself, as a member of its params. */
export const ENVELOPE =
  '"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{}}';

/** It as the last member of a request's params, with its comma; empty in the legacy era. */
export function metaOf(era: Era): string {
  return era === "modern" ? `,${ENVELOPE}` : "";
}

const HEADERS = ["Content-Type", "application/json", "Accept", "application/json, text/event-stream"];

export function call(tool: unknown, args?: object): Message {
  return { method: "tools/call", params: { name: tool, ...(args && { arguments: args }) } };
}

/** An honest request: all headers that the era wants, and a body that says the same. */
export function speak(era: Era, grant: Grant, message: Message): Raw {
  return { headers: headersFor(era, grant, message), body: textOf(era, message) };
}

/** The message as JSON; in the modern era, with its envelope. */
export function textOf(era: Era, { id = ID, method, params }: Message): string {
  const full = era === "modern" ? { ...JSON.parse(`{${ENVELOPE}}`), ...params } : params;
  return JSON.stringify({ jsonrpc: "2.0", id, method, params: full });
}

export function headersFor(era: Era, { token }: Grant, { method, params }: Message): string[] {
  const shared = ["Authorization", `Bearer ${token}`, ...HEADERS];
  if (era === "legacy") return shared;
  const name = params?.name ?? params?.uri;
  const named = typeof name === "string" ? ["Mcp-Name", mirrored(name)] : [];
  return [...shared, "MCP-Protocol-Version", "2026-07-28", "Mcp-Method", method, ...named];
}

/** Opens a legacy session with whatever server stands behind the grant, and gives the headers that name it. */
export async function openSession(grant: Grant): Promise<string[]> {
  const params = { protocolVersion: "2025-11-25", capabilities: {}, clientInfo: { name: "test", version: "1" } };
  const { headers } = await send(grant.url, speak("legacy", grant, { method: "initialize", params }));
  return ["Mcp-Session-Id", String(headers["mcp-session-id"])];
}

/** Headers with one of them changed, or taken out. */
export function withHeader(headers: readonly string[], name: string, value: string | null): string[] {
  const kept = headers.filter((_, at) => headers[at - (at % 2)]?.toLowerCase() !== name.toLowerCase());
  return value === null ? kept : [...kept, name, value];
}

/** As SEP-2243 has it: base64 of UTF-8 where plain text would not survive in a header. */
export function mirrored(value: string): string {
  const plain = /^[!-~]+(?:[ \t]+[!-~]+)*$/.test(value) && !/^=\?base64\?.*\?=$/.test(value);
  return plain ? value : `=?base64?${Buffer.from(value).toString("base64")}?=`;
}
