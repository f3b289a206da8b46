/**
 * A stdio server behind streamable HTTP, in both eras at one URL: every request is passed to the process and its answer
 * handed back, with nothing added. By hand: `npx node test/gate/upstreams/stdio-bridge.ts 4100 node server.js`.
 */
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer as createHttpServer } from "node:http";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { Client } from "@modelcontextprotocol/client";
import { StdioClientTransport } from "@modelcontextprotocol/client/stdio";
import { type NodeIncomingMessageLike, toNodeHandler } from "@modelcontextprotocol/node";
import { createMcpHandler, isLegacyRequest, Server } from "@modelcontextprotocol/server";
import * as z from "zod";
import { createSessions } from "./fixture/sessions.ts";
import { listen } from "./listen.ts";

export type StdioBridge = { readonly url: string; close(): Promise<void> };

const Anything = z.looseObject({});

export async function startStdioBridge(
  command: readonly [string, ...string[]],
  options: { readonly port?: number } = {},
): Promise<StdioBridge> {
  const [program, ...args] = command;
  const client = new Client({ name: "stdio-bridge", version: "1.0.0" }, { capabilities: {} });
  await client.connect(new StdioClientTransport({ command: program, args, stderr: "ignore" }));

  /** Each session and each modern request gets one; they all lead to the one process. */
  function server(): Server {
    const info = client.getServerVersion() ?? { name: program, version: "0" };
    const { tools, resources, prompts } = client.getServerCapabilities() ?? {};
    const instructions = client.getInstructions();
    const front = new Server(info, {
      capabilities: { ...(tools && { tools }), ...(resources && { resources }), ...(prompts && { prompts }) },
      ...(instructions !== undefined && { instructions }),
    });
    front.fallbackRequestHandler = async ({ method, params }) => {
      const { _meta: _, ...rest } = params ?? {};
      return client.request({ method, params: rest }, Anything);
    };
    return front;
  }

  const modern = createMcpHandler(server, { legacy: "reject" });
  const handleModern = toNodeHandler(modern);
  const sessions = createSessions(server);

  async function handle(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const body = req.method === "POST" ? JSON.parse(await text(req)) : undefined;
    if (await isLegacy(req, body)) await sessions.handle(req, res, body);
    else await handleModern(req as NodeIncomingMessageLike, res, body);
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
      await client.close();
    },
  };
}

function isLegacy(req: IncomingMessage, body: unknown): Promise<boolean> {
  const headers = Object.entries(req.headers).flatMap(([name, value]) =>
    typeof value === "string" ? [[name, value] as [string, string]] : [],
  );
  const method = req.method ?? "GET";
  const request = new Request("http://bridge.invalid/mcp", { method, headers });
  return isLegacyRequest(request, body);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [port = "4100", program, ...args] = process.argv.slice(2);
  if (program === undefined) throw new Error("which command?");
  const { url } = await startStdioBridge([program, ...args], { port: Number(port) });
  console.log(`The bridge listens on ${url}`);
}
