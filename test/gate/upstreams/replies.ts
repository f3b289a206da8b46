/**
 * Answers written by hand, in the shape of the era of the request they answer, so that tests control every byte.
 */
import type { ServerResponse } from "node:http";
import type { Recorded } from "./recorder.ts";

export type Message = {
  readonly id?: string | number;
  readonly method?: string;
  readonly params?: { readonly [name: string]: unknown };
};

const VERSION_KEY = "io.modelcontextprotocol/protocolVersion";
const SERVER_INFO_KEY = "io.modelcontextprotocol/serverInfo";
export const SERVER_INFO = { name: "recorder", version: "1.0.0" };

/** The message of a request, or an empty one. */
export function messageOf({ json }: Recorded): Message {
  return typeof json === "object" && json !== null && !Array.isArray(json) ? json : {};
}

export function isModern({ params }: Message): boolean {
  const meta = params?._meta;
  return typeof meta === "object" && meta !== null && VERSION_KEY in meta;
}

/** A JSON-RPC answer; a modern result names its type and its server. */
export function answerTo(message: Message, result: object): object {
  const modern = { resultType: "complete", _meta: { [SERVER_INFO_KEY]: SERVER_INFO } };
  return { jsonrpc: "2.0", id: message.id, result: isModern(message) ? { ...modern, ...result } : result };
}

export function textResult(text: string): object {
  return { content: [{ type: "text", text }] };
}

type Headers = Record<string, string | string[]>;

export function sendJson(res: ServerResponse, body: object, headers: Headers = {}, status = 200): void {
  res.writeHead(status, { "Content-Type": "application/json", ...headers });
  res.end(JSON.stringify(body));
}

export function openSse(res: ServerResponse, headers: Headers = {}): void {
  res.writeHead(200, { "Content-Type": "text/event-stream", "Cache-Control": "no-cache", ...headers });
  res.flushHeaders();
}

export function event(message: object): string {
  return `event: message\ndata: ${JSON.stringify(message)}\n\n`;
}
