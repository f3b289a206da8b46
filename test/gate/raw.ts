/**
 * HTTP as an attacker may write it: header lines and bytes exactly as given, repeated lines included, and the answer as
 * it came. Nothing is added but Host and the length of the body.
 */
import type { IncomingHttpHeaders, IncomingMessage } from "node:http";
import { Agent, request } from "node:http";

export type Raw = {
  readonly verb?: string;
  /** Names and values in turn. */
  readonly headers: readonly string[];
  readonly body?: string | Uint8Array;
  /** Sends the body without saying how long it is. */
  readonly chunked?: boolean;
};

export type Answer = {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  /** The body's JSON, or undefined where it is none. */
  readonly json: unknown;
};

export type Opened = {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** The next server-sent event, comments included, without its closing blank line; null at the end. */
  next(): Promise<string | null>;
  /** All events until the end. */
  rest(): Promise<string[]>;
  /** Hangs up. */
  leave(): void;
};

/** Each request has a connection of its own, so that none suffers from what another did to it. */
const agent = new Agent({ keepAlive: false });

export async function send(url: string, raw: Raw): Promise<Answer> {
  const { res } = await exchange(url, raw);
  let text = "";
  for await (const piece of res.setEncoding("utf8")) text += piece;
  return { status: res.statusCode ?? 0, headers: res.headers, text, json: parse(text) };
}

export async function open(url: string, raw: Raw): Promise<Opened> {
  const { res, leave } = await exchange(url, raw);
  const events = eventsIn(res);
  return {
    status: res.statusCode ?? 0,
    headers: res.headers,
    next: async () => (await events.next()).value ?? null,
    rest: async () => {
      const rest: string[] = [];
      for await (const event of events) rest.push(event);
      return rest;
    },
    leave,
  };
}

/** Sends a request and hangs up as soon as `when` has come, whatever the server does meanwhile. */
export async function sendAndLeave(url: string, raw: Raw, when: Promise<unknown>): Promise<void> {
  const leaving = new AbortController();
  const gone = exchange(url, raw, leaving.signal).then(
    ({ leave }) => leave(),
    () => undefined,
  );
  await when;
  leaving.abort();
  await gone;
}

type Exchange = { readonly res: IncomingMessage; readonly leave: () => void };

function exchange(url: string, raw: Raw, signal?: AbortSignal): Promise<Exchange> {
  const { verb = "POST", headers, chunked = false } = raw;
  const { hostname, port, pathname, search, host } = new URL(url);
  const body = raw.body === undefined ? null : Buffer.from(raw.body);
  const length = body === null || chunked ? [] : ["Content-Length", String(body.length)];
  return new Promise((resolve, reject) => {
    const req = request({
      agent,
      hostname,
      port,
      method: verb,
      path: pathname + search,
      headers: ["Host", host, ...headers, ...length],
      ...(signal && { signal }),
    });
    // A server may refuse a body before it has read it, and hang up on the rest; its answer is what counts.
    req.on("response", (res) => resolve({ res, leave: () => req.destroy() }));
    req.on("error", reject);
    req.end(body);
  });
}

async function* eventsIn(res: IncomingMessage): AsyncGenerator<string, void> {
  let text = "";
  for await (const piece of res.setEncoding("utf8")) {
    const events = (text + piece).split("\n\n");
    text = events.pop() ?? "";
    yield* events;
  }
  if (text !== "") yield text;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
