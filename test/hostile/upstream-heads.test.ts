/**
 * Heads, lengths and codings that a server should not send, written below HTTP: a client is told in the gateway's own
 * words that its server failed, or gets the answer and not one header beside it.
 */
import { gzipSync } from "node:zlib";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { ask, CALL, expectExplained, expectOwnHeadersOnly, GREETING, messageIn, SECRET } from "../gate/explained.ts";
import { type Gateway, type Grant, startGateway } from "../gate/gateway.ts";
import { open, send } from "../gate/raw.ts";
import { ERAS, headersFor, ID, speak, withHeader } from "../gate/speak.ts";
import { answerTo, event, type Message, textResult } from "../gate/upstreams/replies.ts";
import { head, type RawUpstream, type Say, startRawUpstream } from "./raw-upstream.ts";

let upstream: RawUpstream;
let elsewhere: RawUpstream;
let gateway: Gateway;
let grant: Grant;

beforeAll(async () => {
  [upstream, elsewhere, gateway] = await Promise.all([startRawUpstream(), startRawUpstream(), startGateway()]);
  await gateway.putServer("upstream", { url: upstream.url });
  await gateway.putPolicy("upstream", "open", { version: "1", default: "allow" });
  grant = await gateway.grant("upstream", "open");
});

/** Whatever it did, the next honest answer goes to the one who asked. */
afterEach(async () => {
  upstream.answer(says((message) => whole("200 OK", message)));
  for (const era of ERAS) expect((await ask(era, CALL, grant)).json).toMatchObject(answered("honest"));
  upstream.clear();
  expect(elsewhere.requests).toEqual([]);
});

afterAll(async () => {
  await gateway?.close();
  await Promise.all([upstream?.close(), elsewhere?.close()]);
});

const JSON_TYPE = "Content-Type: application/json";
const STREAM_TYPE = "Content-Type: text/event-stream";

function says(text: (message: Message) => string | Buffer): Say {
  return (socket, message) => void socket.write(text(message));
}

function bodyFor(message: Message, text = "honest"): string {
  const greets = message.method === "initialize" || message.method === "server/discover";
  return JSON.stringify(answerTo(message, greets ? { capabilities: {} } : { ...textResult(text), tools: [] }));
}

/** A whole answer, right but for its status and its headers. */
function whole(status: string, message: Message, ...lines: readonly string[]): string {
  const body = bodyFor(message);
  return head(status, JSON_TYPE, `Content-Length: ${body.length}`, ...lines) + body;
}

function coded(coding: string, bytes: Buffer, type = JSON_TYPE): Buffer {
  const lines = [type, `Content-Encoding: ${coding}`, `Content-Length: ${bytes.length}`];
  return Buffer.concat([Buffer.from(head("200 OK", ...lines)), bytes]);
}

function answered(text: string): object {
  return { id: ID, result: { content: [{ type: "text", text }] } };
}

/** What a body that is larger than any answer becomes when it is packed. */
const BOMB = gzipSync(Buffer.alloc(20_000_000, " "));

describe("a status", () => {
  const lures = () => [
    `Location: ${elsewhere.url}`,
    `Proxy-Authenticate: Basic realm="${SECRET}"`,
    `WWW-Authenticate: Bearer resource_metadata="${elsewhere.url}/${SECRET}"`,
    `Mcp-Session-Id: ${SECRET}`,
  ];
  it.each<[string, RegExp]>([
    ["101 Switching Protocols", /answered with HTTP 101\./],
    ["203 Non-Authoritative", /answered with HTTP 203\./],
    ["204 No Content", /gave no answer \(HTTP 204\)\./],
    ["205 Reset Content", /answered with HTTP 205\./],
    ["206 Partial Content", /answered with HTTP 206\./],
    ["300 Multiple Choices", /redirect \(HTTP 300\)/],
    ["304 Not Modified", /redirect \(HTTP 304\)/],
    ["305 Use Proxy", /redirect \(HTTP 305\)/],
    ["402 Payment Required", /answered with HTTP 402\./],
    ["407 Proxy Authentication Required", /answered with HTTP 407\./],
    ["511 Network Authentication Required", /answered with HTTP 511\./],
    ["600 Unknown", /answered with HTTP 600\./],
    ["999 Unknown", /answered with HTTP 999\./],
  ])("of %s gets none of its answer through, whole as it is", async (status, reason) => {
    upstream.answer(says((message) => whole(status, message, ...lures())));
    await expectExplained(grant, upstream.url, { reason, status: Number(status.slice(0, 3)) });
    expect(upstream.requests).toHaveLength(6);
  });

  it("that only announces another one leaves the answer to that", async () => {
    const early = [head("100 Continue"), head("103 Early Hints", "Link: <https://elsewhere.example/x>; rel=preload")];
    upstream.answer(says((message) => early.join("").repeat(20) + whole("200 OK", message)));
    for (const era of ERAS) {
      const answer = await ask(era, CALL, grant);
      expect(answer.json).toMatchObject(answered("honest"));
      expectOwnHeadersOnly(answer);
    }
  });
});

describe("what is no head", () => {
  it.each<[string, (message: Message) => string]>([
    ["a status of 0", (message) => whole("000 None", message)],
    ["a status of five digits", (message) => whole("20000 OK", message)],
    ["no status", (message) => whole("OK", message)],
    ["a body and nothing else", bodyFor],
    ["a greeting in HTTP/2", () => "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"],
    ["two lengths", (message) => whole("200 OK", message, "Content-Length: 5")],
    ["a length below nothing", (message) => head("200 OK", JSON_TYPE, "Content-Length: -1") + bodyFor(message)],
    [
      "a length that no number holds",
      (message) => head("200 OK", JSON_TYPE, `Content-Length: ${"9".repeat(30)}`) + bodyFor(message),
    ],
    ["a header of a megabyte", (message) => whole("200 OK", message, `X-A: ${"a".repeat(1_000_000)}`)],
    ["a header with NUL", (message) => whole("200 OK", message, "X-A: a\0b")],
    ["a header with a lone CR", (message) => whole("200 OK", message, `X-A: a\rSet-Cookie: ${SECRET}`)],
    [
      "a header that goes on in the next line",
      (message) => whole("200 OK", message, `X-A: a\r\n\tSet-Cookie: ${SECRET}`),
    ],
    ["a line without a colon", (message) => whole("200 OK", message, SECRET)],
  ])("%s is no answer", async (_name, text) => {
    upstream.answer((socket, message) => void socket.end(text(message)));
    await expectExplained(grant, upstream.url, { reason: /could not be reached\./ });
  });

  it("a header without end is not read to its end", async () => {
    upstream.answer((socket) => {
      const more = () => {
        while (socket.writable && socket.write("a".repeat(65_536)));
      };
      socket.on("drain", more).write("HTTP/1.1 200 OK\r\nX-A: ");
      more();
    });
    await expectExplained(grant, upstream.url, { reason: /could not be reached\./ });
  });
});

describe("a body", () => {
  const BROKEN_OFF = /broke off before its end; whether the call ran is not known\./;
  const packed = (message: Message) => gzipSync(bodyFor(message));
  const chunked = (...lines: readonly string[]) => head("200 OK", JSON_TYPE, "Transfer-Encoding: chunked", ...lines);

  it.each<[string, (message: Message) => string | Buffer]>([
    ["with a length and in chunks", (message) => whole("200 OK", message, "Transfer-Encoding: chunked")],
    [
      "in chunks that are packed",
      (message) => head("200 OK", JSON_TYPE, "Transfer-Encoding: gzip, chunked") + bodyFor(message),
    ],
    ["whose chunk has no size", (message) => `${chunked()}zz\r\n${bodyFor(message)}\r\n0\r\n\r\n`],
    ["whose chunk is larger than any", (message) => `${chunked()}${"f".repeat(18)}\r\n${bodyFor(message)}`],
    ["that says it is packed and is not", (message) => whole("200 OK", message, "Content-Encoding: gzip")],
    ["that is packed and cut short", (message) => coded("gzip", packed(message).subarray(0, -9))],
    [
      "that is packed, with more behind it",
      (message) => coded("gzip", Buffer.concat([packed(message), Buffer.from("{}")])),
    ],
  ])("%s is no whole answer", async (_name, text) => {
    upstream.answer((socket, message) => void socket.end(text(message)));
    await expectExplained(grant, upstream.url, { reason: BROKEN_OFF });
  });

  it("that unpacks to more than any answer is not unpacked to its end", async () => {
    upstream.answer(says(() => coded("gzip", BOMB)));
    await expectExplained(grant, upstream.url, { reason: /larger than 8388608 bytes\./ });
    upstream.answer(says(() => coded("gzip", BOMB, STREAM_TYPE)));
    await expectExplained(grant, upstream.url, { reason: /larger than 8388608 bytes\./, streams: true });
  });

  it("without end is not read to its end, be it white space or a stream's comment", async () => {
    for (const [type, start] of [
      [JSON_TYPE, ""],
      [STREAM_TYPE, ":"],
    ] as const) {
      upstream.answer((socket) => {
        const more = () => {
          while (socket.writable && socket.write(" ".repeat(65_536)));
        };
        socket.on("drain", more).write(head("200 OK", type, "Connection: close") + start);
        more();
      });
      const streams = type === STREAM_TYPE ? ({ streams: true } as const) : {};
      await expectExplained(grant, upstream.url, { reason: /larger than 8388608 bytes\./, ...streams });
    }
  });

  it.each<[string, (message: Message) => string | Buffer]>([
    ["packed", (message) => coded("gzip", packed(message))],
    ["of a coding that is none", (message) => whole("200 OK", message, "Content-Encoding: identity")],
    [
      "behind five thousand headers",
      (message) => whole("200 OK", message, ...Array.from({ length: 5_000 }, (_, n) => `X-${n}: a`)),
    ],
    [
      "whose length is told twice alike",
      (message) => whole("200 OK", message, `Content-Length: ${bodyFor(message).length}`),
    ],
    [
      "in chunks, with headers behind it",
      (message) =>
        `${chunked("Trailer: Set-Cookie")}${bodyFor(message).length.toString(16)}\r\n${bodyFor(message)}\r\n0\r\nSet-Cookie: ${SECRET}\r\n\r\n`,
    ],
  ])("%s is an answer", async (_name, text) => {
    upstream.answer(says(text));
    for (const era of ERAS) {
      const answer = await ask(era, CALL, grant);
      expect(answer.json).toMatchObject(answered("honest"));
      expectOwnHeadersOnly(answer);
    }
  });

  it.each(ERAS)("with a second answer behind it answers nothing but the first call in the %s era", async (era) => {
    upstream.answer(says((message) => whole("200 OK", message) + whole("200 OK", message).replace("honest", "forged")));
    for (let n = 0; n < 5; n++) expect((await ask(era, CALL, grant)).json).toMatchObject(answered("honest"));
    expect(upstream.requests).toHaveLength(5);
  });
});

/** Headers by which a server steers a browser, a cache, a proxy or an MCP client. */
const STEERING = [
  "Set-Cookie: a=SECRET; HttpOnly",
  "Set-Cookie2: a=SECRET",
  'WWW-Authenticate: Bearer resource_metadata="https://SECRET.example"',
  'Proxy-Authenticate: Basic realm="SECRET"',
  "Authentication-Info: SECRET",
  "Authorization: Bearer SECRET",
  "Location: https://SECRET.example/",
  "Content-Location: /SECRET",
  "Refresh: 0; url=https://SECRET.example/",
  "Link: <https://SECRET.example/>; rel=preconnect",
  'Alt-Svc: h3="SECRET.example:443"; persist=1',
  "Access-Control-Allow-Origin: *",
  "Access-Control-Allow-Credentials: true",
  "Access-Control-Expose-Headers: SECRET",
  "Access-Control-Allow-Headers: SECRET",
  "Timing-Allow-Origin: *",
  "Cross-Origin-Resource-Policy: cross-origin",
  "Content-Security-Policy: default-src *; report-uri https://SECRET.example",
  "Strict-Transport-Security: max-age=0",
  'Clear-Site-Data: "*"',
  'Report-To: {"group":"SECRET"}',
  'NEL: {"report_to":"SECRET"}',
  "Service-Worker-Allowed: /",
  "SourceMap: /SECRET",
  "Content-Disposition: attachment; filename=SECRET",
  "Cache-Control: public, max-age=31536000",
  "CDN-Cache-Control: max-age=31536000",
  "Cloudflare-CDN-Cache-Control: max-age=31536000",
  "Surrogate-Control: max-age=31536000",
  'ETag: "SECRET"',
  "Expires: Fri, 31 Dec 9999 23:59:59 GMT",
  "Last-Modified: Sat, 01 Jan 2000 00:00:00 GMT",
  "Age: 1",
  "Vary: SECRET",
  "Pragma: SECRET",
  "Warning: 299 - SECRET",
  "Retry-After: 86400",
  "X-Accel-Redirect: /SECRET",
  "X-Accel-Buffering: yes",
  "X-Sendfile: /SECRET",
  "X-Forwarded-For: SECRET",
  "Via: 1.1 SECRET",
  "Server: SECRET",
  "Server-Timing: SECRET",
  "Traceresponse: 00-SECRET",
  "Traceparent: 00-SECRET",
  "Mcp-Protocol-Version: SECRET",
  "Mcp-Session-Id: SECRET",
  "Last-Event-ID: SECRET",
  "Idempotency-Replayed: SECRET",
  "Connection: X-SECRET, Mcp-Session-Id",
  "Keep-Alive: timeout=86400, SECRET",
  "Proxy-Connection: SECRET",
  "Upgrade: SECRET",
].map((line) => line.replaceAll("SECRET", SECRET));

describe("headers that steer", () => {
  const streamed = (message: Message) => {
    const text = event(JSON.parse(bodyFor(message)));
    return head("200 OK", STREAM_TYPE, `Content-Length: ${text.length}`, ...STEERING) + text;
  };
  const failed = (message: Message) => {
    const body = JSON.stringify({ jsonrpc: "2.0", id: message.id, error: { code: -32602, message: "no" } });
    return head("400 Bad Request", JSON_TYPE, `Content-Length: ${body.length}`, ...STEERING) + body;
  };

  it.each<[string, (message: Message) => string]>([
    ["an answer", (message) => whole("200 OK", message, ...STEERING)],
    ["a stream", streamed],
    ["an error", failed],
    ["a failure", (message) => whole("500 Internal Server Error", message, ...STEERING)],
  ])("stay behind when they come with %s", async (_name, text) => {
    upstream.answer(says(text));
    for (const era of ERAS) {
      for (const message of [CALL, GREETING[era]]) {
        const answer = await ask(era, message, grant);
        expect(messageIn(answer)).toMatchObject({ id: ID });
        expectOwnHeadersOnly(answer);
        const { "mcp-session-id": session, ...headers } = answer.headers;
        expect(JSON.stringify([headers, answer.text])).not.toContain(SECRET);
        expect(session === undefined || message.method === "initialize").toBe(true);
        expect(headers["cache-control"]).toMatch(/^no-store/);
        expect([undefined, "no"]).toContain(headers["x-accel-buffering"]);
      }
    }
  });

  it("stay behind for a browser too, which is told whose page may read by the gateway alone", async () => {
    upstream.answer(says((message) => whole("200 OK", message, ...STEERING)));
    for (const era of ERAS) {
      const raw = speak(era, grant, CALL);
      const { headers } = await send(grant.url, { ...raw, headers: [...raw.headers, "Origin", "http://localhost:1"] });
      expect(headers["access-control-allow-origin"]).toBe("http://localhost:1");
      expect(headers["access-control-allow-credentials"]).toBeUndefined();
      expect(headers["access-control-expose-headers"]).not.toContain(SECRET);
      expect(headers.vary).toBe("origin");
    }
  });

  it.each<[string, string, string | undefined]>([
    ["POST", "202 Accepted", '{"jsonrpc":"2.0","method":"notifications/initialized"}'],
    ["GET", "200 OK", undefined],
    ["GET", "405 Method Not Allowed", undefined],
    ["GET", "409 Conflict", undefined],
    ["DELETE", "204 No Content", undefined],
    ["DELETE", "405 Method Not Allowed", undefined],
  ])("stay behind when they come with the answer to a %s: %s", async (verb, status, body) => {
    upstream.answer((socket) => void socket.end(head(status, STREAM_TYPE, ...STEERING)));
    const accept = verb === "GET" ? "text/event-stream" : "application/json, text/event-stream";
    const headers = withHeader(headersFor("legacy", grant, CALL), "Accept", accept);
    const stream = await open(grant.url, { verb, headers, ...(body !== undefined && { body }) });
    const { allow: _, ...rest } = stream.headers;
    expectOwnHeadersOnly({ status: stream.status, headers: rest, text: "", json: undefined });
    expect(JSON.stringify([stream.headers, await stream.rest()])).not.toContain(SECRET);
  });
});

describe("a session id", () => {
  const greet = (line: string) => {
    upstream.answer(says((message) => whole("200 OK", message, line)));
    return ask("legacy", GREETING.legacy, grant);
  };

  it.each([
    ["empty", ""],
    ["longer than any", "s".repeat(1_025)],
    ["much longer than any", "s".repeat(50_000)],
    ["of two words", "a b"],
    ["with a tab", "a\tb"],
    ["with a letter that is not ASCII", "caf\u00e9"],
    ["with a control character", "a\u0001b"],
    ["told twice", "one\r\nMcp-Session-Id: two"],
  ])("that is %s is none, and the greeting is answered without", async (_name, id) => {
    const { status, headers, json } = await greet(`Mcp-Session-Id: ${id}`);
    expect([status, headers["mcp-session-id"], json]).toMatchObject([200, undefined, { id: ID, result: {} }]);
  });

  it("as long as it may be is kept for its client, and another one that comes later is not", async () => {
    const own = "s".repeat(1_024);
    const sealed = String((await greet(`Mcp-Session-Id: ${own}`)).headers["mcp-session-id"]);
    expect(sealed).toMatch(/^[\x21-\x7e]+$/);
    upstream.answer(says((message) => whole("200 OK", message, "Mcp-Session-Id: another")));
    const raw = speak("legacy", grant, CALL);
    for (let n = 0; n < 3; n++) {
      const answer = await send(grant.url, { ...raw, headers: [...raw.headers, "Mcp-Session-Id", sealed] });
      expect(answer).toMatchObject({ status: 200, json: answered("honest") });
      expect(answer.headers["mcp-session-id"]).toBeUndefined();
      expect(upstream.requests.at(-1)?.head.toLowerCase()).toContain(`mcp-session-id: ${own}`);
    }
  });

  it("is none in the modern era", async () => {
    upstream.answer(says((message) => whole("200 OK", message, "Mcp-Session-Id: own")));
    for (const message of [CALL, GREETING.modern]) {
      const answer = await ask("modern", message, grant);
      expect([answer.status, answer.headers["mcp-session-id"]]).toEqual([200, undefined]);
    }
  });
});
