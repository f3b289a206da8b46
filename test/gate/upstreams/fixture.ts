/**
 * The upstream the official conformance referee is run against, directly and through the gateway: a dual-era MCP server
 * on the official SDK. By hand: `npx node test/gate/upstreams/fixture.ts --port 4000`.
 */
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer as createHttpServer } from "node:http";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import type { NodeIncomingMessageLike } from "@modelcontextprotocol/node";
import { localhostHostValidation, localhostOriginValidation, toNodeHandler } from "@modelcontextprotocol/node";
import { classifyInboundRequest, createMcpHandler } from "@modelcontextprotocol/server";
import { createServer } from "./fixture/server.ts";
import { createSessions } from "./fixture/sessions.ts";
import { createWorld } from "./fixture/world.ts";
import { listen } from "./listen.ts";
import { sendJson } from "./replies.ts";

export type Fixture = { readonly url: string; close(): Promise<void> };

const PARSE_ERROR = { jsonrpc: "2.0", id: null, error: { code: -32700, message: "Parse error: Invalid JSON" } };

export async function startFixture(options: { port?: number } = {}): Promise<Fixture> {
  const world = createWorld();
  const sessions = createSessions(() => createServer(world));
  const modern = createMcpHandler(() => createServer(world), { legacy: "reject", bus: world.bus });
  const handleModern = toNodeHandler(modern);
  const isOurHost = localhostHostValidation();
  const isOurOrigin = localhostOriginValidation();

  async function handle(req: IncomingMessage, res: ServerResponse): Promise<void> {
    if (!isOurHost(req, res) || !isOurOrigin(req, res)) return;
    const body = req.method === "POST" ? parse(await text(req)) : undefined;
    if (req.method === "POST" && body === undefined) sendJson(res, PARSE_ERROR, {}, 400);
    else if (isModern(req, body)) await handleModern(req as NodeIncomingMessageLike, res, body);
    else await sessions.handle(req, res, body);
  }

  const http = await listen(
    createHttpServer((req, res) => void handle(req, res).catch((error: Error) => res.destroy(error))),
    options.port,
  );
  return {
    url: `${http.origin}/mcp`,
    async close() {
      await Promise.all([sessions.close(), modern.close()]);
      await http.close();
    },
  };
}

/** Undefined is what no JSON text means. */
function parse(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

function isModern(req: IncomingMessage, body: unknown): boolean {
  const version = req.headers["mcp-protocol-version"];
  const method = req.headers["mcp-method"];
  const route = classifyInboundRequest({
    httpMethod: req.method ?? "GET",
    ...(typeof version === "string" && { protocolVersionHeader: version }),
    ...(typeof method === "string" && { mcpMethodHeader: method }),
    body,
  });
  return route.kind !== "legacy";
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { values } = parseArgs({ options: { port: { type: "string", default: "4000" } } });
  const { url } = await startFixture({ port: Number(values.port) });
  console.log(`The fixture listens on ${url}`);
}
