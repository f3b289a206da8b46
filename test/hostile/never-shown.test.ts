/**
 * What a policy hides and what a server's record closes must not be seen, in whatever form the server lists it and on
 * whichever stream the list comes.
 */

import type { ServerResponse } from "node:http";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type Gateway, type Grant, startGateway } from "../gate/gateway.ts";
import { open, send } from "../gate/raw.ts";
import { eventIdOf, resuming } from "../gate/resume.ts";
import { call, ERAS, type Era, headersFor, ID, type Message, speak, textOf, withHeader } from "../gate/speak.ts";
import { minimalServer } from "../gate/upstreams/minimal.ts";
import { type Handler, header, type Recorder, startRecorder } from "../gate/upstreams/recorder.ts";
import { answerTo, event, messageOf, openSse, sendJson, textResult } from "../gate/upstreams/replies.ts";

const TOOLS = ["vault", "echo", "format", "vault", "route"].map((name) => ({ name, inputSchema: { type: "object" } }));
const SHOWN = [TOOLS[1], TOOLS[4]];

const POLICY = { version: "1", default: "deny", hide: ["vault", "safe"], tools: { echo: {}, route: {}, wipe: {} } };

let upstream: Recorder;
let gateway: Gateway;
let grant: Grant;

beforeAll(async () => {
  [upstream, gateway] = await Promise.all([startRecorder(), startGateway()]);
  await gateway.putServer("upstream", { url: upstream.url, drift: "hold" });
  await gateway.putPolicy("upstream", "careful", POLICY);
  grant = await gateway.grant("upstream", "careful");
});

beforeEach(() => {
  upstream.answer(minimalServer().handle);
  upstream.clear();
});

afterAll(async () => {
  await gateway?.close();
  await upstream?.close();
});

const CLOSED = [
  "resources/list",
  "resources/templates/list",
  "resources/read",
  "prompts/list",
  "prompts/get",
  "completion/complete",
];

const LIST: Message = { method: "tools/list" };

function ask(era: Era, message: Message, to: Grant = grant) {
  return send(to.url, speak(era, to, message));
}

function list(extra: object = {}): Handler {
  return (req, res) => sendJson(res, answerTo(messageOf(req), { tools: TOOLS, ...extra }));
}

/** Answers with a stream that `write` writes, from the JSON of the answer. */
function stream(write: (json: string, res: ServerResponse) => void, extra: object = {}): Handler {
  return (req, res) => {
    openSse(res);
    write(JSON.stringify(answerTo(messageOf(req), { tools: TOOLS, ...extra }), null, 2), res);
    res.end();
  };
}

function lines(json: string, ending: string): string {
  return (
    json
      .split("\n")
      .map((line) => `data: ${line}${ending}`)
      .join("") + ending
  );
}

/** The answer with its tools under another key as well. */
function twice(json: string, key: string): string {
  return json.replace('"result": {', `"result": {\n"${key}": ${JSON.stringify(TOOLS)},`);
}

/** The message of the last event that carries one. */
function lastMessage(text: string): unknown {
  const data = text.split("\n").filter((line) => line.startsWith("data: {"));
  return JSON.parse(data.at(-1)?.slice("data: ".length) ?? "null");
}

describe.each(ERAS)("the list of tools of a %s client", (era) => {
  it("has no hidden tool in JSON, and keeps its order", async () => {
    upstream.answer(list());
    const answer = await ask(era, LIST);
    expect(answer.json).toMatchObject({ id: ID, result: { tools: SHOWN } });
    expect(answer.text).not.toMatch(/vault|format/);
  });

  it.each<[string, (json: string, res: ServerResponse) => void]>([
    ["in one event of many lines", (json, res) => res.write(lines(json, "\n"))],
    ["with CRLF", (json, res) => res.write(lines(json, "\r\n"))],
    ["with CR", (json, res) => res.write(lines(json, "\r"))],
    [
      "with all kinds of line ends",
      (json, res) => res.write(`data: ${json.replaceAll("\n", "\r\ndata:\rdata: ")}\n\r\n`),
    ],
    [
      "without spaces behind the colons",
      (json, res) => res.write(`${lines(json, "\n").replaceAll("data: ", "data:")}`),
    ],
    ["under another event's name", (json, res) => res.write(`event: tools\n${lines(json, "\n")}`)],
    ["with a byte order mark", (json, res) => res.write(`\ufeff${lines(json, "\n")}`)],
    [
      "with comments between",
      (json, res) => res.write(`: a\n\n${lines(json, "\n").replaceAll("\ndata", "\n: b\ndata")}`),
    ],
    ["with fields nobody knows", (json, res) => res.write(`vault\nx: y\n${lines(json, "\n")}`)],
    ["behind an event without data", (json, res) => res.write(`event: message\n\n${lines(json, "\n")}`)],
    [
      "byte by byte",
      (json, res) => {
        for (const letter of lines(json, "\r\n")) res.write(letter);
      },
    ],
    [
      "behind news of its progress",
      (json, res) => {
        res.write(
          event({ jsonrpc: "2.0", method: "notifications/progress", params: { progressToken: 1, progress: 1 } }),
        );
        res.write(lines(json, "\n"));
      },
    ],
    ["and once more, which is not asked for", (json, res) => res.write(lines(json, "\n").repeat(2))],
  ])("has no hidden tool in a stream %s", async (_name, write) => {
    upstream.answer(stream(write));
    const { status, headers, text } = await ask(era, LIST);
    expect([status, headers["content-type"]]).toEqual([200, "text/event-stream"]);
    expect(lastMessage(text)).toMatchObject({ id: ID, result: { tools: SHOWN } });
    expect(text).not.toMatch(/vault|format/);
    expect(text.match(/"echo"/g)).toHaveLength(1);
  });

  it.each<[string, (json: string, res: ServerResponse) => void]>([
    ["in an array", (json, res) => res.write(`data: [${json.replaceAll("\n", "")}]\n\n`)],
    ["under another id", (json, res) => res.write(lines(json.replace(/"id": \d+/, '"id": 8'), "\n"))],
    ["under its id as a text", (json, res) => res.write(lines(json.replace(/"id": \d+/, `"id": "${ID}"`), "\n"))],
    ["under a key in capitals", (json, res) => res.write(lines(json.replace('"tools"', '"TOOLS"'), "\n"))],
    ["under a key with a long s", (json, res) => res.write(lines(json.replace('"tools"', '"tool\u017f"'), "\n"))],
    ["once more under a key with NUL", (json, res) => res.write(lines(twice(json, "tools\\u0000"), "\n"))],
    ["in an event that is not closed", (json, res) => res.write(lines(json, "\n").slice(0, -1))],
    ["under a key that stands twice", (json, res) => res.write(lines(json.replace("{", '{"result":{},'), "\n"))],
    [
      "in a notification of tasks",
      (json, res) =>
        res.write(
          event({
            jsonrpc: "2.0",
            method: "notifications/tasks/status",
            params: { list: json },
          }),
        ),
    ],
  ])("is not shown at all when it comes %s, and that is explained", async (_name, write) => {
    upstream.answer(stream(write));
    const { text } = await ask(era, LIST);
    expect(lastMessage(text)).toMatchObject({ id: ID, error: { code: -31004 } });
    expect(text).not.toMatch(/vault|format|echo/);
  });

  it.each(["Tools", "TOOLS", "tool\u017f", "tools\0"])(
    "is not shown in JSON with another list under %j",
    async (key) => {
      upstream.answer(list({ [key]: TOOLS }));
      const { json, text } = await ask(era, LIST);
      expect(json).toMatchObject({ id: ID, error: { code: -31004 } });
      expect(text).not.toMatch(/vault|format|echo/);
    },
  );

  it("keeps its pages, and a page may be left empty", async () => {
    const pages: Record<string, object> = {
      first: { tools: TOOLS.slice(0, 1), nextCursor: "second" },
      second: { tools: TOOLS.slice(1), nextCursor: "third" },
    };
    upstream.answer((req, res) => {
      const message = messageOf(req);
      sendJson(res, answerTo(message, pages[String(message.params?.cursor ?? "first")] ?? {}));
    });
    expect((await ask(era, LIST)).json).toMatchObject({ result: { tools: [], nextCursor: "second" } });
    const second = await ask(era, { ...LIST, params: { cursor: "second" } });
    expect(second.json).toMatchObject({ result: { tools: SHOWN, nextCursor: "third" } });
    expect(upstream.requests.map(({ json }) => json)).toMatchObject([{}, { params: { cursor: "second" } }]);
  });

  it.each([
    ["whose tools are no list", { tools: { vault: {} } }],
    ["whose tools are texts", { tools: ["vault"] }],
    ["whose tools have no name", { tools: [{ title: "vault" }, { name: ["vault"] }, null] }],
  ])("is empty for an answer %s", async (_name, result) => {
    upstream.answer(list(result));
    const answer = await ask(era, LIST);
    expect(answer.json).toMatchObject({ id: ID, result: { tools: [] } });
    expect(answer.text).not.toContain("vault");
  });

  it("is nobody else's, and not kept for long", async () => {
    upstream.answer(list({ ttlMs: 86_400_000, cacheScope: "public" }));
    expect((await ask(era, LIST)).json).toMatchObject({ result: { ttlMs: 60_000, cacheScope: "private" } });
    upstream.answer(list({ ttlMs: 5, cacheScope: "public" }));
    const short = await ask(era, LIST);
    expect(short.json).toMatchObject({ result: { ttlMs: 5, cacheScope: "private" } });
    expect(short.headers["cache-control"]).toBe("no-store");
  });

  it.each<[string, Handler]>([
    ["in JSON", list()],
    ["in a stream", stream((json, res) => res.write(lines(json, "\n")))],
  ])(
    "has no hidden tool when the server mistakes it for the answer to a call of the same id, %s",
    async (_n, answer) => {
      // The official legacy SDK sends an answer to the latest request of its id, on whichever connection that came.
      upstream.answer(answer);
      const { text } = await ask(era, call("echo"));
      expect(text).toContain('"echo"');
      expect(text).not.toMatch(/vault|format/);
    },
  );
});

describe("a stream that is fetched again", () => {
  const replays: [string, (json: string, res: ServerResponse) => void][] = [
    ["as it was", (json, res) => res.write(`id: 41\nevent: message\n${lines(json, "\n")}`)],
    [
      "with CRLF, behind a first event without data",
      (json, res) => {
        res.write("id: 40\r\ndata:\r\n\r\n");
        res.write(`id: 41\r\n${lines(json, "\r\n")}`);
      },
    ],
    [
      "between other messages",
      (json, res) => {
        res.write(event({ jsonrpc: "2.0", id: 3, result: textResult("late") }));
        res.write(`id: 41\n${lines(json, "\n")}`);
        res.write(event({ jsonrpc: "2.0", method: "notifications/tools/list_changed" }));
      },
    ],
  ];

  it.each(replays)("has no hidden tool in a list, %s", async (_name, write) => {
    const session = await newSession();
    upstream.answer((_req, res) => {
      openSse(res);
      write(JSON.stringify({ jsonrpc: "2.0", id: ID, result: { tools: TOOLS, ttlMs: 86_400_000 } }, null, 2), res);
      res.end();
    });
    const replay = await open(grant.url, {
      verb: "GET",
      headers: [...legacyHeaders(), ...(await resuming(grant, ["Mcp-Session-Id", session], "40"))],
    });
    const events = await replay.rest();
    const [listed] = events.filter((text) => text.includes('"tools"'));
    const [, id = ""] = /^id: (.*)$/m.exec(listed ?? "") ?? [];
    expect(await eventIdOf(grant, ["Mcp-Session-Id", session], id)).toBe("41");
    expect(lastMessage(listed ?? "")).toEqual({
      jsonrpc: "2.0",
      id: ID,
      result: { tools: SHOWN, ttlMs: 60_000, cacheScope: "private" },
    });
    expect(events.join()).not.toMatch(/vault|format/);
    const asked = await upstream.waitFor((req) => req.method === "GET");
    expect([header(asked, "last-event-id"), asked.text]).toEqual(["40", ""]);
  });

  it.each(["Tools", "tool\u017f", "tools\0"])("has no hidden tool in a list under %j", async (key) => {
    const session = await newSession();
    upstream.answer((_req, res) => {
      openSse(res);
      res.end(`id: 41\n${event({ jsonrpc: "2.0", id: ID, result: { [key]: TOOLS } })}`);
    });
    const headers = [...legacyHeaders(), ...(await resuming(grant, ["Mcp-Session-Id", session], "40"))];
    const events = await (await open(grant.url, { verb: "GET", headers })).rest();
    expect(events.join()).not.toMatch(/vault|format/);
  });

  it("offers no tasks in the answer to initialize", async () => {
    const session = await newSession();
    upstream.answer((_req, res) => {
      openSse(res);
      res.end(event({ jsonrpc: "2.0", id: ID, result: { capabilities: { tools: {}, tasks: { list: {} } } } }));
    });
    const headers = [...legacyHeaders(), ...(await resuming(grant, ["Mcp-Session-Id", session], "1"))];
    const [first] = await (await open(grant.url, { verb: "GET", headers })).rest();
    expect(lastMessage(first ?? "")).toMatchObject({ result: { capabilities: { tools: {} } } });
    expect(first).not.toContain("tasks");
  });

  it("is not fetched for somebody without its session", async () => {
    const headers = [...legacyHeaders(), "Last-Event-ID", "40"];
    upstream.answer((_req, res) => void res.writeHead(405).end());
    expect((await send(grant.url, { verb: "GET", headers })).status).toBe(405);
    const forged = await send(grant.url, { verb: "GET", headers: [...headers, "Mcp-Session-Id", "session-1"] });
    expect(forged).toMatchObject({ status: 404, json: { id: null, error: { code: -32001 } } });
    expect(upstream.requests.map((req) => [req.method, header(req, "last-event-id")])).toEqual([["GET", undefined]]);
  });
});

describe("tasks", () => {
  const tasks = { "io.modelcontextprotocol/tasks": {}, "com.example/other": {} };

  it("are offered by neither side of a legacy handshake", async () => {
    const capabilities = { tools: {}, tasks: { list: {}, requests: { tools: { call: {} } } } };
    upstream.answer((req, res) =>
      sendJson(res, answerTo(messageOf(req), { protocolVersion: "2025-11-25", capabilities })),
    );
    const params = { protocolVersion: "2025-11-25", capabilities: { sampling: {}, tasks: {} }, clientInfo: CLIENT };
    const answer = await ask("legacy", { method: "initialize", params });
    expect(answer.json).toMatchObject({ result: { capabilities: { tools: {} } } });
    expect(upstream.requests[0]?.json).toMatchObject({ params: { ...params, capabilities: { sampling: {} } } });
    expect([answer.text, upstream.requests[0]?.text].join()).not.toContain("tasks");
  });

  it("are offered by neither side of a modern exchange", async () => {
    upstream.answer((req, res) =>
      sendJson(res, answerTo(messageOf(req), { capabilities: { tools: {}, extensions: tasks } })),
    );
    const answer = await ask("modern", { method: "server/discover", params: withCapabilities({ extensions: tasks }) });
    expect(answer.json).toMatchObject({ result: { capabilities: { extensions: { "com.example/other": {} } } } });
    const params = { name: "echo", ...withCapabilities({ extensions: tasks }) };
    await ask("modern", { method: "tools/call", params });
    expect(upstream.requests).toHaveLength(2);
    expect(upstream.requests[1]?.text).toContain('{"extensions":{"com.example/other":{}}}');
    expect([answer.text, ...upstream.requests.map(({ text }) => text)].join()).not.toContain("protocol/tasks");
  });

  it.each(ERAS)("are not made of a call by its task parameter in the %s era", async (era) => {
    const plain = call("echo", { task: "an argument" });
    await ask(era, { ...plain, params: { ...plain.params, task: { ttl: 60_000 } } });
    expect(upstream.requests.map(({ json }) => json)).toEqual([JSON.parse(textOf(era, plain))]);
  });

  it.each(ERAS)("are not asked for or told of by the server in the %s era", async (era) => {
    upstream.answer((req, res) => {
      openSse(res);
      res.write(event({ jsonrpc: "2.0", id: 1, method: "tasks/get", params: { taskId: "t" } }));
      res.write(event({ jsonrpc: "2.0", method: "notifications/tasks/status", params: { taskId: "t" } }));
      res.write(event({ jsonrpc: "2.0", method: "notifications/tasks", params: { taskId: "t" } }));
      res.end(event(answerTo(messageOf(req), textResult("done"))));
    });
    const { text } = await ask(era, call("echo"));
    expect(text).toContain("done");
    expect(text).not.toContain("task");
  });
});

describe("a server whose surface is its tools", () => {
  let narrow: Grant;
  const ALL = { tools: {}, resources: { subscribe: true }, prompts: {}, completions: {}, logging: {}, tasks: {} };

  beforeAll(async () => {
    await gateway.putServer("narrow", { url: upstream.url, surface: ["tools"], drift: "hold" });
    await gateway.putPolicy("narrow", "open", { version: "1", default: "allow" });
    narrow = await gateway.grant("narrow", "open");
  });

  it.each([
    ["legacy", "initialize", { protocolVersion: "2025-11-25", capabilities: {} }],
    ["modern", "server/discover", {}],
  ] as const)("offers nothing else in the %s era", async (era, method, params) => {
    upstream.answer((req, res) => sendJson(res, answerTo(messageOf(req), { capabilities: ALL })));
    const { json } = await ask(era, { method, params }, narrow);
    expect(json).toMatchObject({
      result: { capabilities: expect.toSatisfy((open) => Object.keys(open).join() === "tools,logging") },
    });
  });

  it.each([
    ...ERAS.flatMap((era) => CLOSED.map((method) => [method, era] as const)),
    ["resources/subscribe", "legacy"] as const,
    ["resources/unsubscribe", "legacy"] as const,
  ])("does not know %s in the %s era", async (method, era) => {
    const params = { name: "p", uri: "file:///vault", ref: { type: "ref/prompt", name: "p" } };
    const headers = headersFor(era, narrow, {
      method,
      params: { name: method === "resources/read" ? params.uri : "p" },
    });
    const answer = await send(narrow.url, { headers, body: textOf(era, { method, params }) });
    expect(answer).toMatchObject({ status: era === "modern" ? 404 : 200, json: { id: ID, error: { code: -32601 } } });
    expect(upstream.requests).toEqual([]);
  });

  it("listens to nothing else", async () => {
    upstream.answer((req, res) => sendJson(res, answerTo(messageOf(req), {})));
    const notifications = { toolsListChanged: true, promptsListChanged: true, resourcesListChanged: true };
    const params = { notifications: { ...notifications, resourceSubscriptions: ["file:///vault"], taskIds: ["t"] } };
    await ask("modern", { method: "subscriptions/listen", params }, narrow);
    expect(upstream.requests[0]?.json).toMatchObject({
      params: { notifications: expect.toSatisfy((asked) => Object.keys(asked).join() === "toolsListChanged") },
    });
  });
});

describe("headers that mirror arguments, once the list of tools has gone through", () => {
  const inputSchema = {
    type: "object",
    properties: {
      region: { type: "string", "x-mcp-header": "Region" },
      place: { type: "object", properties: { zone: { type: "integer", "x-mcp-header": "Zone" } } },
      note: { type: "string" },
    },
  };
  const args = { region: "west", place: { zone: 42 }, note: "east" };
  const HONEST = ["Mcp-Param-Region", "west", "mcp-param-zone", "42.0"];
  let mapped: Grant;

  beforeAll(async () => {
    upstream.answer(
      minimalServer({ tools: ["route", "wipe", "vault", "format"].map((name) => ({ name, inputSchema })) }).handle,
    );
    await gateway.putServer("mapped", { url: upstream.url, drift: "hold" });
    await gateway.putPolicy("mapped", "careful", POLICY);
    mapped = await gateway.grant("mapped", "careful");
    await ask("modern", LIST, mapped);
  });

  function route(tool: string, headers: readonly string[]) {
    const message = call(tool, args);
    return send(mapped.url, {
      headers: [...headersFor("modern", mapped, message), ...headers],
      body: textOf("modern", message),
    });
  }

  it("pass when they are right", async () => {
    expect(await route("route", HONEST)).toMatchObject({ status: 200, json: { result: { resultType: "complete" } } });
    const [seen] = upstream.requests;
    expect(seen && ["mcp-param-region", "mcp-param-zone"].map((name) => header(seen, name))).toEqual(["west", "42.0"]);
  });

  it.each([
    ["one mirrors another argument", withHeader(HONEST, "Mcp-Param-Region", "east")],
    ["one is missing", withHeader(HONEST, "Mcp-Param-Region", null)],
    ["all are missing", []],
    ["one is in capitals", withHeader(HONEST, "Mcp-Param-Region", "WEST")],
    ["one stands twice", [...HONEST, "Mcp-Param-Region", "west"]],
    ["a number is another", withHeader(HONEST, "Mcp-Param-Zone", "42.5")],
    ["one more mirrors nothing", [...HONEST, "Mcp-Param-Mode", "destroy"]],
  ])("stop the call when %s", async (_name, headers) => {
    expect(await route("route", headers)).toMatchObject({ status: 400, json: { id: ID, error: { code: -32020 } } });
    expect(upstream.requests).toEqual([]);
  });

  it("do not tell that a tool exists that may not be seen", async () => {
    // "safe" is hidden like "vault", and "mint" unlisted like "format", but the server has neither.
    for (const [there, absent] of [
      ["vault", "safe"],
      ["format", "mint"],
    ] as const) {
      const answers = await Promise.all([route(there, []), route(absent, [])]);
      const [real, made] = answers.map(({ status, text }) => [status, text.replaceAll(/01[0-9A-Z]{24}/g, "")]);
      expect(real).toEqual([made?.[0], String(made?.[1]).replaceAll(absent, there)]);
    }
    expect(upstream.requests).toEqual([]);
  });
});

const CLIENT = { name: "client", version: "1" };

function withCapabilities(capabilities: object): { _meta: object } {
  const key = "io.modelcontextprotocol/";
  return { _meta: { [`${key}protocolVersion`]: "2026-07-28", [`${key}clientCapabilities`]: capabilities } };
}

function legacyHeaders(): string[] {
  return withHeader(headersFor("legacy", grant, LIST), "Accept", "text/event-stream");
}

async function newSession(): Promise<string> {
  const params = { protocolVersion: "2025-11-25", capabilities: {}, clientInfo: CLIENT };
  const { headers } = await ask("legacy", { method: "initialize", params });
  upstream.clear();
  return String(headers["mcp-session-id"]);
}
