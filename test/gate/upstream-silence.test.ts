/**
 * A server that says nothing, or nothing to the point, is given up in time on both sides: its client is told so, and it
 * is let go. The tests wait for that time, and do so side by side, each with a server of its own.
 */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ask, CALL, expectExplained, GREETING, type Said } from "./explained.ts";
import { type Gateway, type Grant, startGateway } from "./gateway.ts";
import { open, send } from "./raw.ts";
import { ERAS, headersFor, ID, speak, withHeader } from "./speak.ts";
import * as misbehave from "./upstreams/misbehave.ts";
import { type Handler, type Recorder, startRecorder } from "./upstreams/recorder.ts";
import { openSse } from "./upstreams/replies.ts";

const SECONDS = 2;

let gateway: Gateway;
const upstreams: Recorder[] = [];

beforeAll(async () => {
  gateway = await startGateway({ UPSTREAM_TIMEOUT_SECONDS: String(SECONDS) });
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

const SILENT = { reason: /sent nothing for 2 seconds; the call was given up\./, httpStatus: 504 } as const;
const UNANSWERED = { reason: /gave no answer within 2 seconds\./, status: 200 };
const STREAMED = { ...SILENT, streams: true, greeting: UNANSWERED } as const;

describe.concurrent("a server", () => {
  it.each<[string, Handler, Said]>([
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
    ["falls silent at the head of a stream", (_req, res) => openSse(res), STREAMED],
    [
      "falls silent in the middle of an event",
      (_req, res) => {
        openSse(res);
        res.write('data: {"jsonrpc"');
      },
      STREAMED,
    ],
  ])("that %s is given up and let go", async (_name, handler, said) => {
    const { upstream, grant } = await serverThat(handler);
    await expectExplained(grant, upstream.url, said);
    await expectLetGo(upstream, 6);
  });

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

  it.each(ERAS)("that never says who it is, whatever else it says, is given up in the %s era", async (era) => {
    const { upstream, grant } = await serverThat(misbehave.endlessSse(10));
    const answer = await ask(era, GREETING[era], grant);
    expect(answer).toMatchObject({ status: 504, json: { id: ID, error: { code: -31004 } } });
    await expectLetGo(upstream, 1);
  });
});
