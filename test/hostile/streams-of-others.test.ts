/**
 * What belongs to one grant's session must be of no use in another's, though the server does not keep them apart. The
 * upstream here is careless in ways that real ones are: it has one event store for all sessions (the official SDK's
 * `InMemoryEventStore` does not ask whose session an event is of, when one instance is shared), and it cancels by
 * request id alone (a server without sessions that keeps one table of what it is doing).
 */
import type { ServerResponse } from "node:http";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { type Gateway, type Grant, startGateway } from "../gate/gateway.ts";
import { open, send } from "../gate/raw.ts";
import { call, ERAS, headersFor, ID, openSession, speak } from "../gate/speak.ts";
import { minimalServer } from "../gate/upstreams/minimal.ts";
import { header, type Recorder, startRecorder } from "../gate/upstreams/recorder.ts";
import { answerTo, event, messageOf, openSse, textResult } from "../gate/upstreams/replies.ts";

let upstream: Recorder;
let gateway: Gateway;
let alice: Grant;
let bob: Grant;

beforeAll(async () => {
  [upstream, gateway] = await Promise.all([startRecorder(), startGateway()]);
  await gateway.putServer("files", { url: upstream.url });
  await gateway.putPolicy("files", "open", { version: "1", default: "allow" });
  await gateway.putPolicy("files", "nothing", { version: "1", default: "deny" });
  alice = await gateway.grant("files", "open");
  bob = await gateway.grant("files", "nothing");
});
beforeEach(() => upstream.clear());
afterAll(() => Promise.all([gateway?.close(), upstream?.close()]));

it("the event id of one grant's stream resumes nothing in another grant's session", async () => {
  const store: string[] = [];
  upstream.answer((req, res) => {
    const message = messageOf(req);
    const last = header(req, "last-event-id");
    if (req.method === "GET" && last !== undefined) {
      openSse(res);
      return void res.end(store.slice(Number(last)).join(""));
    }
    if (message.method !== "tools/call") return minimalServer().handle(req, res);
    openSse(res);
    store.push(`id: ${store.length + 1}\ndata: \n\n`);
    store.push(`id: ${store.length + 1}\n${event(answerTo(message, textResult("the secret of alice")))}`);
    res.end(store.join(""));
  });
  const [hers, his] = [await openSession(alice), await openSession(bob)];
  const { headers, body = "" } = speak("legacy", alice, call("read_secret"));
  const events = await (await open(alice.url, { headers: [...headers, ...hers], body })).rest();
  const seen = events.map((text) => /^id: (.*)$/m.exec(text)?.[1] ?? "");
  expect(events.join()).toContain("the secret of alice");

  const resume = (grant: Grant, session: string[], id: string) =>
    send(grant.url, {
      verb: "GET",
      headers: [...headersFor("legacy", grant, call("x")), ...session, "Last-Event-ID", id],
    });
  upstream.clear();
  // Ids of events are small numbers, so he guesses; and he may have come by hers.
  for (const id of ["1", "0", "-1", ...seen, `${seen[0]}x`, "x".repeat(5_000)]) {
    const { status, json } = await resume(bob, his, id);
    const error = { code: -32000, message: expect.stringContaining("Last-Event-ID names no event of this session") };
    expect({ status, json }).toEqual({ status: 400, json: { jsonrpc: "2.0", id: null, error } });
  }
  expect(upstream.requests.filter(({ method }) => method === "GET")).toEqual([]);
  expect((await resume(alice, hers, seen[0] ?? "")).text).toContain("the secret of alice");
  expect(upstream.requests.filter(({ method }) => method === "GET").map((req) => header(req, "last-event-id"))).toEqual(
    ["1"],
  );
});

it.each(ERAS)("a %s client without a session cancels no request of another grant's", async (era) => {
  const running = new Map<unknown, ServerResponse>();
  upstream.answer((req, res) => {
    const message = messageOf(req);
    if (message.method === "tools/call") return void running.set(message.id, res);
    if (message.method === "notifications/cancelled") running.get(message.params?.requestId)?.end();
    return minimalServer().handle(req, res);
  });
  const calling = send(alice.url, speak(era, alice, call("echo")));
  await upstream.waitFor(({ text }) => text.includes('"tools/call"'));
  const cancelled = { method: "notifications/cancelled", params: { requestId: ID } };
  const body = JSON.stringify({ jsonrpc: "2.0", ...cancelled });
  // Bob's policy denies every call.
  await send(bob.url, { headers: headersFor(era, bob, cancelled), body });
  expect(upstream.requests.map(({ json }) => messageOf({ json } as never).method)).toEqual(["tools/call"]);
  for (const res of running.values()) if (!res.writableEnded) res.end();
  await calling;
});
