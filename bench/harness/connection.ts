/**
 * A client's connection as small as it can be, so that what sends the load takes little of the machine from what is
 * measured: one HTTP/1.1 request at a time on a socket that stays open, of whose answer only the status and the size are
 * kept. It understands answers with a length and answers in chunks, and throws at anything else.
 */
import { connect, type Socket } from "node:net";

export type Reply = {
  readonly status: number;
  /** Of the body, without what frames it. */
  readonly bytes: number;
};

export type Connection = {
  /** Only one at a time. */
  ask(...request: readonly (string | Buffer)[]): Promise<Reply>;
  close(): void;
};

export async function openConnection(port: number): Promise<Connection> {
  const socket = await opened(port);
  let waiting: PromiseWithResolvers<Reply> | null = null;
  let reader = replyReader();
  let broken: Error | null = null;

  const fail = (cause: Error) => {
    broken = cause;
    socket.destroy();
    waiting?.reject(cause);
  };
  socket.on("error", fail);
  socket.on("close", () => fail(new Error("the connection was closed")));
  socket.on("data", (chunk) => {
    try {
      const reply = reader(chunk);
      if (reply === null) return;
      reader = replyReader();
      const asked = waiting;
      waiting = null;
      if (asked === null) throw new Error("an answer that nobody asked for");
      asked.resolve(reply);
    } catch (error) {
      fail(error instanceof Error ? error : new Error(String(error)));
    }
  });

  return {
    ask(...request) {
      if (broken !== null) return Promise.reject(broken);
      waiting = Promise.withResolvers();
      const { promise } = waiting;
      socket.cork();
      for (const piece of request) socket.write(piece);
      socket.uncork();
      return promise;
    },
    close: () => void socket.destroy(),
  };
}

function opened(port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: "127.0.0.1", noDelay: true });
    socket.once("error", reject);
    socket.once("connect", () => {
      socket.off("error", reject);
      resolve(socket);
    });
  });
}

const CRLF = "\r\n";
const END_OF_HEAD = Buffer.from(CRLF + CRLF);
const MOST_HEAD = 64 * 1024;

/** Reads one answer piece by piece: null until it is there. Nothing may follow it. */
export function replyReader(): (chunk: Buffer) => Reply | null {
  let head: Buffer = Buffer.alloc(0);
  let status = 0;
  let body: ((chunk: Buffer) => number | null) | null = null;

  return (chunk) => {
    if (body === null) {
      head = head.length === 0 ? chunk : Buffer.concat([head, chunk]);
      const end = head.indexOf(END_OF_HEAD);
      if (end < 0) {
        if (head.length > MOST_HEAD) throw new Error("an answer whose head has no end");
        return null;
      }
      const text = head.toString("latin1", 0, end);
      status = Number(/^HTTP\/1\.[01] (\d{3})/.exec(text)?.[1]);
      body = bodyReader(text);
      chunk = head.subarray(end + END_OF_HEAD.length);
    }
    const bytes = body(chunk);
    return bytes === null ? null : { status, bytes };
  };
}

function bodyReader(head: string): (chunk: Buffer) => number | null {
  const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1];
  if (length !== undefined) return sized(Number(length));
  if (/\r\ntransfer-encoding: *chunked/i.test(head)) return chunked();
  throw new Error(`an answer that does not say how long it is: ${head.slice(0, 200)}`);
}

function sized(length: number): (chunk: Buffer) => number | null {
  let seen = 0;
  return (chunk) => {
    seen += chunk.length;
    if (seen > length) throw new Error("an answer longer than it says");
    return seen === length ? length : null;
  };
}

/** RFC 9112, section 7.1; no trailers. */
function chunked(): (chunk: Buffer) => number | null {
  let bytes = 0;
  let rest = 0;
  let line = "";
  return (chunk) => {
    let at = 0;
    while (at < chunk.length) {
      if (rest > 0) {
        const taken = Math.min(rest, chunk.length - at);
        rest -= taken;
        at += taken;
        continue;
      }
      const end = chunk.indexOf("\n", at);
      line += chunk.toString("latin1", at, end < 0 ? chunk.length : end + 1);
      if (end < 0) return null;
      at = end + 1;
      // The line that ends a chunk's data is empty; `0` and an empty line end all.
      if (line === CRLF) {
        line = "";
        continue;
      }
      if (line === `0${CRLF}${CRLF}`) return bytes;
      if (line === `0${CRLF}`) continue;
      const size = Number.parseInt(line, 16);
      if (!(size > 0)) throw new Error(`a chunk of no size: ${line}`);
      line = "";
      rest = size;
      bytes += size;
    }
    return null;
  };
}
