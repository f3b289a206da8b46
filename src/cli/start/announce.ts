/** What `grantgate start` says when it is ready. Pure. */
import type { Endpoint } from "../connect/endpoint.ts";
import { claudeCode, curl, entryText, shellJson } from "../connect/snippets.ts";
import type { DemoGrant } from "../local.ts";
import type { Terminal } from "../terminal.ts";

export type Ready = {
  readonly url: string;
  readonly demo: DemoGrant | undefined;
  readonly platform: NodeJS.Platform;
};

export function announcement({ url, demo, platform }: Ready, paint: Terminal["paint"]): string {
  const title = (text: string): string => paint("bold", text);
  if (demo === undefined) {
    return [
      `${title("Grantgate")}  ${url}`,
      "",
      "Next: `npx grantgate apply <folder>` and `npx grantgate grant create …`. Ctrl-C stops the gateway.",
    ].join("\n");
  }
  const secret = { kind: "token" as const, token: demo.token };
  const endpoint: Endpoint = { name: `${demo.server}-gated`, url: `${url}/mcp/${demo.server}`, secret };
  const call = (tool: string, value: unknown, more = ""): string =>
    `npx grantgate call ${tool} ${shellJson(value, platform)}${more}`;
  return [
    `${title("Grantgate")}    ${url}`,
    `${title("Endpoint")}     ${endpoint.url}`,
    `${title("Token")}        ${demo.token}`,
    "",
    title("Connect a client"),
    `  Claude Code  ${claudeCode(endpoint)}`,
    `  Cursor       .cursor/mcp.json  ${entryText("cursor", endpoint)}`,
    `  VS Code      .vscode/mcp.json  ${entryText("vscode", endpoint)}`,
    "  others       npx grantgate connect claude-desktop (or codex, gemini)",
    `  curl         ${curl(endpoint, DENIED_CALL, platform)}`,
    "",
    title("Try it, in another terminal"),
    `  allowed      ${call("echo", { message: "hello" })}`,
    `  denied       ${call("echo", { message: "my password is swordfish" })}`,
    `  limited      ${call("get-sum", { a: 2, b: 3 }, " --repeat 6")}`,
    "  hidden       npx grantgate call get-env",
    "  the list     npx grantgate tools",
    "",
    `The rules are in policies/${demo.server}/${demo.policy}.json: change them, then \`npx grantgate apply policies\`.`,
    "Ctrl-C stops the gateway.",
  ].join("\n");
}

/** Answered by the gateway alone, so it needs no session of the server behind it. */
const DENIED_CALL = {
  jsonrpc: "2.0",
  id: 1,
  method: "tools/call",
  params: { name: "get-annotated-message", arguments: { messageType: "error" } },
};

/** The same for programs: one line, with all that a client needs. */
export function readyJson({ url, demo }: Ready): string {
  const endpoint = demo && { endpoint: `${url}/mcp/${demo.server}`, ...demo };
  return JSON.stringify({ url, pid: process.pid, ...endpoint });
}
