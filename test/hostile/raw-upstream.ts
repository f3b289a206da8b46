/**
 * An upstream below HTTP: it reads requests as it must and answers with bytes exactly as given, which no HTTP library
 * would let it write. It remembers every request that came, on whichever connection.
 */

import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { createServer, type Socket } from "node:net";
import type { Message } from "../gate/upstreams/replies.ts";

export type Heard = {
  /** The request line and the headers as they came. */
  readonly head: string;
  readonly message: Message;
};

/** Writes whatever it likes; the connection stays open unless it ends it. */
export type Say = (socket: Socket, message: Message) => void;

export type RawUpstream = {
  readonly url: string;
  readonly requests: readonly Heard[];
  clear(): void;
  answer(say: Say): void;
  close(): Promise<void>;
};

export async function startRawUpstream(): Promise<RawUpstream> {
  const requests: Heard[] = [];
  const sockets = new Set<Socket>();
  let current: Say = (socket) => socket.destroy();

  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    socket.on("error", () => undefined);
    let read = "";
    socket.on("data", (chunk) => {
      read += chunk.toString("latin1");
      for (let next = firstOf(read); next !== null; next = firstOf(read)) {
        read = next.rest;
        requests.push(next.heard);
        current(socket, next.heard.message);
      }
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/mcp`,
    requests,
    clear: () => void requests.splice(0),
    answer: (say) => {
      current = say;
    },
    async close() {
      const closed = once(server, "close");
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

/** The first whole request of what was read; its body has a length, as all that the gateway sends. */
function firstOf(read: string): { readonly heard: Heard; readonly rest: string } | null {
  const end = read.indexOf("\r\n\r\n");
  if (end < 0) return null;
  const head = read.slice(0, end);
  const from = end + 4;
  const to = from + Number(/^content-length: *(\d+)$/im.exec(head)?.[1] ?? 0);
  if (read.length < to) return null;
  const body = Buffer.from(read.slice(from, to), "latin1").toString("utf8");
  return { heard: { head, message: body === "" ? {} : (JSON.parse(body) as Message) }, rest: read.slice(to) };
}

/** A head as it goes on the wire. */
export function head(status: string, ...lines: readonly string[]): string {
  return `HTTP/1.1 ${status}\r\n${lines.map((line) => `${line}\r\n`).join("")}\r\n`;
}
