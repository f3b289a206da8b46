/**
 * The process that `upstream.ts` starts: hears once what to answer, and says on which port it does. It looks for no more
 * in a request than its id and its method, where they stand first.
 */
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { type Canned, SESSION } from "./upstream.ts";

type Ready = {
  readonly type: string;
  readonly text: readonly string[];
  /** Null where a list is answered as all else is. */
  readonly lists: readonly string[] | null;
  asked: number;
  calls: number;
};

const HOLES = /(@id@|@count@)/;
const ID = /"id":("[^"]*"|\d+)/;
const METHOD = /"method":"([^"]*)"/;
const INITIALIZED =
  '{"jsonrpc":"2.0","id":@id@,"result":{"protocolVersion":"2025-11-25","capabilities":{"tools":{}},"serverInfo":{"name":"bench","version":"1"}}}';

const ready = new Map<string, Ready>();

process.once("message", (answers: Readonly<Record<string, Canned>>) => {
  for (const [path, { type, text, lists }] of Object.entries(answers)) {
    ready.set(path, { type, text: text.split(HOLES), lists: lists?.split(HOLES) ?? null, asked: 0, calls: 0 });
  }
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => answer(ready.get(request.url ?? ""), Buffer.concat(chunks).toString("latin1"), response));
  });
  // Its clients keep their connections; none may be closed between two of their requests.
  server.keepAliveTimeout = 0;
  server.listen(0, "127.0.0.1", () => process.send?.((server.address() as AddressInfo).port));
  process.on("message", (path: string) => process.send?.(ready.get(path)?.calls ?? 0));
});
process.on("disconnect", () => process.exit());

function answer(found: Ready | undefined, asked: string, response: ServerResponse): void {
  const id = ID.exec(asked)?.[1];
  const method = METHOD.exec(asked)?.[1];
  if (found === undefined || id === undefined || method === undefined) {
    response.writeHead(asked === "" ? 405 : 202).end();
    return;
  }
  found.asked += 1;
  const filled = (parts: readonly string[]) =>
    parts.map((part) => (part === "@id@" ? id : part === "@count@" ? String(found.asked) : part)).join("");
  if (method === "initialize") {
    json(response, filled(INITIALIZED.split(HOLES)), { "mcp-session-id": SESSION });
  } else if (method !== "tools/call" && found.lists !== null) {
    json(response, filled(found.lists));
  } else {
    if (method === "tools/call") found.calls += 1;
    say(response, found.type, filled(found.text));
  }
}

function say(response: ServerResponse, type: string, text: string): void {
  if (type === "application/json") {
    json(response, text);
    return;
  }
  // Who streams writes event by event, and does not know how much it will be.
  response.writeHead(200, { "content-type": type });
  for (const event of text.split(/(?<=\n\n)/)) response.write(event);
  response.end();
}

function json(response: ServerResponse, text: string, more: Readonly<Record<string, string>> = {}): void {
  const body = Buffer.from(text);
  const headers = { "content-type": "application/json", "content-length": body.length, ...more };
  response.writeHead(200, headers).end(body);
}
