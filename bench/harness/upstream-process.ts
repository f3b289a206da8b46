/** The process that `upstream.ts` starts: hears once what to answer, and says on which port it does. */
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Canned } from "./upstream.ts";

type Ready = { readonly type: string; readonly parts: readonly string[]; count: number };

const HOLES = /(@id@|@count@)/;

process.once("message", (answers: Readonly<Record<string, Canned>>) => {
  const ready = new Map<string, Ready>();
  for (const [path, { type, text }] of Object.entries(answers)) {
    ready.set(path, { type, parts: text.split(HOLES), count: 0 });
  }
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => answer(ready.get(request.url ?? ""), Buffer.concat(chunks).toString(), response));
  });
  // Its clients keep their connections; none may be closed between two of their requests.
  server.keepAliveTimeout = 0;
  server.listen(0, "127.0.0.1", () => process.send?.((server.address() as AddressInfo).port));
});

function answer(found: Ready | undefined, asked: string, response: ServerResponse): void {
  const id = asked === "" ? undefined : Object(JSON.parse(asked)).id;
  if (found === undefined || id === undefined) {
    response.writeHead(asked === "" ? 405 : 202).end();
    return;
  }
  found.count += 1;
  const holes: Readonly<Record<string, string>> = { "@id@": JSON.stringify(id), "@count@": String(found.count) };
  const body = Buffer.from(found.parts.map((part) => holes[part] ?? part).join(""));
  // Who streams does not know how much it will be.
  const length = found.type === "application/json" ? { "content-length": body.length } : {};
  response.writeHead(200, { "content-type": found.type, ...length }).end(body);
}

process.on("disconnect", () => process.exit());
