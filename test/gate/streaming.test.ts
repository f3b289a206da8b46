/**
 * Streams stay streams: what a server says reaches the client when it is said, whole, in order and digit for digit, and
 * who leaves is missed on the other side as the era wants it. Proven by what had to come before what, never by clocks.
 */
import type { ServerResponse } from "node:http";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type Gateway, type Grant, startGateway } from "./gateway.ts";
import { type Opened, open, type Raw, send, sendAndLeave } from "./raw.ts";
import { call, ERAS, type Era, headersFor, ID, type Message, openSession, speak, withHeader } from "./speak.ts";
import { minimalServer } from "./upstreams/minimal.ts";
import * as misbehave from "./upstreams/misbehave.ts";
import { type Handler, header, type Recorder, startRecorder } from "./upstreams/recorder.ts";
import { answerTo, event, messageOf, openSse, sendJson, textResult } from "./upstreams/replies.ts";

const KEEP_ALIVE = ": keep-alive";
/** An event id as clients see it. */
const SEALED = /^id: [0-9a-f]{8}\.[\w-]{38,}$/;
const CALL = call("echo", { a: 1 });
const LIST: Message = { method: "tools/list" };
const INITIALIZE: Message = { method: "initialize", params: { protocolVersion: "2025-11-25", capabilities: {} } };

let upstream: Recorder;
let quiet: Recorder;
let gateway: Gateway;
let grant: Grant;
/** A grant for a server that never says anything. */
let silence: Grant;

beforeAll(async () => {
  [upstream, quiet, gateway] = await Promise.all([
    startRecorder(),
    startRecorder(),
    startGateway({ KEEP_ALIVE_SECONDS: "0.2" }),
  ]);
  await gateway.putServer("upstream", { url: upstream.url });
  await gateway.putServer("quiet", { url: quiet.url });
  for (const server of ["upstream", "quiet"]) {
    await gateway.putPolicy(server, "open", { version: "1", default: "allow", hide: ["vault"] });
  }
  [grant, silence] = await Promise.all([gateway.grant("upstream", "open"), gateway.grant("quiet", "open")]);
});

beforeEach(() => {
  upstream.answer(minimalServer().handle);
  upstream.clear();
});

afterAll(async () => {
  await gateway?.close();
  await Promise.all([upstream?.close(), quiet?.close()]);
});

function ask(era: Era, message: Message): Promise<Opened> {
  return open(grant.url, speak(era, grant, message));
}

/** The request for the standing stream of a legacy client. */
function listening(to: Grant, ...more: string[]): Raw {
  return {
    verb: "GET",
    headers: [...withHeader(headersFor("legacy", to, LIST), "Accept", "text/event-stream"), ...more],
  };
}

/** The next event that says something; null at the end. */
async function next(stream: Opened): Promise<string | null> {
  for (;;) {
    const text = await stream.next();
    if (text !== KEEP_ALIVE) return text;
  }
}

/** All that still say something. */
async function rest(stream: Opened): Promise<string[]> {
  return (await stream.rest()).filter((text) => text !== KEEP_ALIVE);
}

/** What the data of an event says. */
function messageIn(text: string | null): unknown {
  const data = text?.split("\n").filter((line) => line.startsWith("data: "));
  return JSON.parse(data?.map((line) => line.slice("data: ".length)).join("\n") || "null");
}

function progress(step: number): object {
  return { jsonrpc: "2.0", method: "notifications/progress", params: { progressToken: "p", progress: step } };
}

/** Something the test knows and the server waits for. */
function signal(): { readonly given: Promise<void>; give(): void } {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { given: promise, give: resolve };
}

/** Comes when a stream that began now has been silent for so long that it was kept alive twice. */
async function longSilence(): Promise<void> {
  const stream = await open(silence.url, listening(silence));
  for (let beat = 0; beat < 2; beat++) expect(await stream.next()).toBe(KEEP_ALIVE);
  stream.leave();
}

describe.each(ERAS)("a stream to a %s client", (era) => {
  it("passes each event on before the next one is there", async () => {
    const told = Array.from({ length: 5 }, signal);
    upstream.answer(async (req, res) => {
      openSse(res);
      for (const [step, { given }] of told.entries()) {
        res.write(event(progress(step)));
        await given;
      }
      res.end(event(answerTo(messageOf(req), textResult("done"))));
    });
    const stream = await ask(era, CALL);
    for (const [step, { give }] of told.entries()) {
      expect(messageIn(await next(stream))).toEqual(progress(step));
      give();
    }
    expect(messageIn(await next(stream))).toMatchObject({ id: ID, result: { content: [{ text: "done" }] } });
    expect(await next(stream)).toBeNull();
  });

  it("passes an event on as soon as its last byte is there, however it ends its lines", async () => {
    for (const ending of ["\n", "\r\n", "\r"]) {
      const told = signal();
      upstream.answer(async (req, res) => {
        openSse(res);
        res.write(`data: ${JSON.stringify(progress(1))}${ending}${ending}`);
        await told.given;
        res.end(event(answerTo(messageOf(req), textResult("done"))));
      });
      const stream = await ask(era, CALL);
      expect(messageIn(await next(stream))).toEqual(progress(1));
      told.give();
      expect(await rest(stream)).toHaveLength(1);
    }
  });

  it("is kept alive while the server says nothing, before its first word and between two", async () => {
    const [heard, heardAgain] = [signal(), signal()];
    upstream.answer(async (req, res) => {
      await heard.given;
      openSse(res);
      await heardAgain.given;
      res.end(event(answerTo(messageOf(req), textResult("done"))));
    });
    const stream = await ask(era, CALL);
    expect(stream.headers["content-type"]).toBe("text/event-stream");
    expect(await stream.next()).toBe(KEEP_ALIVE);
    heard.give();
    expect(await stream.next()).toBe(KEEP_ALIVE);
    heardAgain.give();
    expect((await rest(stream)).map(messageIn)).toMatchObject([{ id: ID, result: { content: [{ text: "done" }] } }]);
  });

  it.each<[string, Message, object]>([
    ["a call", CALL, { content: [{ text: "done" }] }],
    ["a list, without its hidden tools", LIST, { tools: [{ name: "echo" }] }],
    ["an error", CALL, { code: 1 }],
  ])("is what a late answer in JSON becomes: %s", async (name, message, expected) => {
    const heard = signal();
    upstream.answer(async (req, res) => {
      await heard.given;
      const tools = [{ name: "vault" }, { name: "echo" }];
      const { id } = messageOf(req);
      if (name === "an error") sendJson(res, { jsonrpc: "2.0", id, error: { code: 1, message: "no" } });
      else sendJson(res, answerTo(messageOf(req), message === LIST ? { tools } : textResult("done")));
    });
    const stream = await ask(era, message);
    expect([stream.status, stream.headers["content-type"]]).toEqual([200, "text/event-stream"]);
    expect(await stream.next()).toBe(KEEP_ALIVE);
    heard.give();
    const events = await rest(stream);
    expect(events).toHaveLength(1);
    expect(messageIn(events[0] ?? null)).toMatchObject({
      id: ID,
      [name === "an error" ? "error" : "result"]: expected,
    });
    expect(events.join()).not.toContain("vault");
  });

  it("carries a thousand events whole and in order, however they are cut", async () => {
    const steps = Array.from({ length: 1000 }, (_, step) => ({
      ...progress(step),
      params: { text: "\u00e9".repeat(step) },
    }));
    upstream.answer(async (req, res) => {
      openSse(res);
      const bytes = Buffer.from([...steps, answerTo(messageOf(req), textResult("done"))].map(event).join(""));
      for (let at = 0; at < bytes.length; at += 9973) {
        await new Promise<unknown>((written) => res.write(bytes.subarray(at, at + 9973), written));
      }
      res.end();
    });
    const events = await rest(await ask(era, CALL));
    expect(events).toHaveLength(1001);
    expect(events.slice(0, 1000).map(messageIn)).toEqual(steps);
    expect(messageIn(events[1000] ?? null)).toMatchObject({ result: { content: [{ text: "done" }] } });
  });

  it("carries one event of 7 MB whole", async () => {
    const text = "x".repeat(7_000_000);
    upstream.answer((req, res) => {
      openSse(res);
      res.end(event(answerTo(messageOf(req), textResult(text))));
    });
    const [answer] = await rest(await ask(era, CALL));
    expect(messageIn(answer ?? null)).toMatchObject({ result: { content: [{ text }] } });
  });

  it("carries comments and names of events", async () => {
    upstream.answer((req, res) => {
      openSse(res);
      res.write(": one\n\n");
      res.end(`event: ${era}\n: two\ndata: ${JSON.stringify(answerTo(messageOf(req), textResult("done")))}\n\n`);
    });
    const [one, two] = await rest(await ask(era, CALL));
    expect(one).toBe(": one");
    expect(two).toMatch(new RegExp(`^: two\nevent: ${era}\ndata: {`));
  });
});

it("events that come in one piece go out in one: a flood of tiny ones costs no more than its bytes", async () => {
  upstream.answer((req, res) => {
    openSse(res);
    res.end(`${":\n".repeat(100_000)}${event(answerTo(messageOf(req), textResult("done")))}`);
  });
  const { headers, body } = speak("modern", grant, CALL);
  const pairs = headers.flatMap((name, at) => (at % 2 === 0 ? [[name, headers[at + 1] ?? ""]] : []));
  const response = await fetch(grant.url, { method: "POST", headers: Object.fromEntries(pairs), body: String(body) });
  let chunks = 0;
  let text = "";
  for await (const chunk of response.body ?? []) {
    chunks++;
    text = Buffer.from(chunk).toString();
  }
  expect(text).toContain('"done"');
  expect(chunks).toBeLessThan(1_000);
});

describe("the ids of events", () => {
  const identified: Handler = (req, res) => {
    openSse(res);
    res.write("id: 1\nretry: 250\ndata:\n\n");
    res.write(`id: 2\nretry: 10\n${event(progress(1))}`);
    res.end(`id: 3\n${event(answerTo(messageOf(req), textResult("done")))}`);
  };

  const breaksOff =
    (head: string): Handler =>
    (_req, res) => {
      openSse(res);
      res.write(`${head}${event(progress(1))}`, () => res.destroy());
    };

  let session: string[];
  beforeEach(async () => {
    upstream.answer(minimalServer().handle);
    session = await openSession(grant);
  });

  /** The call in the session. */
  function askWithin(): Promise<Opened> {
    const { headers, ...raw } = speak("legacy", grant, CALL);
    return open(grant.url, { ...raw, headers: [...headers, ...session] });
  }

  const idOf = (text: string | undefined) => /^id: (.*)$/m.exec(text ?? "")?.[1] ?? "";

  it("and the times to come back after pass in a session, each id sealed", async () => {
    upstream.answer(identified);
    const events = await rest(await askWithin());
    expect(events.map((text) => text.split("\n").filter((line) => /^(id|retry|data: *$)/.test(line)))).toEqual([
      [expect.stringMatching(SEALED), "retry: 250", "data: "],
      [expect.stringMatching(SEALED), "retry: 10"],
      [expect.stringMatching(SEALED)],
    ]);
    expect(new Set(events.map(idOf)).size).toBe(3);
  });

  it("that are empty pass as they are: they take back what ids there were", async () => {
    upstream.answer((req, res) => {
      openSse(res);
      res.end(`id\n${event(answerTo(messageOf(req), textResult("done")))}`);
    });
    expect((await rest(await askWithin())).join()).toMatch(/^id: $/m);
  });

  it.each(ERAS)("and the times to come back after are gone without a session, in the %s era", async (era) => {
    upstream.answer(identified);
    const events = await rest(await ask(era, CALL));
    expect(events.filter((text) => text !== "data: ").map(messageIn)).toMatchObject([
      progress(1),
      { result: { content: [{ text: "done" }] } },
    ]);
    expect(events.join("\n")).not.toMatch(/^(id|retry):/m);
  });

  it("let a client fetch in its session what broke off, and nobody answers for the server", async () => {
    upstream.answer(breaksOff("id: 41\n"));
    const events = await rest(await askWithin());
    expect(events.map(messageIn)).toEqual([progress(1)]);
    upstream.clear();
    upstream.answer((_req, res) => {
      openSse(res);
      res.end(`id: 42\n${event({ jsonrpc: "2.0", id: ID, result: textResult("done") })}`);
    });
    const resumed = await rest(await open(grant.url, listening(grant, ...session, "Last-Event-ID", idOf(events[0]))));
    expect(resumed.map(messageIn)).toMatchObject([{ id: ID, result: { content: [{ text: "done" }] } }]);
    expect(upstream.requests.map((req) => header(req, "last-event-id"))).toEqual(["41"]);
  });

  it("do so from the first, which says nothing yet", async () => {
    upstream.answer((_req, res) => {
      openSse(res);
      res.write("id: 40\ndata:\n\n", () => res.end());
    });
    expect(await rest(await askWithin())).toEqual([expect.stringMatching(/^id: \S+\ndata: $/)]);
  });

  it.each<[string, Era, string]>([
    ["a legacy stream without them", "legacy", ""],
    ["a legacy stream with them, but no session", "legacy", "id: 41\n"],
    ["a modern stream, with them or without", "modern", "id: 41\n"],
  ])("where they are of no use, what breaks off is completed by an explained error: %s", async (_name, era, head) => {
    upstream.answer(breaksOff(head));
    const events = await rest(await ask(era, CALL));
    const text = expect.stringMatching(/^\[UPSTREAM FAILED\] .*broke off/);
    expect(events.map(messageIn)).toMatchObject([
      progress(1),
      { id: ID, result: { isError: true, content: [{ text }] } },
    ]);
  });
});

describe("a client that leaves", () => {
  async function untilGone(): Promise<void> {
    await upstream.waitFor((req) => req.disconnectedAt !== undefined);
  }

  it.each<[string, Message]>([
    ["a call", CALL],
    ["a list", LIST],
    ["a subscription", { method: "subscriptions/listen", params: { notifications: { toolsListChanged: true } } }],
  ])("ends %s of the modern era, while the server has not said a word", async (_name, message) => {
    upstream.answer(misbehave.hang());
    await sendAndLeave(
      grant.url,
      speak("modern", grant, message),
      upstream.waitFor(() => true),
    );
    await untilGone();
    expect(upstream.requests).toHaveLength(1);
  });

  it("ends a call of the modern era that has become a stream, while the server has not said a word", async () => {
    upstream.answer(misbehave.hang());
    const stream = await ask("modern", CALL);
    expect(await stream.next()).toBe(KEEP_ALIVE);
    stream.leave();
    await untilGone();
    expect(upstream.requests).toHaveLength(1);
  });

  it.each([
    ["while the server is silent", (res: ServerResponse) => res.write(event(progress(1)))],
    [
      "while the server speaks",
      (res: ServerResponse) => {
        const timer = setInterval(() => res.write(event(progress(1))), 5);
        res.on("close", () => clearInterval(timer));
      },
    ],
  ])("ends a call of the modern era in the middle of its stream, %s", async (_name, write) => {
    upstream.answer((_req, res) => {
      openSse(res);
      write(res);
    });
    const stream = await ask("modern", CALL);
    expect(messageIn(await next(stream))).toEqual(progress(1));
    stream.leave();
    await untilGone();
    expect(upstream.requests).toHaveLength(1);
  });

  it("has cancelled nothing in the legacy era, until it says so", async () => {
    upstream.answer(
      misbehave.only(
        "tools/call",
        (_req, res) => {
          openSse(res);
          res.write(event(progress(1)));
        },
        minimalServer().handle,
      ),
    );
    const session = await openSession(grant);
    upstream.clear();
    const asked = speak("legacy", grant, CALL);
    const stream = await open(grant.url, { ...asked, headers: [...asked.headers, ...session] });
    await next(stream);
    stream.leave();
    await untilGone();
    const cancelled = {
      jsonrpc: "2.0",
      method: "notifications/cancelled",
      params: { requestId: ID, reason: "enough" },
    };
    const headers = [...asked.headers, ...session];
    expect(await send(grant.url, { headers, body: JSON.stringify(cancelled) })).toMatchObject({
      status: 202,
      text: "",
    });
    expect(upstream.requests.map(({ json }) => json)).toMatchObject([{ method: "tools/call" }, cancelled]);
  });

  it("ends its standing stream", async () => {
    const stream = await open(grant.url, listening(grant));
    expect(await stream.next()).toBe(KEEP_ALIVE);
    stream.leave();
    await untilGone();
  });
});

describe("a standing stream", () => {
  it("of the legacy era passes what the server says when it says it, and is kept alive", async () => {
    const server = minimalServer();
    upstream.answer(server.handle);
    const stream = await open(grant.url, listening(grant));
    for (const method of ["notifications/tools/list_changed", "notifications/message"]) {
      server.push({ jsonrpc: "2.0", method });
      expect(messageIn(await next(stream))).toEqual({ jsonrpc: "2.0", method });
      expect(await stream.next()).toBe(KEEP_ALIVE);
    }
    stream.leave();
  });

  it("of the modern era passes what the server says when it says it, and is kept alive", async () => {
    const heard = signal();
    const acknowledged = { jsonrpc: "2.0", method: "notifications/subscriptions/acknowledged", params: { a: 1 } };
    const changed = { jsonrpc: "2.0", method: "notifications/tools/list_changed" };
    upstream.answer(async (_req, res) => {
      openSse(res);
      res.write(event(acknowledged));
      await heard.given;
      res.write(event(changed));
    });
    const stream = await ask("modern", { method: "subscriptions/listen", params: { notifications: {} } });
    expect(messageIn(await next(stream))).toEqual(acknowledged);
    expect(await stream.next()).toBe(KEEP_ALIVE);
    heard.give();
    expect(messageIn(await next(stream))).toEqual(changed);
    stream.leave();
    await upstream.waitFor((req) => req.disconnectedAt !== undefined);
  });
});

describe("a question of the server", () => {
  const question = { jsonrpc: "2.0", id: "q-1", method: "elicitation/create", params: { message: "Sure?" } };

  it("passes to a legacy client, and the answer to the server", async () => {
    upstream.answer(minimalServer().handle);
    const session = await openSession(grant);
    upstream.answer(async (req, res) => {
      if (messageOf(req).method === undefined) return void res.writeHead(202).end();
      openSse(res);
      res.write(event(question));
      await upstream.waitFor(({ text }) => text.includes('"action"'));
      res.end(event(answerTo(messageOf(req), textResult("done"))));
    });
    const stream = await ask("legacy", CALL);
    expect(messageIn(await next(stream))).toEqual(question);
    const answer = { jsonrpc: "2.0", id: "q-1", result: { action: "accept", content: { n: 1 } } };
    const { headers } = speak("legacy", grant, CALL);
    const body = JSON.stringify(answer);
    // Without its session it could answer what another grant was asked.
    expect(await send(grant.url, { headers, body })).toMatchObject({ status: 400, json: { error: { code: -32600 } } });
    expect(await send(grant.url, { headers: [...headers, ...session], body })).toMatchObject({ status: 202, text: "" });
    expect(messageIn(await next(stream))).toMatchObject({ id: ID, result: { content: [{ text: "done" }] } });
    expect(upstream.requests.at(-1)?.json).toEqual(answer);
  });

  it("does not pass to a modern client, which takes none", async () => {
    upstream.answer((req, res) => {
      openSse(res);
      res.end(event(question) + event(answerTo(messageOf(req), textResult("done"))));
    });
    const events = await rest(await ask("modern", CALL));
    expect(events.map(messageIn)).toMatchObject([{ id: ID, result: { content: [{ text: "done" }] } }]);
  });
});

describe("an answer that is late", () => {
  it.each<[Era, Message]>([
    ["legacy", INITIALIZE],
    ["modern", { method: "server/discover" }],
  ])("is waited for without a word in the %s greeting, whose status counts", async (era, message) => {
    const { handle } = minimalServer();
    upstream.answer(async (req, res) => {
      await longSilence();
      await handle(req, res);
    });
    const answer = await send(grant.url, speak(era, grant, message));
    expect([answer.status, answer.headers["content-type"]]).toEqual([200, "application/json"]);
    expect(answer.json).toMatchObject({ id: ID, result: { capabilities: {} } });
  });

  it("stays JSON for a client that takes no streams", async () => {
    upstream.answer(async (req, res) => {
      await longSilence();
      sendJson(res, answerTo(messageOf(req), textResult("done")));
    });
    const { headers, body = "" } = speak("modern", grant, CALL);
    const answer = await send(grant.url, { headers: withHeader(headers, "Accept", "application/json"), body });
    expect([answer.status, answer.headers["content-type"]]).toEqual([200, "application/json"]);
    expect(answer.json).toMatchObject({ id: ID, result: { content: [{ text: "done" }] } });
  });
});
