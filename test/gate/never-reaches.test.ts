/**
 * What a policy does not allow must not reach the server in any form, however it is written. The recorder behind the
 * gateway is the witness: after every refusal, one allowed call goes through, and it must be all that was ever seen.
 */
import { gzipSync } from "node:zlib";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { MALFORMED, MISTOLD, metaOf } from "./attacks.ts";
import { type Gateway, type Grant, startGateway } from "./gateway.ts";
import { type Answer, send } from "./raw.ts";
import { call, ERAS, type Era, headersFor, ID, type Message, speak, textOf, withHeader } from "./speak.ts";
import { minimalServer } from "./upstreams/minimal.ts";
import { type Recorder, startRecorder } from "./upstreams/recorder.ts";
import { DAY, inOneWindow } from "./window.ts";

const COMPOSED = "caf\u00e9";
const DECOMPOSED = "cafe\u0301";

/** Names that mean something to a careless look-up. */
const PROTOTYPE = ["__proto__", "constructor", "toString", "hasOwnProperty", "valueOf", ""];

const POLICY = {
  version: "1",
  default: "deny",
  hide: ["vault"],
  tools: {
    echo: {
      deny_if: [{ conditions: [{ path: "args.mode", op: "eq", value: "destroy" }], on_deny: "Nothing is destroyed." }],
    },
    wipe: { action: "deny", reason: "Nobody wipes." },
    ration: { limits: [{ counter: "rations", window: "day", max: 1 }] },
    [COMPOSED]: {},
  },
};

let upstream: Recorder;
let gateway: Gateway;
let grant: Grant;

beforeAll(async () => {
  [upstream, gateway] = await Promise.all([startRecorder(), startGateway()]);
  await gateway.putServer("upstream", { url: upstream.url });
  await gateway.putPolicy("upstream", "careful", POLICY);
  grant = await gateway.grant("upstream", "careful");
});

afterEach(() => {
  const seen = upstream.requests.map(({ text }) => text);
  upstream.clear();
  expect(seen).toEqual([]);
});

afterAll(async () => {
  await gateway?.close();
  await upstream?.close();
});

/** A call whose headers are honest and whose body is what an attacker made of it. */
function post(era: Era, body: string | Uint8Array, message: Message = call("echo")): Promise<Answer> {
  return send(grant.url, { headers: headersFor(era, grant, message), body });
}

function refusal(code: number, id: unknown = ID): object {
  return { jsonrpc: "2.0", id, error: { code, message: expect.any(String) } };
}

function denial(era: Era, rule: string, text: string): object {
  return {
    jsonrpc: "2.0",
    id: ID,
    result: {
      ...(era === "modern" && { resultType: "complete" }),
      isError: true,
      content: [{ type: "text", text: expect.stringContaining(`[POLICY DENIED] ${text}`) }],
      _meta: expect.objectContaining({ "io.grantgate/decision": expect.objectContaining({ rule }) }),
    },
  };
}

describe.each(ERAS)("a denied call of a %s client never reaches the server", (era) => {
  it.each<[string, Message, string, string]>([
    ["an argument that the policy denies", call("echo", { mode: "destroy" }), "/tools/echo/deny_if/0", "Nothing is"],
    ["a tool that the policy denies", call("wipe"), "/tools/wipe/action", "Nobody wipes."],
    ["a tool that the policy does not list", call("format"), "(default deny)", "The policy does not list"],
    ...PROTOTYPE.map((name): [string, Message, string, string] => [
      `a tool called "${name}"`,
      call(name),
      "(default deny)",
      "",
    ]),
    ["a twin of an allowed name in other code points", call(DECOMPOSED), "(default deny)", ""],
    ["an allowed name in capitals", call("Echo"), "(default deny)", ""],
    ["an allowed name with a space behind it", call("echo "), "(default deny)", ""],
    ["an allowed name with a line break behind it", call("echo\n"), "(default deny)", ""],
    ["an allowed name with NUL behind it", call("echo\0"), "(default deny)", ""],
    ["an allowed name with an invisible letter in it", call("ec\u200bho"), "(default deny)", ""],
    ["a path to an allowed name", call("x/../echo"), "(default deny)", ""],
  ])("by %s", async (_name, message, rule, text) => {
    const answer = await send(grant.url, speak(era, grant, message));
    expect(answer).toMatchObject({ status: 200, json: denial(era, rule, text) });
  });

  it("by an allowed name with half a surrogate pair behind it, which no header can carry", async () => {
    const answer = await send(grant.url, speak(era, grant, call("echo\ud800")));
    const expected = era === "legacy" ? denial(era, "(default deny)", "") : refusal(-32020);
    expect(answer).toMatchObject({ status: era === "legacy" ? 200 : 400, json: expected });
  });

  it("by escapes that spell it", async () => {
    const body = `{"jsonrpc":"2.0","id":${ID},"method":"tools\\/c\\u0061ll","params":{"n\\u0061me":"w\\u0069pe"${metaOf(era)}}}`;
    expect(await post(era, body, call("wipe"))).toMatchObject({
      status: 200,
      json: denial(era, "/tools/wipe/action", "Nobody wipes."),
    });
  });

  it("by the name of a hidden tool, which is not known here", async () => {
    const answer = await send(grant.url, speak(era, grant, call("vault", { open: true })));
    expect(answer.json).toEqual({ jsonrpc: "2.0", id: ID, error: { code: -32602, message: "Unknown tool: vault" } });
    expect(answer.status).toBe(200);
  });

  it("by a limit that is used up", async () => {
    const answers = await inOneWindow(DAY, async () => {
      const rationed = await gateway.grant("upstream", "careful");
      const first = await send(rationed.url, speak(era, rationed, call("ration")));
      expect(upstream.requests.map(({ json }) => json)).toEqual([JSON.parse(textOf(era, call("ration")))]);
      upstream.clear();
      return [first, await send(rationed.url, speak(era, rationed, call("ration")))];
    });
    expect(answers).toMatchObject([
      { status: 200, json: { result: { content: [{ text: "{}" }] } } },
      { status: 200, json: denial(era, "/tools/ration/limits/0", "Limit reached: at most 1 per day") },
    ]);
  });

  it.each<[string, Message]>([
    ["a denied call", call("wipe")],
    ["an allowed call", call("echo")],
    ["a method nobody knows", { method: "tools/wipe" }],
  ])("as a notification: %s", async (_name, message) => {
    const body = JSON.stringify({ jsonrpc: "2.0", ...message });
    expect(await post(era, body, message)).toMatchObject({ status: 202, text: "" });
  });

  it.each(MALFORMED)("by $name", async ({ body, code, id }) => {
    const answer = await post(era, body(metaOf(era)));
    expect(answer).toMatchObject({ status: 400, json: refusal(code, id) });
  });

  it.each(MISTOLD)("by $name", async ({ body, code, id }) => {
    const answer = await post(era, body(metaOf(era)));
    expect(answer).toMatchObject({ status: 200, json: refusal(code, id) });
  });

  it.each([
    "tasks/get",
    "tasks/result",
    "tasks/list",
    "tasks/cancel",
    "tasks/update",
    "TOOLS/CALL",
    "tools/Call",
    "tools/call/",
    "tools//call",
    "tools/call2",
    "call",
    "sampling/createMessage",
    "elicitation/create",
    "roots/list",
    "rpc.discover",
    "constructor",
    "__proto__",
    ...(era === "legacy"
      ? ["tools/call ", "tools/call\0", "server/discover", "subscriptions/listen"]
      : ["initialize", "ping", "logging/setLevel", "resources/subscribe", "resources/unsubscribe"]),
  ])("by the method %j", async (method) => {
    const { params } = call("wipe", { taskId: "t" });
    const message = { method, params: { ...params, taskId: "t" } };
    const headers = headersFor(era, grant, { method });
    const answer = await send(grant.url, { headers, body: textOf(era, message) });
    expect(answer).toMatchObject({ status: era === "modern" ? 404 : 200, json: refusal(-32601) });
  });

  it.each<[string, (headers: string[]) => string[], number]>([
    ["without a Content-Type", (headers) => withHeader(headers, "Content-Type", null), 415],
    ["as plain text", (headers) => withHeader(headers, "Content-Type", "text/plain"), 415],
    ["as a form", (headers) => withHeader(headers, "Content-Type", "application/x-www-form-urlencoded"), 415],
    ["as something like JSON", (headers) => withHeader(headers, "Content-Type", "application/json-seq"), 415],
    ["as JSON and as text", (headers) => withHeader(headers, "Content-Type", "application/json, text/plain"), 415],
    ["as JSON on two lines", (headers) => [...headers, "Content-Type", "application/json"], 415],
    ["said to be compressed", (headers) => [...headers, "Content-Encoding", "gzip"], 415],
    ["said to be compressed twice", (headers) => [...headers, "Content-Encoding", "identity, gzip"], 415],
  ])("%s", async (_name, change, status) => {
    const headers = change(headersFor(era, grant, call("echo")));
    const answer = await send(grant.url, { headers, body: textOf(era, call("echo")) });
    expect(answer).toMatchObject({ status, json: refusal(-32000, null) });
  });

  it("compressed", async () => {
    const headers = [...headersFor(era, grant, call("echo")), "Content-Encoding", "gzip"];
    const answer = await send(grant.url, { headers, body: gzipSync(textOf(era, call("echo"))) });
    expect(answer).toMatchObject({ status: 415, json: refusal(-32000, null) });
  });

  it.each([
    ["that says its length", false],
    ["that does not say its length", true],
  ])("in a body of 5 MB %s", async (_name, chunked) => {
    const body = textOf(era, call("echo", { much: "x".repeat(5_000_000) }));
    const answer = await send(grant.url, { headers: headersFor(era, grant, call("echo")), body, chunked });
    expect(answer).toMatchObject({ status: 413, json: refusal(-32000, null) });
  });

  it.each([
    ["PUT", 405],
    ["PATCH", 405],
    ["HEAD", 405],
    ["OPTIONS", 204],
  ])("by %s", async (verb, status) => {
    const { headers, body = "" } = speak(era, grant, call("echo"));
    const asPost = ["X-HTTP-Method-Override", "POST"];
    expect((await send(grant.url, { verb, headers: [...headers, ...asPost], body })).status).toBe(status);
  });

  it.each(["GET", "DELETE"])("in the body of a %s, of which nothing goes on", async (verb) => {
    upstream.answer((_req, res) => void res.writeHead(405).end());
    const answer = await send(grant.url, { verb, ...speak(era, grant, call("wipe")) });
    upstream.answer(minimalServer().handle);
    expect(answer.status).toBe(405);
    expect(upstream.requests.map(({ method, text }) => [method, text])).toEqual([[verb, ""]]);
    upstream.clear();
  });

  it.each([
    "/mcp/UPSTREAM",
    "/MCP/upstream",
    "/mcp/%75pstream",
    "/mcp/upstream/tools",
    "/mcp/upstream//",
    "/mcp//upstream",
  ])("by the path %s", async (path) => {
    const answer = await send(gateway.url + path, speak(era, grant, call("echo")));
    expect(answer.status).toBe(404);
  });
});

describe("a call whose headers and body disagree never reaches the server", () => {
  const ECHOED = Buffer.from("echo").toString("base64");

  it.each<[string, (headers: string[]) => string[]]>([
    ["MCP-Protocol-Version is missing", (headers) => withHeader(headers, "MCP-Protocol-Version", null)],
    [
      "MCP-Protocol-Version is of the other era",
      (headers) => withHeader(headers, "MCP-Protocol-Version", "2025-11-25"),
    ],
    ["MCP-Protocol-Version is a later one", (headers) => withHeader(headers, "MCP-Protocol-Version", "2027-01-01")],
    ["MCP-Protocol-Version stands twice", (headers) => [...headers, "MCP-Protocol-Version", "2025-11-25"]],
    ["MCP-Protocol-Version stands twice alike", (headers) => [...headers, "MCP-Protocol-Version", "2026-07-28"]],
    ["Mcp-Method is missing", (headers) => withHeader(headers, "Mcp-Method", null)],
    ["Mcp-Method is another", (headers) => withHeader(headers, "Mcp-Method", "tools/list")],
    ["Mcp-Method is in capitals", (headers) => withHeader(headers, "Mcp-Method", "TOOLS/CALL")],
    ["Mcp-Method is empty", (headers) => withHeader(headers, "Mcp-Method", "")],
    ["Mcp-Method is base64", (headers) => withHeader(headers, "Mcp-Method", "=?base64?dG9vbHMvY2FsbA==?=")],
    ["Mcp-Method stands twice", (headers) => [...headers, "Mcp-Method", "tools/list"]],
    ["Mcp-Name is missing", (headers) => withHeader(headers, "Mcp-Name", null)],
    ["Mcp-Name is another", (headers) => withHeader(headers, "Mcp-Name", "wipe")],
    ["Mcp-Name is in capitals", (headers) => withHeader(headers, "Mcp-Name", "ECHO")],
    ["Mcp-Name is empty", (headers) => withHeader(headers, "Mcp-Name", "")],
    ["Mcp-Name is base64 of another", (headers) => withHeader(headers, "Mcp-Name", "=?base64?d2lwZQ==?=")],
    ["Mcp-Name is broken base64", (headers) => withHeader(headers, "Mcp-Name", "=?base64?ZWNo*w==?=")],
    ["Mcp-Name is base64 without its padding", (headers) => withHeader(headers, "Mcp-Name", "=?base64?ZWNobw?=")],
    ["Mcp-Name is base64 of no UTF-8", (headers) => withHeader(headers, "Mcp-Name", "=?base64?/w==?=")],
    [
      "Mcp-Name is base64 with a mark before it",
      (headers) => withHeader(headers, "Mcp-Name", "=?base64?77u/ZWNobw==?="),
    ],
    ["Mcp-Name is base64 in capitals", (headers) => withHeader(headers, "Mcp-Name", `=?BASE64?${ECHOED}?=`)],
    ["Mcp-Name is base64 without an end", (headers) => withHeader(headers, "Mcp-Name", `=?base64?${ECHOED}`)],
    ["Mcp-Name stands twice", (headers) => [...headers, "Mcp-Name", "wipe"]],
    ["Mcp-Name stands twice alike", (headers) => [...headers, "Mcp-Name", "echo"]],
    ["Mcp-Param mirrors nothing", (headers) => [...headers, "Mcp-Param-Mode", "destroy"]],
    ["Mcp-Param mirrors a key and no value", (headers) => [...headers, "Mcp-Param-Mode", "mode"]],
    ["Mcp-Param is broken base64", (headers) => [...headers, "Mcp-Param-Mode", "=?base64?cGVlaw?="]],
    ["Mcp-Param stands twice", (headers) => [...headers, "Mcp-Param-Mode", "peek", "Mcp-Param-Mode", "destroy"]],
  ])("when %s", async (_name, change) => {
    const message = call("echo", { mode: "peek" });
    const headers = change(headersFor("modern", grant, message));
    const answer = await send(grant.url, { headers, body: textOf("modern", message) });
    expect(answer).toMatchObject({ status: 400, json: refusal(-32020) });
  });

  it.each<[string, Message]>([
    ["a list", { method: "tools/list" }],
    ["a greeting", { method: "server/discover" }],
    ["a prompt", { method: "prompts/get", params: { name: "p", arguments: { mode: "peek" } } }],
  ])("when Mcp-Param comes with %s, which has none", async (_name, message) => {
    const headers = [...headersFor("modern", grant, message), "Mcp-Param-Mode", "peek"];
    const answer = await send(grant.url, { headers, body: textOf("modern", message) });
    expect(answer).toMatchObject({ status: 400, json: refusal(-32020) });
  });

  it.each<[string, Message, string]>([
    ["a prompt", { method: "prompts/get", params: { name: "p" } }, "q"],
    ["a resource", { method: "resources/read", params: { uri: "file:///a" } }, "file:///b"],
  ])("when Mcp-Name names another than %s", async (_name, message, named) => {
    const headers = withHeader(headersFor("modern", grant, message), "Mcp-Name", named);
    const answer = await send(grant.url, { headers, body: textOf("modern", message) });
    expect(answer).toMatchObject({ status: 400, json: refusal(-32020) });
  });

  it.each([
    ["another method", ["Mcp-Method", "tools/call"]],
    ["another version", ["MCP-Protocol-Version", "2025-11-25"]],
  ])("when a notification is under %s", async (_name, [name = "", value = ""]) => {
    const cancelled = { method: "notifications/cancelled", params: { requestId: ID, _meta: envelope("2026-07-28") } };
    const headers = withHeader(headersFor("modern", grant, cancelled), name, value);
    const answer = await send(grant.url, { headers, body: JSON.stringify({ jsonrpc: "2.0", ...cancelled }) });
    expect(answer).toMatchObject({ status: 400, json: refusal(-32020, null) });
  });

  it("when a denied body comes under the headers of an allowed call", async () => {
    const answer = await post("modern", textOf("modern", call("wipe")), call("echo"));
    expect(answer).toMatchObject({ status: 400, json: refusal(-32020) });
  });

  it("when an allowed body comes under the headers of a denied call", async () => {
    const answer = await post("modern", textOf("modern", call("echo")), call("wipe"));
    expect(answer).toMatchObject({ status: 400, json: refusal(-32020) });
  });

  it("when a modern body comes under legacy headers", async () => {
    const answer = await post("legacy", textOf("modern", call("echo")));
    expect(answer).toMatchObject({ status: 400, json: refusal(-32020) });
  });

  it("when a legacy body comes under modern headers", async () => {
    const answer = await post("modern", textOf("legacy", call("echo")));
    expect(answer).toMatchObject({ status: 400, json: refusal(-32602) });
  });

  it("when initialize comes under modern headers", async () => {
    const initialize = { method: "initialize", params: { protocolVersion: "2025-11-25", capabilities: {} } };
    const answer = await post("modern", textOf("legacy", initialize), initialize);
    expect(answer).toMatchObject({ status: 400, json: refusal(-32020) });
  });

  it.each<[string, object, number]>([
    ["names no capabilities", { "io.modelcontextprotocol/protocolVersion": "2026-07-28" }, -32602],
    ["names a version that is no text", envelope(20260728), -32602],
    ["names a legacy version", envelope("2025-11-25"), -32020],
    ["names a version to come", envelope("2030-01-01"), -32020],
  ])("when the envelope %s", async (_name, meta, code) => {
    const { method, params } = call("echo");
    const answer = await post("modern", textOf("legacy", { method, params: { ...params, _meta: meta } }));
    expect(answer).toMatchObject({ status: 400, json: refusal(code) });
  });

  it("when both name a version that is not spoken here", async () => {
    const { method, params } = call("echo");
    const message = { method, params: { ...params, _meta: envelope("2030-01-01") } };
    const headers = withHeader(headersFor("modern", grant, message), "MCP-Protocol-Version", "2030-01-01");
    const answer = await send(grant.url, { headers, body: textOf("legacy", message) });
    expect(answer).toMatchObject({ status: 400, json: refusal(-32022) });
  });

  it("in the legacy era, which has no such headers, when the body is denied", async () => {
    const headers = [...headersFor("legacy", grant, call("wipe")), "Mcp-Method", "tools/call", "Mcp-Name", "echo"];
    const answer = await send(grant.url, { headers, body: textOf("legacy", call("wipe")) });
    expect(answer).toMatchObject({ status: 200, json: denial("legacy", "/tools/wipe/action", "Nobody wipes.") });
  });
});

it("and an allowed call still does, the first that the server has seen", async () => {
  const answer = await send(grant.url, speak("modern", grant, call("echo", { mode: "peek" })));
  expect(answer).toMatchObject({ status: 200, json: { id: ID, result: { content: [{ text: '{"mode":"peek"}' }] } } });
  const seen = upstream.requests.map(({ text }) => text);
  upstream.clear();
  expect(seen.map((text) => JSON.parse(text))).toEqual([JSON.parse(textOf("modern", call("echo", { mode: "peek" })))]);
});

it("and of the headers that the legacy era does not have, none does", async () => {
  const modern = ["Mcp-Method", "tools/list", "Mcp-Name", "wipe", "Mcp-Param-Mode", "destroy"];
  const headers = [...headersFor("legacy", grant, call("echo")), ...modern];
  expect((await send(grant.url, { headers, body: textOf("legacy", call("echo")) })).status).toBe(200);
  const names = upstream.requests.flatMap(({ rawHeaders }) => rawHeaders.map((name) => name.toLowerCase()));
  upstream.clear();
  expect(names).toContain("content-type");
  expect(names.filter((name) => name.startsWith("mcp-"))).toEqual([]);
});

function envelope(version: unknown): object {
  return {
    "io.modelcontextprotocol/protocolVersion": version,
    "io.modelcontextprotocol/clientCapabilities": {},
  };
}
