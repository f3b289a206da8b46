/**
 * A stream that says much in small pieces is gathered before it goes on. Nobody may be able to tell, but by what it
 * costs: all of it comes, in order, without waiting for what is said next, and who leaves or does not read is missed.
 */
import { once } from "node:events";
import type { ServerResponse } from "node:http";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type Gateway, type Grant, startGateway } from "./gateway.ts";
import { type Opened, open, send } from "./raw.ts";
import { call, ERAS, headersFor, ID, type Message, speak, withHeader } from "./speak.ts";
import { minimalServer } from "./upstreams/minimal.ts";
import { type Recorder, startRecorder } from "./upstreams/recorder.ts";
import { answerTo, event, messageOf, openSse, textResult } from "./upstreams/replies.ts";

const KEEP_ALIVE = ": keep-alive";
const CALL = call("echo", { a: 1 });
/** Far more small pieces than it takes until a stream is gathered. */
const MANY = 200;

let upstream: Recorder;
let gateway: Gateway;
let grant: Grant;
/** For the standing stream of a legacy client. */
let listening: string[];

beforeAll(async () => {
  [upstream, gateway] = await Promise.all([startRecorder(), startGateway({ KEEP_ALIVE_SECONDS: "0.2" })]);
  await gateway.putServer("upstream", { url: upstream.url });
  await gateway.putPolicy("upstream", "open", { version: "1", default: "allow" });
  grant = await gateway.grant("upstream", "open");
  listening = withHeader(headersFor("legacy", grant, CALL), "Accept", "text/event-stream");
});

beforeEach(() => {
  upstream.answer(minimalServer().handle);
  upstream.clear();
});

afterAll(async () => {
  await gateway?.close();
  await upstream?.close();
});

function progress(step: number, more: object = {}): object {
  return { jsonrpc: "2.0", method: "notifications/progress", params: { progressToken: "p", progress: step, ...more } };
}

/** Each in a piece of its own. */
function talk(res: ServerResponse): object[] {
  const said = Array.from({ length: MANY }, (_, step) => progress(step));
  for (const notice of said) res.write(event(notice));
  return said;
}

/** Or closed. */
async function drained(res: ServerResponse): Promise<void> {
  const over = new AbortController();
  const { signal } = over;
  await Promise.race([once(res, "drain", { signal }), once(res, "close", { signal })]).finally(() => over.abort());
}

async function next(stream: Opened): Promise<string | null> {
  for (;;) {
    const text = await stream.next();
    if (text !== KEEP_ALIVE) return text;
  }
}

function messageIn(text: string | null): unknown {
  return JSON.parse(text?.split("data: ")[1] ?? "null");
}

async function rest(stream: Opened): Promise<unknown[]> {
  return (await stream.rest()).filter((text) => text !== KEEP_ALIVE).map(messageIn);
}

async function untilGone(): Promise<void> {
  await upstream.waitFor((req) => req.disconnectedAt !== undefined);
}

const DONE = { id: ID, result: { content: [{ text: "done" }] } };

describe.each(ERAS)("a talkative stream to a %s client", (era) => {
  it("comes whole and in order, with what is large among what is small", async () => {
    const said: object[] = [];
    upstream.answer(async (req, res) => {
      openSse(res);
      for (const size of [1, 1, 1, 400_000, 1, 1, 50_000, 1]) {
        said.push(...talk(res), progress(MANY, { message: "\u00e9".repeat(size) }));
        res.write(event(said.at(-1) ?? {}));
      }
      res.end(event(answerTo(messageOf(req), textResult("done"))));
    });
    const events = await rest(await open(grant.url, speak(era, grant, CALL)));
    expect(events.slice(0, -1)).toEqual(said);
    expect(events.at(-1)).toMatchObject(DONE);
  });

  it("has each event on its way before the next one is there", async () => {
    const told = Array.from({ length: 5 }, () => Promise.withResolvers<void>());
    upstream.answer(async (req, res) => {
      openSse(res);
      talk(res);
      for (const [nth, { promise }] of told.entries()) {
        res.write(event(progress(MANY + nth)));
        await promise;
      }
      res.end(event(answerTo(messageOf(req), textResult("done"))));
    });
    const stream = await open(grant.url, speak(era, grant, CALL));
    for (let step = 0; step < MANY; step++) expect(messageIn(await next(stream))).toEqual(progress(step));
    for (const [nth, { resolve }] of told.entries()) {
      expect(messageIn(await next(stream))).toEqual(progress(MANY + nth));
      resolve();
    }
    expect(await rest(stream)).toMatchObject([DONE]);
  });

  it("that breaks off is completed by an explanation, behind all that had come", async () => {
    upstream.answer((_req, res) => {
      openSse(res);
      talk(res);
      res.write(event(progress(MANY)), () => res.destroy());
    });
    const events = await rest(await open(grant.url, speak(era, grant, CALL)));
    const text = expect.stringMatching(/^\[UPSTREAM FAILED\] .*broke off/);
    expect(events.at(-1)).toMatchObject({ id: ID, result: { isError: true, content: [{ text }] } });
    expect(events.slice(0, -1)).toEqual(Array.from({ length: events.length - 1 }, (_, step) => progress(step)));
  });
});

it.each<["legacy" | "modern", Message]>([
  ["legacy", { method: "initialize", params: { protocolVersion: "2025-11-25", capabilities: {} } }],
  ["modern", { method: "server/discover" }],
])("a talkative server is let go when it has greeted, in the %s era", async (era, message) => {
  upstream.answer((req, res) => {
    openSse(res);
    talk(res);
    res.write(event(answerTo(messageOf(req), { capabilities: {} })));
  });
  expect(await send(grant.url, speak(era, grant, message))).toMatchObject({ status: 200, json: { id: ID } });
  await untilGone();
});

it.each([
  ["while it is silent", () => undefined],
  ["while it speaks", talk],
])("a talkative stream whose modern client leaves ends at the server too, %s", async (_name, more) => {
  upstream.answer(async (_req, res) => {
    openSse(res);
    talk(res);
    while (more(res) !== undefined && !res.destroyed) await drained(res);
  });
  const stream = await open(grant.url, speak("modern", grant, CALL));
  for (let step = 0; step < MANY; step++) expect(messageIn(await next(stream))).toEqual(progress(step));
  stream.leave();
  await untilGone();
});

it("a flood waits for a client that does not read", async () => {
  const piece = event(progress(1, { message: "x".repeat(1_000) }));
  const all = 64_000;
  let sent = 0;
  upstream.answer(async ({ method }, res) => {
    openSse(res);
    for (; method === "POST" && sent < all && !res.destroyed; sent++) {
      if (!res.write(piece)) await drained(res);
    }
  });
  const beats = await open(grant.url, { verb: "GET", headers: listening });
  const stream = await open(grant.url, speak("modern", grant, CALL));
  expect(await next(stream)).not.toBeNull();
  for (let before = -1; before !== sent; ) {
    before = sent;
    for (let beat = 0; beat < 3; beat++) expect(await beats.next()).toBe(KEEP_ALIVE);
  }
  expect(sent).toBeLessThan(all / 2);
  stream.leave();
  beats.leave();
});
