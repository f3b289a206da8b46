/**
 * The MCP server behind the demo: the protocol's own reference server, which has a tool of every kind. It prints its
 * environment to whoever calls `get-env`, so it gets none of the user's; what it gets instead is made to be seen.
 */
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import type { Environment } from "../context.ts";
import type { LocalState } from "../local.ts";
import type { Command } from "./child.ts";
import { LOOPBACK } from "./ports.ts";

export function demoServer(root: string, port: number, env: Environment, log: string): Command {
  return {
    name: "The demo server",
    script: [everything(root), "streamableHttp"],
    cwd: root,
    env: demoEnvironment(env, port),
    log,
    preload: [join(import.meta.dirname, "loopback.mjs")],
  };
}

/** What `policies/everything/server.json` asks for, when there is a demo server here. */
export function demoVariables(state: LocalState | undefined): Environment {
  return state?.demoPort === undefined ? {} : { EVERYTHING_URL: `http://${LOOPBACK}:${state.demoPort}/mcp` };
}

/** Windows programs do not start without SystemRoot. */
export function demoEnvironment({ PATH, SystemRoot }: Environment, port: number): Environment {
  return {
    ...(PATH !== undefined && { PATH }),
    ...(SystemRoot !== undefined && { SystemRoot }),
    PORT: String(port),
    DEMO_PASSWORD: "nobody-should-see-this",
  };
}

function everything(root: string): string {
  const require = createRequire(join(root, "package.json"));
  return join(dirname(require.resolve("@modelcontextprotocol/server-everything/package.json")), "dist", "index.js");
}
