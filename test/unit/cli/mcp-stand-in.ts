/**
 * A real MCP server in one process with the test: the official SDK's, each request on its own, behind a bearer token.
 * Its tool `guarded` answers as the gateway does when it denies.
 */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import { StreamableHTTPServerTransport } from "@modelcontextprotocol/sdk/server/streamableHttp.js";
import { onTestFinished } from "vitest";
import * as z from "zod";

export const GRANT_TOKEN = "ggt_of_the_stand_in";

const DENIAL = {
  isError: true,
  content: [{ type: "text" as const, text: "[POLICY DENIED] Not with this grant." }],
  _meta: { "io.grantgate/decision": { effect: "deny", rule: "/tools/guarded/action", policy: "demo" } },
};

function mcpServer(): McpServer {
  const server = new McpServer({ name: "stand-in", version: "1" });
  const echo = { description: "Says it again.\nAnd no more.", inputSchema: { message: z.string() } };
  server.registerTool("echo", echo, ({ message }) => ({ content: [{ type: "text", text: `Echo: ${message}` }] }));
  server.registerTool("guarded", { description: "Never runs" }, () => DENIAL);
  return server;
}

export async function mcpStandIn(): Promise<string> {
  const http = createServer(async (request, response) => {
    if (request.headers.authorization !== `Bearer ${GRANT_TOKEN}`) return void response.writeHead(401).end();
    if (request.url !== "/mcp/stand-in") return void response.writeHead(404).end();
    const transport = new StreamableHTTPServerTransport({ enableJsonResponse: true });
    await mcpServer().connect(transport as Parameters<McpServer["connect"]>[0]);
    await transport.handleRequest(request, response);
  });
  await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    http.closeAllConnections();
    http.close();
  });
  return `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
}
