/**
 * The public reference server `@modelcontextprotocol/server-everything`, as its package ships it: a process of its own on
 * a free loopback port. It speaks the legacy era only. Nothing here may wait for a time instead of the server's own word.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

export type Everything = { readonly url: string; close(): Promise<void> };

const READY = /listening on port/;

export async function startEverything(): Promise<Everything> {
  const port = await freePort();
  const entry = join(dirname(fileURLToPath(import.meta.resolve(PACKAGE))), "dist/index.js");
  const child = spawn(process.execPath, [entry, "streamableHttp"], {
    env: { ...process.env, PORT: String(port) },
    stdio: ["ignore", "ignore", "pipe"],
  });
  const ended = once(child, "exit");
  await readyLine(child.stderr);
  return {
    url: `http://127.0.0.1:${port}/mcp`,
    async close() {
      child.kill("SIGKILL");
      await ended;
    },
  };
}

const PACKAGE = "@modelcontextprotocol/server-everything/package.json";

/** It takes no port of the system's choice, because it would not say which it got. */
async function freePort(): Promise<number> {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const address = probe.address();
  probe.close();
  await once(probe, "close");
  if (address === null || typeof address === "string") throw new Error("the probe has no port");
  return address.port;
}

async function readyLine(stderr: NodeJS.ReadableStream): Promise<void> {
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
