/**
 * An upstream that accepts anything, checks nothing and remembers every request byte for byte. What a gateway let
 * through, or kept back, is proven here and nowhere else. How it answers is up to a handler, which a test can change.
 */
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer } from "node:http";
import { listen } from "./listen.ts";
import { minimalServer } from "./minimal.ts";

export type Recorded = {
  readonly method: string;
  readonly path: string;
  /** Names and values in turn, with the capitals and the order of the wire. */
  readonly rawHeaders: readonly string[];
  readonly body: Buffer;
  readonly text: string;
  /** The body's JSON, or undefined where it is none. */
  readonly json: unknown;
  /** When the client left before it had its answer. */
  disconnectedAt?: number;
};

export type Handler = (req: Recorded, res: ServerResponse) => void | Promise<void>;

export type Recorder = {
  readonly url: string;
  /** In the order in which they were complete. */
  readonly requests: readonly Recorded[];
  /** How many requests have neither their whole answer nor been left. */
  readonly open: number;
  clear(): void;
  answer(handler: Handler): void;
  /** The first request, past or to come, that fulfils the predicate; it is asked again when a client disconnects. */
  waitFor(predicate: (req: Recorded) => boolean): Promise<Recorded>;
  close(): Promise<void>;
};

export async function startRecorder(handler: Handler = minimalServer().handle): Promise<Recorder> {
  const requests: Recorded[] = [];
  const waiting = new Set<() => void>();
  let current = handler;
  let open = 0;

  function changed(): void {
    for (const look of waiting) look();
  }

  async function record(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const recorded = await receive(req);
    requests.push(recorded);
    if (recorded.disconnectedAt !== undefined) return changed();
    open++;
    res.on("close", () => {
      open--;
      if (!clientLeft(res)) return;
      recorded.disconnectedAt = Date.now();
      changed();
    });
    changed();
    await current(recorded, res);
  }

  const http = await listen(createServer((req, res) => void record(req, res).catch(() => res.destroy())));
  return {
    url: `${http.origin}/mcp`,
    requests,
    get open() {
      return open;
    },
    clear: () => void requests.splice(0),
    answer: (next) => {
      current = next;
    },
    waitFor: (predicate) =>
      new Promise((resolve) => {
        function look(): void {
          const found = requests.find(predicate);
          if (found === undefined) return;
          waiting.delete(look);
          resolve(found);
        }
        waiting.add(look);
        look();
      }),
    close: http.close,
  };
}

/** The first value of a header, whatever its capitals. */
export function header(req: Recorded, name: string): string | undefined {
  const at = req.rawHeaders.findIndex((entry, i) => i % 2 === 0 && entry.toLowerCase() === name.toLowerCase());
  return at < 0 ? undefined : req.rawHeaders[at + 1];
}

async function receive(req: IncomingMessage): Promise<Recorded> {
  const chunks: Buffer[] = [];
  const left: { disconnectedAt?: number } = {};
  try {
    for await (const chunk of req) chunks.push(chunk);
  } catch {
    left.disconnectedAt = Date.now();
  }
  const body = Buffer.concat(chunks);
  const text = body.toString("utf8");
  const { method = "", url: path = "", rawHeaders } = req;
  return { method, path, rawHeaders, body, text, json: parse(text), ...left };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** A handler that destroys the socket itself closes the response just so, but has read no end and no error from it. */
function clientLeft(res: ServerResponse): boolean {
  const socket = res.req.socket;
  return !res.writableFinished && (socket.readableEnded || socket.errored !== null);
}
