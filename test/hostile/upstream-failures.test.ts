/**
 * However a server fails, its client is told so in its era and in the gateway's own words. Nothing of the server's own
 * goes along: no address, no page, no challenge, no redirect.
 */
import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import {
  ask,
  CALL,
  expectExplained,
  expectNothingOf,
  expectOwnHeadersOnly,
  messageIn,
  type Said,
  SECRET,
} from "../gate/explained.ts";
import { type Gateway, type Grant, startGateway } from "../gate/gateway.ts";
import { send } from "../gate/raw.ts";
import { ERAS, headersFor, ID, openSession, withHeader } from "../gate/speak.ts";
import { minimalServer } from "../gate/upstreams/minimal.ts";
import * as misbehave from "../gate/upstreams/misbehave.ts";
import { type Handler, type Recorder, startRecorder } from "../gate/upstreams/recorder.ts";
import { answerTo, event, messageOf, openSse, sendJson, textResult } from "../gate/upstreams/replies.ts";

let upstream: Recorder;
/** Where redirects lead. */
let elsewhere: Recorder;
let gateway: Gateway;
let grant: Grant;

beforeAll(async () => {
  [upstream, elsewhere, gateway] = await Promise.all([startRecorder(), startRecorder(), startGateway()]);
  grant = await grantFor("upstream", upstream.url);
});

afterEach(() => {
  upstream.clear();
  expect(elsewhere.requests).toEqual([]);
});

afterAll(async () => {
  await gateway?.close();
  await Promise.all([upstream?.close(), elsewhere?.close()]);
});

async function grantFor(slug: string, url: string): Promise<Grant> {
  await gateway.putServer(slug, { url });
  await gateway.putPolicy(slug, "open", { version: "1", default: "allow" });
  return await gateway.grant(slug, "open");
}

/** An answer with a status of its own, and with headers and a body that are nobody's business. */
function status(code: number, type = "text/html", body = `<h1>${SECRET}</h1>`): Handler {
  return (req, res) => {
    const headers = {
      "Content-Type": type,
      "Set-Cookie": `a=${SECRET}`,
      Server: SECRET,
      "WWW-Authenticate": `Bearer realm="${SECRET}"`,
      "Retry-After": "7",
      Location: `${elsewhere.url}/${SECRET}`,
      "X-Powered-By": SECRET,
      "Mcp-Session-Id": SECRET,
    };
    res.writeHead(code, headers).end(body.replace('"ID"', JSON.stringify(messageOf(req).id)));
  };
}

function json(body: string): Handler {
  return status(200, "application/json", body);
}

function stream(...pieces: (string | ((id: unknown) => object))[]): Handler {
  return (req, res) => {
    openSse(res, { "Set-Cookie": `a=${SECRET}`, Server: SECRET, "Mcp-Session-Id": SECRET });
    for (const piece of pieces) res.write(typeof piece === "string" ? piece : event(piece(messageOf(req).id)));
    res.end();
  };
}

const RPC_ERROR = `{"jsonrpc":"2.0","id":"ID","error":{"code":1,"message":"${SECRET}"}}`;
const RPC_RESULT = `{"jsonrpc":"2.0","id":"ID","result":{"tools":[],"x":"${SECRET}"}}`;
const BROKEN_OFF = /broke off before its end; whether the call ran is not known\./;
const CREDENTIAL = /refused the gateway's credential/;

describe("a server that fails is explained to a client of either era: it", () => {
  it.each<[string, Handler, Said]>([
    ["challenges with 401", misbehave.answer401WithChallenge(), { reason: CREDENTIAL, status: 401 }],
    [
      "challenges with 401 in JSON-RPC",
      status(401, "application/json", RPC_ERROR),
      { reason: CREDENTIAL, status: 401 },
    ],
    ["forbids with 403", status(403), { reason: CREDENTIAL, status: 403 }],
    ["answers 200 with a page", misbehave.html200(), { reason: /is not JSON\./, status: 200 }],
    ["answers 200 without a type", status(200, "", RPC_RESULT), { reason: /is not JSON\./, status: 200 }],
    ["answers 502 with a page", misbehave.html502(), { reason: /answered with HTTP 502\./, status: 502 }],
    ["answers 500 in JSON-RPC", status(500, "application/json", RPC_ERROR), { reason: /HTTP 500\./, status: 500 }],
    ["answers 500 with a result", status(500, "application/json", RPC_RESULT), { reason: /HTTP 500\./, status: 500 }],
    ["answers 400 with a result", status(400, "application/json", RPC_RESULT), { reason: /HTTP 400\./, status: 400 }],
    ["answers 404 with a page", status(404), { reason: /HTTP 404\./, status: 404 }],
    ["answers 429", status(429), { reason: /limiting the gateway's calls/, status: 429 }],
    ["answers 504", status(504), { reason: /took too long/, status: 504, httpStatus: 504 }],
    ["answers 202 and no more", status(202, "application/json", ""), { reason: /gave no answer/, status: 202 }],
    ["answers 200 and no more", json(""), { reason: /not strict JSON/, status: 200 }],
    ["answers with what is no JSON", misbehave.notJson(), { reason: /not strict JSON/, status: 200 }],
    [
      "answers with a key that stands twice",
      json(`{"id":0,${RPC_RESULT.slice(1)}`),
      { reason: /not strict JSON/, status: 200 },
    ],
    [
      "answers with a key of its own that stands twice",
      json(`{"${SECRET}":0,"${SECRET}":0}`),
      { reason: /not strict JSON, from character 26 on/, status: 200 },
    ],
    ["answers with a list of answers", json(`[${RPC_RESULT}]`), { reason: /not a JSON-RPC response/, status: 200 }],
    [
      "answers with a request",
      json('{"jsonrpc":"2.0","id":"ID","method":"ping"}'),
      { reason: /not a JSON-RPC response/, status: 200 },
    ],
    [
      "answers with a result and an error",
      json('{"jsonrpc":"2.0","id":"ID","result":{},"error":{}}'),
      { reason: /not a JSON-RPC response/, status: 200 },
    ],
    ["answers another request", misbehave.wrongId(), { reason: /answered another request/, status: 200 }],
    [
      "answers nobody's request",
      json(RPC_ERROR.replace('"ID"', "null")),
      { reason: /answered another request/, status: 200 },
    ],
    ["answers with bytes that are no text", misbehave.invalidUtf8(), { reason: /is not UTF-8\./ }],
    ["breaks off in the middle of JSON", misbehave.halfJson(), { reason: BROKEN_OFF }],
    ["answers with 10 MB", misbehave.bigJson(10_000_000), { reason: /larger than 8388608 bytes\./ }],
    ["resets the connection", misbehave.resetConnection(), { reason: /could not be reached\./ }],
    ["breaks off in the middle of a stream", misbehave.halfSse(), { reason: BROKEN_OFF, streams: true }],
    ["ends a stream without an answer", stream(": nothing\n\n"), { reason: BROKEN_OFF, streams: true }],
    ["ends an empty stream", stream(), { reason: BROKEN_OFF, streams: true }],
    [
      "answers another request in a stream",
      stream((id) => ({ jsonrpc: "2.0", id: `not-${id}`, result: { x: SECRET } })),
      { reason: BROKEN_OFF, streams: true },
    ],
    [
      "streams what is no JSON",
      stream(`data: ${SECRET}\n\n`),
      { reason: /event that is not strict JSON/, status: 200, streams: true },
    ],
    [
      "streams a list",
      stream(`data: [{"jsonrpc":"2.0","id":${ID},"result":{}}]\n\n`),
      { reason: /not one JSON-RPC message/, status: 200, streams: true },
    ],
    [
      "streams an event of 10 MB",
      stream(`data: "${"x".repeat(10_000_000)}"\n\n`),
      { reason: /larger than 8388608 bytes\./, streams: true },
    ],
  ])("%s", async (_name, handler, said) => {
    upstream.answer(handler);
    await expectExplained(grant, upstream.url, said);
    expect(upstream.requests).toHaveLength(6);
  });

  it.each([301, 302, 303, 307, 308])("redirects with %i, where nobody goes", async (code) => {
    upstream.answer(status(code));
    await expectExplained(grant, upstream.url, {
      reason: new RegExp(`redirect \\(HTTP ${code}\\), which the gateway does not`),
      status: code,
    });
    expect(upstream.requests).toHaveLength(6);
  });

  it("is not there", async () => {
    const gone = createServer().listen(0, "127.0.0.1");
    await once(gone, "listening");
    const { port } = gone.address() as AddressInfo;
    gone.close();
    await once(gone, "close");
    const nowhereUrl = `http://127.0.0.1:${port}/mcp`;
    const nowhere = await grantFor("nowhere", nowhereUrl);
    await expectExplained(nowhere, nowhereUrl, { reason: /could not be reached\./ });
  });
});

describe.each([
  ["a notification", "POST", '{"jsonrpc":"2.0","method":"notifications/initialized"}'],
  ["an answer of the client", "POST", '{"jsonrpc":"2.0","id":1,"result":{}}'],
  ["the stream of a session", "GET", undefined],
  ["the end of a session", "DELETE", undefined],
])("a server that fails to take %s is explained: it", (_name, verb, body) => {
  it.each<[string, Handler, RegExp]>([
    ["challenges", status(401), CREDENTIAL],
    ["redirects", status(302), /redirect \(HTTP 302\)/],
    ["fails", status(500, "application/json", RPC_ERROR), /answered with HTTP 500\./],
    ["resets the connection", misbehave.resetConnection(), /could not be reached\./],
  ])("%s", async (_how, handler, reason) => {
    upstream.answer(minimalServer().handle);
    const session = await openSession(grant);
    upstream.clear();
    upstream.answer(handler);
    const accept = verb === "GET" ? "text/event-stream" : "application/json, text/event-stream";
    const headers = [...withHeader(headersFor("legacy", grant, CALL), "Accept", accept), ...session];
    const answer = await send(grant.url, { verb, headers, ...(body !== undefined && { body }) });
    const error = { code: -31004, message: expect.stringMatching(reason) };
    expect(answer).toMatchObject({ status: 502, json: { jsonrpc: "2.0", id: null, error } });
    expectNothingOf(new URL(upstream.url), answer);
    expect(upstream.requests.map(({ method }) => method)).toEqual([verb]);
  });
});

describe.each(ERAS)("a good answer to a %s client", (era) => {
  it("comes without the headers that are nobody's business", async () => {
    upstream.answer(misbehave.setsCookieAndLeaks());
    const answer = await ask(era, CALL, grant);
    expect(answer.json).toMatchObject({ id: ID, result: { content: [{ text: "ok" }] } });
    expectOwnHeadersOnly(answer);
    upstream.answer(stream((id) => ({ jsonrpc: "2.0", id, result: textResult("ok") })));
    const streamed = await ask(era, CALL, grant);
    expect(messageIn(streamed)).toMatchObject({ result: { content: [{ text: "ok" }] } });
    expectOwnHeadersOnly(streamed);
    expect(streamed.headers["mcp-session-id"]).toBeUndefined();
  });

  it("is still the answer when it is an error of JSON-RPC", async () => {
    const error = { code: -32602, message: "Unknown tool: echo", data: { a: [1] } };
    upstream.answer((req, res) => sendJson(res, { jsonrpc: "2.0", id: messageOf(req).id, error }, {}, 400));
    expect(await ask(era, CALL, grant)).toMatchObject({ status: 400, json: { jsonrpc: "2.0", id: ID, error } });
  });

  it("is the answer to the one who asked, when many ask at once", async () => {
    upstream.answer(async (req, res) => {
      await upstream.waitFor(() => upstream.requests.length === 20);
      sendJson(res, answerTo(messageOf(req), textResult(`for ${messageOf(req).id}`)));
    });
    const ids = Array.from({ length: 20 }, (_, at) => (at % 2 ? at : String(at)));
    const answers = await Promise.all(ids.map((id) => ask(era, { ...CALL, id }, grant)));
    expect(answers.map(({ json }) => json)).toMatchObject(
      ids.map((id) => ({ id, result: { content: [{ text: `for ${id}` }] } })),
    );
  });
});
