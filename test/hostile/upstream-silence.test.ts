/**
 * A server that says nothing, or nothing to the point, or so little at a time that it never comes to the point, is given
 * up in time on both sides: its client is told so, and it is let go. The tests wait for that time, and do so side by
 * side, each with a server of its own.
 */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ask, CALL, expectExplained, GREETING, type Said } from "../gate/explained.ts";
import { type Gateway, type Grant, startGateway } from "../gate/gateway.ts";
import { open, send } from "../gate/raw.ts";
import { ERAS, headersFor, ID, speak, withHeader } from "../gate/speak.ts";
import * as misbehave from "../gate/upstreams/misbehave.ts";
import { type Handler, type Recorder, startRecorder } from "../gate/upstreams/recorder.ts";
import { openSse } from "../gate/upstreams/replies.ts";

const SECONDS = 2;

let gateway: Gateway;
const upstreams: Recorder[] = [];

beforeAll(async () => {
  gateway = await startGateway({ UPSTREAM_TIMEOUT_SECONDS: String(SECONDS), KEEP_ALIVE_SECONDS: String(SECONDS + 1) });
});

afterAll(async () => {
  await gateway?.close();
  await Promise.all(upstreams.map((upstream) => upstream.close()));
});

async function serverThat(behaves: Handler): Promise<{ upstream: Recorder; grant: Grant }> {
  const upstream = await startRecorder(behaves);
  const slug = `upstream-${upstreams.push(upstream)}`;
  await gateway.putServer(slug, { url: upstream.url });
  await gateway.putPolicy(slug, "open", { version: "1", default: "allow" });
  return { upstream, grant: await gateway.grant(slug, "open") };
}

async function expectLetGo(upstream: Recorder, times: number): Promise<void> {
  expect(upstream.requests).toHaveLength(times);
  const gone = upstream.requests.map((request) => {
    return upstream.waitFor((req) => req === request && req.disconnectedAt !== undefined);
  });
  await Promise.all(gone);
}

/** Says a little now and then, for as long as somebody listens: always far sooner than it would be given up. */
function drips(start: Handler, drop: string): Handler {
  return (req, res) => {
    void start(req, res);
    res.flushHeaders();
    const timer = setInterval(() => res.write(drop), 100);
    res.on("close", () => clearInterval(timer));
  };
}

/** The same below HTTP. */
function dripsBelow(start: string, drop: string): Handler {
  return (_req, { socket }) => {
    socket?.write(start);
    const timer = setInterval(() => socket?.write(drop), 100);
    socket?.on("close", () => clearInterval(timer));
  };
}

const SILENT = { reason: /sent nothing for 2 seconds; the call was given up\./, httpStatus: 504 } as const;
const UNANSWERED = { reason: /gave no answer within 2 seconds\./, status: 200 };
const STREAMED = { ...SILENT, streams: true, greeting: UNANSWERED } as const;

const GIVEN_UP: readonly (readonly [string, Handler, Said])[] = [
  ["says nothing", misbehave.hang(), SILENT],
  ["says too late what it has to say", misbehave.slow(3 * SECONDS * 1000), SILENT],
  [
    "falls silent in the middle of JSON",
    (_req, res) => void res.writeHead(200, { "Content-Type": "application/json" }).write('{"jsonrpc":'),
    SILENT,
  ],
  [
    "falls silent in the middle of JSON of a known length",
    (_req, res) => void res.writeHead(200, { "Content-Type": "application/json", "Content-Length": "99" }).write("{"),
    SILENT,
  ],
  ["says JSON by the byte", drips((_req, res) => void res.setHeader("Content-Type", "application/json"), " "), SILENT],
  [
    "says JSON of a known length by the byte",
    drips((_req, res) => void res.writeHead(200, { "Content-Type": "application/json", "Content-Length": "999" }), " "),
    SILENT,
  ],
  [
    "says packed JSON by the byte",
    drips((_req, res) => {
      res.writeHead(200, { "Content-Type": "application/json", "Content-Encoding": "gzip" });
      res.write(Buffer.from("1f8b0800000000000003", "hex"));
    }, ""),
    SILENT,
  ],
  ["says a header by the letter", dripsBelow("HTTP/1.1 200 OK\r\nX-A: ", "a"), SILENT],
  ["says header after header", dripsBelow("HTTP/1.1 200 OK\r\n", "X-A: a\r\n"), SILENT],
  ["announces an answer again and again", dripsBelow("", "HTTP/1.1 103 Early Hints\r\n\r\n"), SILENT],
  ["falls silent at the head of a stream", (_req, res) => openSse(res), STREAMED],
  [
    "falls silent in the middle of an event",
    (_req, res) => {
      openSse(res);
      res.write('data: {"jsonrpc"');
    },
    STREAMED,
  ],
];

/** All of them wait at once, from before the first test on. */
const givenUp = new Map<string, Promise<void>>();

beforeAll(() => {
  for (const [name, handler, said] of GIVEN_UP) {
    const end = expectGivenUp(handler, said);
    end.catch(() => undefined);
    givenUp.set(name, end);
  }
});

async function expectGivenUp(handler: Handler, said: Said): Promise<void> {
  const { upstream, grant } = await serverThat(handler);
  await expectExplained(grant, upstream.url, said);
  await expectLetGo(upstream, 6);
}

describe.concurrent("a server", () => {
  it.each(GIVEN_UP)("that %s is given up and let go", (name) => givenUp.get(name));

  it.each(["GET", "DELETE"])("that has no word for the %s of a session is given up and let go", async (verb) => {
    const { upstream, grant } = await serverThat(misbehave.hang());
    const headers = withHeader(headersFor("legacy", grant, CALL), "Accept", "text/event-stream");
    const answer = await send(grant.url, { verb, headers });
    const error = { code: -31004, message: expect.stringMatching(SILENT.reason) };
    expect(answer).toMatchObject({ status: 504, json: { id: null, error } });
    await expectLetGo(upstream, 1);
  });

  it.each(ERAS)("that has something to say for ever is listened to in the %s era for as long", async (era) => {
    const { upstream, grant } = await serverThat(misbehave.endlessSse(100));
    const stream = await open(grant.url, speak(era, grant, CALL));
    for (let step = 1; step <= 30; step++) expect(await stream.next()).toContain(`"progress":${step}}`);
    stream.leave();
    await expectLetGo(upstream, 1);
  });

  it.each(ERAS)(
    "that says one event by the letter is listened to in the %s era, until its client leaves",
    async (era) => {
      const { upstream, grant } = await serverThat(drips((_req, res) => openSse(res), "x"));
      const stream = await open(grant.url, speak(era, grant, CALL));
      // By then a server that is silent would have been given up.
      expect(await stream.next()).toBe(": keep-alive");
      stream.leave();
      await expectLetGo(upstream, 1);
    },
  );

  it.each<[string, Handler]>([
    ["by the letter of one event", drips((_req, res) => openSse(res), "x")],
    ["by comments", drips((_req, res) => openSse(res), ":\n\n")],
    ["by answers to others", drips((_req, res) => openSse(res), 'data: {"jsonrpc":"2.0","id":0,"result":{}}\n\n')],
  ])("that greets %s is given up, though a stream has begun", async (_name, handler) => {
    const { upstream, grant } = await serverThat(handler);
    const answers = await Promise.all(ERAS.map((era) => ask(era, GREETING[era], grant)));
    for (const answer of answers) {
      expect(answer).toMatchObject({ status: 504, json: { id: ID, error: { code: -31004, data: { status: 200 } } } });
    }
    await expectLetGo(upstream, 2);
  });

  it.each(ERAS)("that never says who it is, whatever else it says, is given up in the %s era", async (era) => {
    const { upstream, grant } = await serverThat(misbehave.endlessSse(10));
    const answer = await ask(era, GREETING[era], grant);
    expect(answer).toMatchObject({ status: 504, json: { id: ID, error: { code: -31004 } } });
    await expectLetGo(upstream, 1);
  });
});
