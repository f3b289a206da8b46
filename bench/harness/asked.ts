/** The requests of a case, as a client of its era sends them, and a close look at the first answer. */
import type { Case } from "../cases.ts";
import { type Asked, type Expected, FIRST_ID } from "./load.ts";

const MODERN = "2026-07-28";
const LEGACY = "2025-11-25";
const ACCEPT = { accept: "application/json, text/event-stream", "content-type": "application/json" };
const ENVELOPE = {
  "io.modelcontextprotocol/protocolVersion": MODERN,
  "io.modelcontextprotocol/clientCapabilities": {},
  "io.modelcontextprotocol/clientInfo": { name: "bench", version: "1" },
};

/** A session is opened as a client would, by the first token. */
export async function askedOf(one: Case, url: string, tokens: readonly string[]): Promise<Asked> {
  const { era, method, params } = one;
  const name = "name" in params ? { "mcp-name": String(params.name) } : {};
  const mirrored = era === "modern" ? { "mcp-protocol-version": MODERN, "mcp-method": method, ...name } : {};
  const full = { ...params, ...(era === "modern" && { _meta: ENVELOPE }) };
  const body = JSON.stringify({ jsonrpc: "2.0", id: "@id@", method, params: full }).replace('"@id@"', "@id@");
  const asked = { url, headers: { ...ACCEPT, ...mirrored }, body, tokens };
  return era === "session" ? inSession(asked) : asked;
}

/** The answer to one request; those that follow must be as long, but for a few digits. Throws for one that is not meant. */
export async function look(asked: Asked, denied: boolean): Promise<Expected> {
  const response = await send(asked, asked.body.replace("@id@", String(FIRST_ID)));
  const text = await response.text();
  const wrong = (what: string) => new Error(`${asked.url}: ${what}: ${response.status} ${text.slice(0, 400)}`);
  const last = text.startsWith("event:") ? text.slice(text.lastIndexOf("data: ") + "data: ".length) : text;
  const { id, result } = Object(JSON.parse(last));
  if (response.status !== 200 || id !== FIRST_ID || result === undefined) throw wrong("no result");
  if ((Object(result).isError === true) !== denied) throw wrong(denied ? "not denied" : "denied");
  return { status: 200, bytes: Buffer.byteLength(text) };
}

async function inSession(asked: Asked): Promise<Asked> {
  const params = { protocolVersion: LEGACY, capabilities: {}, clientInfo: { name: "bench", version: "1" } };
  const response = await send(asked, JSON.stringify({ jsonrpc: "2.0", id: 1, method: "initialize", params }));
  const session = response.headers.get("mcp-session-id");
  const said = await response.text();
  if (session === null) throw new Error(`${asked.url} opened no session: ${response.status} ${said.slice(0, 400)}`);
  return { ...asked, headers: { ...asked.headers, "mcp-session-id": session, "mcp-protocol-version": LEGACY } };
}

function send({ url, headers, tokens: [token] }: Asked, body: string): Promise<Response> {
  const by = token === undefined ? {} : { authorization: `Bearer ${token}` };
  return fetch(url, { method: "POST", headers: { ...headers, ...by }, body });
}
