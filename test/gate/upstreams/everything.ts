/**
 * The public reference server `@modelcontextprotocol/server-everything`, just as `grantgate start` runs it for its demo:
 * a process of its own on a free loopback port. It speaks the legacy era only. Nothing here may wait for a time instead
 * of the server's own word.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";
import { demoServer } from "../../../src/cli/start/demo-server.ts";
import { freePort, LOOPBACK } from "../../../src/cli/start/ports.ts";

export type Everything = { readonly url: string; close(): Promise<void> };

const READY = /listening on port/;

export async function startEverything(): Promise<Everything> {
  const port = await freePort();
  const { script, cwd, env, preload = [] } = demoServer(process.cwd(), port, process.env, "");
  const imports = preload.flatMap((module) => ["--import", pathToFileURL(module).href]);
  const child = spawn(process.execPath, [...imports, ...script], {
    cwd,
    env: { ...env },
    stdio: ["ignore", "ignore", "pipe"],
  });
  const ended = once(child, "exit");
  await untilReady(child.stderr);
  return {
    url: `http://${LOOPBACK}:${port}/mcp`,
    async close() {
      child.kill("SIGKILL");
      await ended;
    },
  };
}

async function untilReady(stderr: NodeJS.ReadableStream): Promise<void> {
  const said: string[] = [];
  for await (const line of createInterface({ input: stderr })) {
    said.push(line);
    if (!READY.test(line)) continue;
    // What nobody reads would fill the pipe and stop the process.
    stderr.resume();
    return;
  }
  throw new Error(`server-everything ended before it was ready:\n${said.join("\n")}`);
}
