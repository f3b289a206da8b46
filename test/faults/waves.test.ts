/**
 * Ten thousand streams are opened and left, some hundred at a time: standing streams of sessions, subscriptions of the
 * modern era, and calls in the middle of their answer. Afterwards nothing of them is left, at the server or in memory,
 * and each call of them was counted, recorded and ended once.
 */
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { type Gateway, type Grant, startGateway } from "../gate/gateway.ts";
import { type Opened, open, type Raw } from "../gate/raw.ts";
import { call, headersFor, type Message, speak, withHeader } from "../gate/speak.ts";
import { minimalServer } from "../gate/upstreams/minimal.ts";
import { type Recorder, startRecorder } from "../gate/upstreams/recorder.ts";
import { event, messageOf, openSse } from "../gate/upstreams/replies.ts";
import { callModern } from "../gate/wire.ts";
import { callsIn, expectInvariants, expectNoneOpen } from "./invariants.ts";
import { memoryOfWorkerd } from "./memory.ts";
import { trailOf } from "./trail.ts";

/** More or fewer by the environment variable of that name. */
const STREAMS = Number(process.env.STREAMS ?? 10_000);
const AT_ONCE = 250;
/**
 * In MiB, behind the first streams: twice what was measured over several runs, where workerd took some 20 to 35 KiB a
 * stream, fewer and fewer, that it keeps for the next ones.
 */
const MOST_GROWTH = (STREAMS * 60) / 1024;

const LISTEN: Message = { method: "subscriptions/listen", params: { notifications: { toolsListChanged: true } } };
const HONEST = {};

let upstream: Recorder;
let gateway: Gateway;
let grant: Grant;

beforeAll(async () => {
  const { handle } = minimalServer();
  // Streams are begun, and then nothing more is said.
  upstream = await startRecorder((req, res) => {
    const { method, params } = messageOf(req);
    const isHonest = JSON.stringify(params?.arguments) === JSON.stringify(HONEST);
    if (req.method !== "GET" && method !== LISTEN.method && (method !== "tools/call" || isHonest))
      return handle(req, res);
    openSse(res);
    res.write(event({ jsonrpc: "2.0", method: "notifications/message", params: { level: "info", data: "begun" } }));
  });
  gateway = await startGateway({ KEEP_ALIVE_SECONDS: "0.5" });
  await gateway.putServer("upstream", { url: upstream.url });
  const limits = [{ counter: "calls", window: "month", max: 1_000_000 }];
  const policy = { version: "1", default: "allow", record: { arguments: "full" }, tools: { echo: { limits } } };
  await gateway.putPolicy("upstream", "open", policy);
  grant = await gateway.grant("upstream", "open");
});

afterAll(async () => {
  await gateway?.close();
  await upstream?.close();
});

/** One stream of each kind in turn. */
function opened(number: number): Promise<Opened> {
  const called = call("echo", { number });
  const accept = withHeader(headersFor("legacy", grant, called), "Accept", "text/event-stream");
  const standing: Raw = { verb: "GET", headers: accept };
  const kinds = [
    standing,
    speak("modern", grant, LISTEN),
    speak("modern", grant, called),
    speak("legacy", grant, called),
  ];
  return open(grant.url, kinds[number % kinds.length] ?? standing);
}

let number = 0;

/** So many streams, each left as soon as the server's word has come through; none is left open. */
async function wave(streams: number): Promise<void> {
  const last = number + streams;
  const opener = async (): Promise<void> => {
    while (number < last) {
      const stream = await opened(++number);
      expect(stream.status).toBe(200);
      let said = await stream.next();
      while (said === ": keep-alive") said = await stream.next();
      expect(said).toContain('"begun"');
      stream.leave();
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, opener));
  await expectNoneOpen(upstream);
}

describe(`${STREAMS} streams that are opened and left`, { timeout: 180_000 }, () => {
  it("leave none open at the server, and in memory what the next ones use again", async () => {
    await wave(2 * AT_ONCE);
    const before = memoryOfWorkerd();
    await wave(STREAMS - 2 * AT_ONCE);
    const after = memoryOfWorkerd();
    if (before !== null && after !== null) expect(after - before).toBeLessThan(MOST_GROWTH);
    expect(await callModern(grant, "echo", HONEST)).toMatchObject({
      status: 200,
      result: { content: [{ text: "{}" }] },
    });
  });

  it("are counted, recorded and ended once where they are calls", async () => {
    const calls = callsIn(upstream).length;
    expect(calls).toBeGreaterThan(STREAMS / 2 - 2);
    await vi.waitFor(
      async () => {
        const { rows } = await trailOf(gateway.url, grant.id);
        expect(rows.filter(({ upstream: ending }) => ending === null)).toEqual([]);
      },
      { timeout: 20_000, interval: 500 },
    );
    await expectInvariants({
      gateway: gateway.url,
      upstream,
      grants: [grant.id],
      answered: [],
      // The honest call bears no number.
      counters: [{ counter: "calls", of: { grant: grant.id }, max: 1_000_000, tools: ["echo"], interrupted: 1 }],
    });
  });
});
