/**
 * The least MCP server that real clients can talk to, in both eras at once: it lists the tools it is given and echoes
 * the arguments of a call. It is lenient on purpose; what it should have refused, a gateway must refuse before it.
 */
import type { ServerResponse } from "node:http";
import type { Handler, Recorded } from "./recorder.ts";
import type { Message } from "./replies.ts";
import { answerTo, event, isModern, messageOf, openSse, SERVER_INFO, sendJson, textResult } from "./replies.ts";

export type Tool = { readonly name: string; readonly description?: string; readonly inputSchema: object };

export type MinimalServer = {
  readonly handle: Handler;
  /** May be replaced at any time. */
  tools: readonly Tool[];
  /** Writes to every open GET stream: a string as it is, an object as one SSE message. */
  push(frame: string | object): void;
  /** How many GET streams are open. */
  readonly streams: number;
};

const ECHO: Tool = { name: "echo", description: "Echoes its arguments", inputSchema: { type: "object" } };
const CACHE = { ttlMs: 60_000, cacheScope: "public" };

export function minimalServer(options: { tools?: readonly Tool[]; answers?: "json" | "sse" } = {}): MinimalServer {
  const open = new Set<ServerResponse>();
  const answers = options.answers ?? "json";
  let sessions = 0;

  function post(req: Recorded, res: ServerResponse): void {
    const message = messageOf(req);
    if (message.id === undefined || message.method === undefined) {
      res.writeHead(202).end();
      return;
    }
    const modern = isModern(message);
    const result = modern ? modernResult(message, server.tools) : legacyResult(message, server.tools);
    const headers: Record<string, string> =
      message.method === "initialize" ? { "Mcp-Session-Id": `session-${++sessions}` } : {};
    if (!result) {
      sendJson(res, methodNotFound(message), {}, modern ? 404 : 200);
    } else if (answers === "json") {
      sendJson(res, answerTo(message, result), headers);
    } else {
      openSse(res, headers);
      res.end(event(answerTo(message, result)));
    }
  }

  function get(res: ServerResponse): void {
    openSse(res);
    open.add(res);
    res.on("close", () => open.delete(res));
  }

  const server: MinimalServer = {
    tools: options.tools ?? [ECHO],
    handle: (req, res) => {
      if (req.method === "POST") post(req, res);
      else if (req.method === "GET") get(res);
      else res.writeHead(req.method === "DELETE" ? 200 : 405).end();
    },
    push: (frame) => {
      for (const res of open) res.write(typeof frame === "string" ? frame : event(frame));
    },
    get streams() {
      return open.size;
    },
  };
  return server;
}

function legacyResult({ method, params }: Message, tools: readonly Tool[]): object | undefined {
  switch (method) {
    case "initialize":
      return {
        protocolVersion: params?.protocolVersion,
        capabilities: { tools: { listChanged: true } },
        serverInfo: SERVER_INFO,
      };
    case "ping":
      return {};
    case "tools/list":
      return { tools };
    case "tools/call":
      return textResult(JSON.stringify(params?.arguments ?? {}));
    default:
      return undefined;
  }
}

function modernResult({ method, params }: Message, tools: readonly Tool[]): object | undefined {
  switch (method) {
    case "server/discover":
      return { supportedVersions: ["2026-07-28"], capabilities: { tools: {} }, ...CACHE };
    case "tools/list":
      return { tools, ...CACHE };
    case "tools/call":
      return textResult(JSON.stringify(params?.arguments ?? {}));
    default:
      return undefined;
  }
}

function methodNotFound({ id, method }: Message): object {
  return { jsonrpc: "2.0", id, error: { code: -32601, message: `Method not found: ${method}` } };
}
