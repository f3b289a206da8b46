/**
 * A loopback reverse proxy that adds the bearer token the referee can't send. It must never decide anything: Host,
 * Origin and every other header go on as they came, bytes go through unbuffered both ways, and when one side leaves, so
 * does the other.
 */
import type { IncomingMessage, ServerResponse } from "node:http";
import { Agent, createServer, request } from "node:http";
import { listen } from "./upstreams/listen.ts";

export type Shim = { readonly url: string; close(): Promise<void> };

/** They speak of one connection only; Node writes its own. */
const HOP_BY_HOP = new Set(["connection", "keep-alive", "transfer-encoding"]);

/** Connections are not reused, so that no request dies on one the other side was just closing. */
const agent = new Agent({ keepAlive: false });

export async function startShim({ target, token }: { target: URL; token: string }): Promise<Shim> {
  const http = await listen(createServer((req, res) => pass(target, token, req, res)));
  return { url: http.origin + target.pathname, close: http.close };
}

function pass(target: URL, token: string, req: IncomingMessage, res: ServerResponse): void {
  const onward = request({
    agent,
    host: target.hostname,
    port: target.port,
    method: req.method,
    path: req.url,
    setHost: false,
    headers: [...without(req.rawHeaders, new Set(["authorization"])), "Authorization", `Bearer ${token}`],
  });
  onward.on("response", (answer) => {
    res.writeHead(answer.statusCode ?? 502, answer.statusMessage, without(answer.rawHeaders, HOP_BY_HOP));
    res.flushHeaders();
    answer.pipe(res);
    answer.on("error", () => res.destroy());
  });
  onward.on("error", () => res.destroy());
  res.on("close", () => onward.destroy());
  req.pipe(onward);
}

/** Raw headers are a flat list of names and values. */
function without(rawHeaders: readonly string[], names: ReadonlySet<string>): string[] {
  const kept: string[] = [];
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) {
    const [name = "", value = ""] = rawHeaders.slice(i, i + 2);
    if (!names.has(name.toLowerCase())) kept.push(name, value);
  }
  return kept;
}
