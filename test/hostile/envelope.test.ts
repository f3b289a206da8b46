/**
 * What is no plain message, or not the same message to every reader, is refused, and nothing of it reaches the server;
 * what is unusual but plain arrives written anew. On the way there, HTTP itself is bent as far as it bends.
 */
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { send } from "../gate/raw.ts";
import { call, ERAS, type Era, headersFor, ID, metaOf, textOf, withHeader } from "../gate/speak.ts";
import { minimalServer } from "../gate/upstreams/minimal.ts";
import { header } from "../gate/upstreams/recorder.ts";
import { MALFORMED, MISTOLD } from "./envelopes.ts";
import { denial, expectUnharmed, type Field, openField, refusal } from "./field.ts";
import { exchangeBytes, statusesIn } from "./socket.ts";

const POLICY = {
  version: "1",
  default: "deny",
  tools: { echo: {}, wipe: { action: "deny", reason: "Nobody wipes." } },
};
const MIB = 1024 * 1024;

let field: Field;

beforeAll(async () => {
  field = await openField(POLICY);
});

afterAll(() => field?.close());

function post(era: Era, body: string | Uint8Array, more: { chunked?: boolean } = {}) {
  return send(field.grant.url, { headers: field.headers(era), body, ...more });
}

/** The server answers again as it does by itself. */
function honest(): void {
  field.upstream.answer(minimalServer().handle);
}

/** An allowed call with one argument, given as JSON. */
function carrying(era: Era, argument: string): string {
  const params = `"name":"echo","arguments":{"a":${argument}}${metaOf(era)}`;
  return `{"jsonrpc":"2.0","id":${ID},"method":"tools/call","params":{${params}}}`;
}

/** An allowed call of exactly so many bytes. */
function sized(era: Era, bytes: number): string {
  return carrying(era, `"${"x".repeat(bytes - carrying(era, '""').length)}"`);
}

describe.each(ERAS)("nothing reaches the server of a %s client", (era) => {
  afterEach(() => expectUnharmed(field, era));

  it.each(MALFORMED)("by $name", async ({ body, code, id }) => {
    const answer = await post(era, body(metaOf(era)));
    expect(answer).toMatchObject({ status: 400, json: refusal(code, id) });
  });

  it.each(MISTOLD)("by $name", async ({ body, code, id }) => {
    const answer = await post(era, body(metaOf(era)));
    expect(answer).toMatchObject({ status: 200, json: refusal(code, id) });
  });

  it("by escapes that spell a denied call", async () => {
    const params = `"n\\u0061me":"w\\u0069pe"${metaOf(era)}`;
    const body = `{"jsonrpc":"2.0","id":${ID},"method":"tools\\/c\\u0061ll","params":{${params}}}`;
    const answer = await send(field.grant.url, { headers: field.headers(era, call("wipe")), body });
    expect(answer).toMatchObject({ status: 200, json: denial(era, "/tools/wipe/action", "Nobody wipes.") });
  });

  it.each([
    ["of one byte too many", (at: Era) => sized(at, 4 * MIB + 1)],
    ["of 5 MB", (at: Era) => sized(at, 5_000_000)],
    [
      "of more than 4 MiB, though not of so many letters",
      (at: Era) => carrying(at, `"${"\u{1f600}".repeat(1_100_000)}"`),
    ],
    ["of nothing but blanks, and a call behind them", (at: Era) => " ".repeat(4 * MIB) + carrying(at, "1")],
  ])("by a body %s, whether its length is told or not", async (_name, body) => {
    for (const chunked of [false, true]) {
      expect(await post(era, body(era), { chunked })).toMatchObject({ status: 413, json: refusal(-32000, null) });
    }
  });

  it.each([
    ["a denied call", call("wipe")],
    ["an allowed call", call("echo")],
    ["a method nobody knows", { method: "tools/wipe" }],
  ])("by a notification: %s", async (_name, message) => {
    const { id: _, ...notification } = JSON.parse(textOf(era, message));
    const headers = field.headers(era, message);
    const answer = await send(field.grant.url, { headers, body: JSON.stringify(notification) });
    expect(answer).toMatchObject({ status: 202, text: "" });
  });

  it.each(["PUT", "PATCH", "HEAD", "QUERY", "PROPFIND", "TRACE"])("by the verb %s", async (verb) => {
    const asPost = ["X-HTTP-Method-Override", "POST", "X-HTTP-Method", "POST", "X-Method-Override", "POST"];
    const raw = { verb, headers: [...field.headers(era), ...asPost], body: textOf(era, call("echo")) };
    expect(await send(`${field.grant.url}?_method=POST`, raw)).toMatchObject({
      status: 405,
      headers: { allow: "GET, POST, DELETE, OPTIONS" },
      ...(verb !== "HEAD" && { json: refusal(-32600, null) }),
    });
  });

  it("by a preflight", async () => {
    const raw = { verb: "OPTIONS", headers: field.headers(era), body: textOf(era, call("echo")) };
    expect(await send(field.grant.url, raw)).toMatchObject({ status: 204, text: "" });
  });

  it.each(["GET", "DELETE"])("by the body of a %s, of which nothing goes on", async (verb) => {
    field.upstream.answer((_req, res) => void res.writeHead(405).end());
    const asPost = ["X-HTTP-Method-Override", "POST"];
    const raw = { verb, headers: [...field.headers(era), ...asPost], body: textOf(era, call("wipe")) };
    const answer = await send(field.grant.url, raw).finally(honest);
    const seen = field.upstream.requests.map(({ method, text }) => [method, text]);
    field.upstream.clear();
    expect([answer.status, ...seen]).toEqual([405, [verb, ""]]);
  });
});

describe.each(ERAS)("what is unusual and plain arrives as it was, of a %s client", (era) => {
  afterEach(() => expectUnharmed(field, era));

  it.each<[string, () => string]>([
    ["the last byte that may be", () => sized(era, 4 * MIB)],
    ["64 levels", () => carrying(era, "[".repeat(61) + "]".repeat(61))],
    ["a number of a million digits", () => carrying(era, "9".repeat(1_000_000))],
    ["a number beyond all doubles", () => carrying(era, "[1e999,-1e999,1e-999,-0,0.10]")],
    ["an exponent of a million digits", () => carrying(era, `1e${"9".repeat(1_000_000)}`)],
    ["a long text of nothing but escapes", () => carrying(era, `"${"\\u0000".repeat(200_000)}"`)],
    ["half a surrogate pair, as an escape", () => carrying(era, '"\\udc00\\ud800"')],
    ["a hundred thousand members", () => carrying(era, `{${members(100_000, (nth) => `k${nth}`)}}`)],
    [
      "a hundred thousand members that a plain sum of digits puts in one place",
      () => carrying(era, `{${members(100_000, (nth) => String(2 ** 33 + nth * 2 ** 24))}}`),
    ],
    ["half a million empty objects", () => carrying(era, `[${"{},".repeat(500_000)}{}]`)],
    ["keys of a prototype", () => carrying(era, '{"__proto__":{"admin":true},"constructor":{"prototype":{}}}')],
    ["keys of MCP among the tool's own", () => carrying(era, '{"Name":1,"METHOD":2,"argument\u017f":3}')],
  ])("%s", async (_name, make) => {
    const body = make();
    field.upstream.answer((_req, res) => {
      res.writeHead(200, { "Content-Type": "application/json" });
      res.end(`{"jsonrpc":"2.0","id":${ID},"result":{"content":[]}}`);
    });
    const answer = await post(era, body).finally(honest);
    const seen = field.upstream.requests.map(({ text }) => text);
    field.upstream.clear();
    expect(answer).toMatchObject({ status: 200, json: { id: ID, result: { content: [] } } });
    expect(seen.length).toBe(1);
    // Not compared by `toBe`, which would print megabytes.
    expect(seen[0] === body).toBe(true);
  });

  it("but for blanks, escapes that need not be, and the order of its members", async () => {
    const params = JSON.stringify({
      name: "echo",
      arguments: { a: "\u007f/\u00e9" },
      ...JSON.parse(`{${metaOf(era).slice(1)}}`),
    });
    const spaced = params.replace("\u00e9", "\\u00E9").replace("/", "\\/").replace(":", " :\r\n\t");
    const answer = await post(era, ` {"params":${spaced} , "method":"tools/call","id":${ID},"jsonrpc":"2.0" }\n`);
    const seen = field.upstream.requests.map(({ text }) => text);
    field.upstream.clear();
    expect(answer.status).toBe(200);
    expect(seen).toEqual([`{"jsonrpc":"2.0","id":${ID},"method":"tools/call","params":${params}}`]);
  });
});

function members(count: number, key: (nth: number) => string): string {
  return Array.from({ length: count }, (_, nth) => `"${key(nth)}":1`).join();
}

describe("an answer to the server", () => {
  afterEach(() => expectUnharmed(field, "legacy"));

  const ANSWER = `{"jsonrpc":"2.0","id":${ID},"result":{"action":"accept","content":{}}}`;

  it.each<[string, string]>([
    ["a result", ANSWER],
    ["an error", '{"jsonrpc":"2.0","id":"q","error":{"code":-1,"message":"no"}}'],
    [
      "a result that reads like a call",
      '{"jsonrpc":"2.0","id":7,"result":{"method":"tools/call","params":{"name":"wipe"}}}',
    ],
  ])("goes to its own session and is no call: %s", async (_name, body) => {
    const answer = await post("legacy", body);
    const seen = field.upstream.requests.map((req) => [req.text, header(req, "mcp-session-id")]);
    field.upstream.clear();
    expect(answer).toMatchObject({ status: 202, text: "" });
    expect(seen).toEqual([[body, "session-1"]]);
  });

  it.each<[string, (headers: string[]) => string[], number, number]>([
    ["without a session", (all) => withHeader(all, "Mcp-Session-Id", null), 400, -32600],
    ["in a session by the server's own id", (all) => withHeader(all, "Mcp-Session-Id", "session-1"), 404, -32001],
    ["in a session without a name", (all) => withHeader(all, "Mcp-Session-Id", ""), 404, -32001],
    ["in two sessions", (all) => [...all, "Mcp-Session-Id", String(all.at(-1))], 404, -32001],
  ])("goes nowhere %s", async (_name, change, status, code) => {
    const headers = change(field.headers("legacy"));
    const answer = await send(field.grant.url, { headers, body: ANSWER });
    expect(answer).toMatchObject({ status, json: refusal(code, null) });
  });

  it("goes nowhere under modern headers, which have no sessions", async () => {
    const headers = headersFor("modern", field.grant, call("echo"));
    const answer = await send(field.grant.url, { headers, body: ANSWER });
    expect(answer).toMatchObject({ status: 400, json: refusal(-32600, null) });
  });
});

describe("a request that is bent below HTTP's libraries", () => {
  afterEach(() => expectUnharmed(field, "legacy"));

  const BODY = textOf("legacy", call("echo"));
  const LENGTH = `Content-Length: ${BODY.length}\r\n`;
  const CHUNKED = "Transfer-Encoding: chunked\r\n";

  /** With these header lines; the connection ends with its answer. */
  function request(lines: string, body: string, target = "/mcp/upstream", verb = "POST"): string {
    const { host } = new URL(field.gateway.url);
    const own = `Host: ${host}\r\nConnection: close\r\nAuthorization: Bearer ${field.grant.token}\r\n`;
    const usual = "Content-Type: application/json\r\nAccept: application/json, text/event-stream\r\n";
    return `${verb} ${target} HTTP/1.1\r\n${own}${usual}${lines}\r\n${body}`;
  }

  function chunk(text: string): string {
    return `${text.length.toString(16)}\r\n${text}\r\n`;
  }

  function seen(): string[] {
    const texts = field.upstream.requests.map(({ method, text }) => `${method} ${text}`);
    field.upstream.clear();
    return texts;
  }

  it.each<[string, string, string]>([
    ["its length as it is", LENGTH, BODY],
    ["its length twice, alike", LENGTH + LENGTH, BODY],
    ["chunks", CHUNKED, `${chunk(BODY.slice(0, 20))}${chunk(BODY.slice(20))}0\r\n\r\n`],
    ["chunks of a byte", CHUNKED, `${[...BODY].map(chunk).join("")}0\r\n\r\n`],
    [
      "chunks that say more, and headers behind them",
      CHUNKED,
      `${BODY.length.toString(16)};a="b"\r\n${BODY}\r\n0\r\nMcp-Name: wipe\r\nAuthorization: x\r\n\r\n`,
    ],
    // RFC 9112, 6.3: chunks count, and the connection ends.
    ["chunks and a length that lies", `${CHUNKED}Content-Length: 10\r\n`, `${chunk(BODY)}0\r\n\r\n`],
    ["a length that lies and chunks", `Content-Length: 10\r\n${CHUNKED}`, `${chunk(BODY)}0\r\n\r\n`],
    ["a wish to be told to go on", `Expect: 100-continue\r\n${LENGTH}`, BODY],
  ])("is read as HTTP has it: %s", async (_name, lines, body) => {
    const answer = await exchangeBytes(field.gateway.url, request(lines, body));
    expect(statusesIn(answer).at(-1)).toBe(200);
    expect(seen()).toEqual([`POST ${BODY}`]);
  });

  it.each<[string, string, string]>([
    ["two lengths", `${LENGTH}Content-Length: 5\r\n`, BODY],
    ["two lengths in one", `Content-Length: ${BODY.length}, ${BODY.length}\r\n`, BODY],
    ["no number as its length", "Content-Length: \r\n", BODY],
    ["a length below nothing", "Content-Length: -1\r\n", BODY],
    ["a length with a sign", `Content-Length: +${BODY.length}\r\n`, BODY],
    ["a length to another base", `Content-Length: 0x${BODY.length.toString(16)}\r\n`, BODY],
    ["a length too short", `Content-Length: ${BODY.length - 5}\r\n`, BODY],
    ["no length", "", BODY],
    ["a coding nobody knows", "Transfer-Encoding: xchunked\r\n", `${chunk(BODY)}0\r\n\r\n`],
    ["two codings", `${CHUNKED}Transfer-Encoding: identity\r\n`, `${chunk(BODY)}0\r\n\r\n`],
    ["chunks without a length", CHUNKED, `zz\r\n${BODY}\r\n0\r\n\r\n`],
    ["chunks of a length below nothing", CHUNKED, `-5\r\n${BODY}\r\n0\r\n\r\n`],
    ["a header on two lines", `X-A: b\r\n Content-Type: c\r\n${LENGTH}`, BODY],
    ["a blank before a colon", `Content-Type : application/json\r\n${LENGTH}`, BODY],
    ["NUL in a header", `X-A: b\0c\r\n${LENGTH}`, BODY],
  ])("is refused for %s", async (_name, lines, body) => {
    const answer = await exchangeBytes(field.gateway.url, request(lines, body));
    expect(statusesIn(answer)).toEqual([400]);
    expect(seen()).toEqual([]);
  });

  it.each<[string, string, string]>([
    ["its length", `Content-Length: ${BODY.length + 1}\r\n`, BODY],
    ["its last chunk", CHUNKED, chunk(BODY)],
  ])("is no request when it ends before %s", async (_name, lines, body) => {
    await exchangeBytes(field.gateway.url, request(lines, body), true);
    expect(seen()).toEqual([]);
  });

  it("is not made larger than it may be by a length that lies", async () => {
    const large = `{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"name":"echo","a":"${"x".repeat(5_000_000)}"}}`;
    const lines = `${CHUNKED}Content-Length: 10\r\n`;
    const answer = await exchangeBytes(field.gateway.url, request(lines, `${chunk(large)}0\r\n\r\n`));
    expect(statusesIn(answer)).toEqual([413]);
    expect(seen()).toEqual([]);
  });

  it("carries no second request that has no token of its own", async () => {
    const first = request(LENGTH, BODY).replace("Connection: close\r\n", "");
    const second = request(LENGTH, BODY).replace(/Authorization: .*\r\n/, "");
    const answer = await exchangeBytes(field.gateway.url, first + second);
    expect(statusesIn(answer)).toEqual([200, 401]);
    expect(seen()).toEqual([`POST ${BODY}`]);
  });

  it("is asked for its body only, and for nothing by who holds no token", async () => {
    const lines = `Expect: 100-continue\r\n${LENGTH}`;
    const forged = request(lines, "").replace(field.grant.token, "none");
    expect(statusesIn(await exchangeBytes(field.gateway.url, forged, true)).at(-1)).toBe(401);
    expect(seen()).toEqual([]);
  });

  // The runtime's own answers, but for the 401.
  it.each<[string, string, string, number]>([
    ["two hosts", "Host: evil.example\r\n", "POST", 500],
    ["two tokens", "Authorization: Bearer another\r\n", "POST", 401],
    ["a verb in small letters", "", "post", 501],
    ["a verb of its own", "", "CALL", 501],
    ["the verb of a tunnel", "", "CONNECT", 500],
  ])("is refused for %s", async (_name, line, verb, status) => {
    const answer = await exchangeBytes(field.gateway.url, request(line + LENGTH, BODY, "/mcp/upstream", verb));
    expect(statusesIn(answer)).toEqual([status]);
    expect(seen()).toEqual([]);
  });

  it("makes no WebSocket, neither here nor to the server", async () => {
    const upgrade = ["Connection", "Upgrade", "Upgrade", "websocket", "Sec-WebSocket-Version", "13"];
    const headers = [...upgrade, "Sec-WebSocket-Key", "AAAAAAAAAAAAAAAAAAAAAA==", ...field.headers("legacy")];
    field.upstream.answer((_req, res) => void res.writeHead(405).end());
    const answer = await send(field.grant.url, { verb: "GET", headers }).finally(honest);
    const names = field.upstream.requests.flatMap(({ rawHeaders }) => rawHeaders.map((name) => name.toLowerCase()));
    expect(answer.status).toBe(405);
    expect(names.filter((name) => name === "upgrade" || name.startsWith("sec-websocket"))).toEqual([]);
    expect(seen()).toEqual(["GET "]);
  });

  const SPELLINGS = [
    "/mcp/upstream/",
    "/mcp/upstream?tool=wipe&_method=PUT",
    "/mcp/upstream#/wipe",
    "/mcp/other/../upstream",
    "/mcp/other/%2e%2e/upstream",
    "/mcp/./upstream",
    "/api/v1/../../mcp/upstream",
    "/mcp\\upstream",
    "http://evil.example/mcp/upstream",
  ];

  it.each(SPELLINGS)("leads by %s where it says, and is decided there as ever", async (target) => {
    const wipe = textOf("legacy", call("wipe"));
    const denied = await exchangeBytes(field.gateway.url, request(`Content-Length: ${wipe.length}\r\n`, wipe, target));
    expect(statusesIn(denied)).toEqual([200]);
    expect(denied).toContain("[POLICY DENIED] Nobody wipes.");
    expect(seen()).toEqual([]);
    const allowed = await exchangeBytes(field.gateway.url, request(LENGTH, BODY, target));
    const [came] = field.upstream.requests;
    expect([came?.path, came && header(came, "host")]).toEqual(["/mcp", new URL(field.upstream.url).host]);
    expect(statusesIn(allowed)).toEqual([200]);
    expect(seen()).toEqual([`POST ${BODY}`]);
  });

  it.each([
    ...[
      "/mcp/UPSTREAM",
      "/MCP/upstream",
      "/mcp/%75pstream",
      "/mcp/upstream/tools",
      "/mcp/upstream//",
      "/mcp//upstream",
    ],
    ...["//mcp/upstream", "//evil.example/mcp/upstream", "/mcp%2fupstream", "/mcp/upstream%2f", "/mcp/upstream%00"],
    ...["/mcp/upstream%20", "/mcp/upstream;v=1", "/mcp/upstream.json", "/mcp/%2e%2e%2fmcp%2fupstream", "/mcp/", "/mcp"],
    ...["/mcp/\u00fc", `/mcp/${"a".repeat(64)}`, "/mcp/-upstream", "/mcp/upstream,other", "/mcp/*"],
  ])("leads nowhere by %s", async (target) => {
    const answer = await exchangeBytes(field.gateway.url, request(LENGTH, BODY, target));
    expect(statusesIn(answer)).toEqual([404]);
    expect(seen()).toEqual([]);
  });
});
