/**
 * Headers that say something else than the body. The body is the truth: a header never moves a message into another era,
 * past a rule or to another tool, it can only get the message refused. And what a server reads in its headers is what was
 * decided of the body, in plain form.
 */
import { gzipSync } from "node:zlib";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { send } from "../gate/raw.ts";
import {
  call,
  ERAS,
  type Era,
  headersFor,
  ID,
  type Message,
  openSession,
  speak,
  textOf,
  withHeader,
} from "../gate/speak.ts";
import { header } from "../gate/upstreams/recorder.ts";
import { denial, expectUnharmed, type Field, openField, refusal } from "./field.ts";

const CAFE = "caf\u00e9";

const POLICY = {
  version: "1",
  default: "deny",
  tools: { echo: {}, [CAFE]: {}, wipe: { action: "deny", reason: "Nobody wipes." } },
};

let field: Field;

beforeAll(async () => {
  field = await openField(POLICY);
});

afterAll(() => field?.close());

type Change = (headers: string[]) => string[];

const ECHO = call("echo", { mode: "peek" });
const WIPE = call("wipe");

function ask(era: Era, message: Message, change: Change, body = textOf(era, message)) {
  return send(field.grant.url, { headers: change(field.headers(era, message)), body });
}

/** Headers of the only request that the server has seen. */
function arrived(): Readonly<Record<string, string | undefined>> {
  const [only, ...more] = field.upstream.requests;
  field.upstream.clear();
  expect(more).toEqual([]);
  const names = ["mcp-protocol-version", "mcp-method", "mcp-name", "mcp-param-mode", "mcp-session-id", "content-type"];
  return Object.fromEntries(names.map((name) => [name, only && header(only, name)]));
}

function set(name: string, ...values: string[]): Change {
  return (headers) => [...withHeader(headers, name, null), ...values.flatMap((value) => [name, value])];
}

function base64(text: string): string {
  return Buffer.from(text).toString("base64");
}

function rows(name: string, values: readonly string[], header = name): [string, Change][] {
  return values.map((value) => [`${name} is ${JSON.stringify(value)}`, set(header, value)]);
}

describe.each(ERAS)("a body of a %s client is only taken as plain JSON", (era) => {
  afterEach(() => expectUnharmed(field, era));

  const TYPES = [
    ...["text/plain", "text/json", "application/x-www-form-urlencoded", "multipart/form-data; boundary=a"],
    ...["application/json-seq", "application/jsonp", "application/json5", "application/x-json", "application/ld+json"],
    ...["application/vnd.api+json", "application/json+x", "application/json/x", "application/*", "*/*", "json"],
    ...["application/json, text/plain", "text/plain, application/json", "application/json;a=b, text/plain"],
    ...["application/json application/json", "application/json\u00e9", "text/plain; application/json", ""],
  ];

  it.each<[string, Change]>([
    ["without a type", set("Content-Type")],
    ...rows("the type", TYPES, "Content-Type"),
    ["on two lines alike", set("Content-Type", "application/json", "application/json")],
    ["on two lines, the first with more to say", set("Content-Type", "application/json; charset=utf-8", "text/plain")],
    ["on two lines, the other first", set("Content-Type", "text/plain", "application/json")],
    ...rows(
      "the coding",
      [
        "gzip",
        "x-gzip",
        "br",
        "deflate",
        "zstd",
        "compress",
        "aws-chunked",
        "identity, gzip",
        "gzip, identity",
        "none",
      ],
      "Content-Encoding",
    ),
    ["on two lines of codings", set("Content-Encoding", "identity", "gzip")],
  ])("not when %s", async (_name, change) => {
    const answer = await ask(era, ECHO, change);
    expect(answer).toMatchObject({ status: 415, json: refusal(-32000, null) });
  });

  it.each(["gzip", "identity, gzip"])("not when it is compressed and says %s", async (coding) => {
    const headers = set("Content-Encoding", coding)(field.headers(era, ECHO));
    const answer = await send(field.grant.url, { headers, body: gzipSync(textOf(era, ECHO)) });
    expect(answer).toMatchObject({ status: 415, json: refusal(-32000, null) });
  });

  it("not when it is compressed and says nothing", async () => {
    const answer = await send(field.grant.url, {
      headers: field.headers(era, ECHO),
      body: gzipSync(textOf(era, ECHO)),
    });
    expect(answer).toMatchObject({ status: 400, json: refusal(-32700, null) });
  });

  it("as UTF-8, whatever it says of its letters, and the server is told the plain type", async () => {
    for (const charset of ["utf-16", "utf-7", "iso-8859-1", "UTF-8", '"a,b']) {
      const type = `Application/JSON ; charset=${charset}`;
      const answer = await ask(era, ECHO, set("Content-Type", type));
      if (charset.includes(",")) expect(answer.status).toBe(415);
      else expect([answer.status, arrived()["content-type"]]).toEqual([200, "application/json"]);
    }
    const text = Buffer.from(textOf(era, ECHO), "utf16le");
    const headers = set("Content-Type", "application/json; charset=utf-16")(field.headers(era, ECHO));
    const answer = await send(field.grant.url, { headers, body: text });
    expect(answer).toMatchObject({ status: 400, json: refusal(-32700, null) });
  });
});

describe("a legacy client takes both forms of an answer, or gets none", () => {
  afterEach(() => expectUnharmed(field, "legacy"));

  it.each(["application/json", "text/event-stream", "text/html", "application/json-seq, text/event-stream"])(
    "as it does not by %j",
    async (accept) => {
      const answer = await ask("legacy", ECHO, set("Accept", accept));
      expect(answer).toMatchObject({ status: 406, json: refusal(-32000, null) });
    },
  );
});

describe("a modern call whose headers and body disagree never reaches the server", () => {
  afterEach(() => expectUnharmed(field, "modern"));

  const WORD = `=?base64?${base64("echo")}?=`;

  it.each<[string, Change]>([
    ["MCP-Protocol-Version is missing", set("MCP-Protocol-Version")],
    ...rows("MCP-Protocol-Version", ["2025-11-25", "2027-01-01", "2026-7-28", "2026-07-28x", "v2026-07-28", ""]),
    ...rows("MCP-Protocol-Version", [
      "2026-07-28, 2026-07-28",
      "2025-11-25, 2026-07-28",
      "2026-07-28;q=1",
      '"2026-07-28"',
    ]),
    ...rows("MCP-Protocol-Version", [`=?base64?${base64("2026-07-28")}?=`, "2026%2D07%2D28", "2026-07-28\u00a0", "*"]),
    ["MCP-Protocol-Version stands twice", set("MCP-Protocol-Version", "2026-07-28", "2025-11-25")],
    ["MCP-Protocol-Version stands twice alike", set("MCP-Protocol-Version", "2026-07-28", "2026-07-28")],
    ["Mcp-Method is missing", set("Mcp-Method")],
    ...rows("Mcp-Method", [
      "tools/list",
      "TOOLS/CALL",
      "tools/Call",
      "tools%2Fcall",
      '"tools/call"',
      "tools/call,",
      "",
    ]),
    ...rows("Mcp-Method", [
      `=?base64?${base64("tools/call")}?=`,
      "tools/call, tools/call",
      "tools/call\u00a0",
      "tools /call",
    ]),
    ["Mcp-Method stands twice", set("Mcp-Method", "tools/call", "tools/list")],
    ["Mcp-Method stands twice alike", set("Mcp-Method", "tools/call", "tools/call")],
    ["Mcp-Name is missing", set("Mcp-Name")],
    ...rows("Mcp-Name", ["wipe", "ECHO", "Echo", "", "%65cho", '"echo"', "echo, echo", "echo,", "echo;", "ec ho", "*"]),
    ...rows("Mcp-Name", ["ech\u00f6", "echo\u00a0", "e\u00adcho", "&#101;cho", "\\u0065cho", "echo?", "echo/../echo"]),
    ...rows("Mcp-Name", [
      base64("echo"),
      `=?BASE64?${base64("echo")}?=`,
      `=?base64?${base64("echo")}`,
      `${WORD}${WORD}`,
    ]),
    ...rows("Mcp-Name", [
      `${WORD},`,
      `x${WORD}`,
      `"${WORD}"`,
      `=?utf-8?B?${base64("echo")}?=`,
      "=?utf-8?Q?echo?=",
      "=?base64?echo?=",
    ]),
    ["Mcp-Name is base64 of another", set("Mcp-Name", `=?base64?${base64("wipe")}?=`)],
    ["Mcp-Name is base64 of nothing", set("Mcp-Name", "=?base64??=")],
    ["Mcp-Name is base64 of it with NUL behind", set("Mcp-Name", `=?base64?${base64("echo\0")}?=`)],
    ["Mcp-Name is base64 of it with a blank behind", set("Mcp-Name", `=?base64?${base64("echo ")}?=`)],
    ["Mcp-Name is base64 with a mark before it", set("Mcp-Name", `=?base64?${base64("\ufeffecho")}?=`)],
    ["Mcp-Name is base64 of base64", set("Mcp-Name", `=?base64?${base64(WORD)}?=`)],
    [
      "Mcp-Name is base64 of UTF-16",
      set("Mcp-Name", `=?base64?${Buffer.from("echo", "utf16le").toString("base64")}?=`),
    ],
    ["Mcp-Name is base64 of no UTF-8", set("Mcp-Name", "=?base64?/w==?=")],
    ["Mcp-Name is broken base64", set("Mcp-Name", "=?base64?ZWNo*w==?=")],
    ["Mcp-Name is base64 without its padding", set("Mcp-Name", "=?base64?ZWNobw?=")],
    ["Mcp-Name is base64 with more padding", set("Mcp-Name", "=?base64?ZWNobw===?=")],
    ["Mcp-Name is base64 with a blank in it", set("Mcp-Name", "=?base64?ZWNo bw==?=")],
    ["Mcp-Name is base64 of the URLs' alphabet", set("Mcp-Name", "=?base64?ZWN_bw==?=")],
    ["Mcp-Name stands twice", set("Mcp-Name", "echo", "wipe")],
    ["Mcp-Name stands twice alike", set("Mcp-Name", "echo", "echo")],
    ["Mcp-Name stands twice, once as base64", set("Mcp-Name", "echo", WORD)],
    ...rows("Mcp-Param-Mode", ["destroy", "mode", "PEEK", "pee", '"peek"', "", "%70eek", "peek,peek"]),
    ["Mcp-Param is broken base64", set("Mcp-Param-Mode", "=?base64?cGVlaw?=")],
    ["Mcp-Param is base64 of another", set("Mcp-Param-Mode", `=?base64?${base64("destroy")}?=`)],
    ["Mcp-Param is base64 in capitals", set("Mcp-Param-Mode", `=?BASE64?${base64("peek")}?=`)],
    ["Mcp-Param stands twice", set("Mcp-Param-Mode", "peek", "destroy")],
    ["Mcp-Param stands twice alike", set("Mcp-Param-Mode", "peek", "peek")],
    [
      "one Mcp-Param is right and one is not",
      (all) => [...all, "Mcp-Param-Mode", "peek", "Mcp-Param-Other", "destroy"],
    ],
    ["Mcp-Param has no name", set("Mcp-Param-", "destroy")],
    ["Mcp-Param has capitals", set("MCP-PARAM-MODE", "destroy")],
  ])("when %s", async (_name, change) => {
    expect(await ask("modern", ECHO, change)).toMatchObject({ status: 400, json: refusal(-32020) });
  });

  it.each<[string, Buffer]>([
    ["in UTF-8", Buffer.from(CAFE)],
    ["in Latin-1", Buffer.from(CAFE, "latin1")],
    ["decomposed, as base64", Buffer.from(`=?base64?${base64("cafe\u0301")}?=`)],
  ])("when Mcp-Name is a name beyond ASCII %s", async (_name, written) => {
    const change = set("Mcp-Name", written.toString("latin1"));
    expect(await ask("modern", call(CAFE), change)).toMatchObject({ status: 400, json: refusal(-32020) });
  });

  it("when Mcp-Param goes beyond ASCII, though it says the same", async () => {
    const change = set("Mcp-Param-Mode", Buffer.from(CAFE).toString("latin1"));
    const answer = await ask("modern", call("echo", { mode: CAFE }), change);
    expect(answer).toMatchObject({ status: 400, json: refusal(-32020) });
  });

  it.each<[string, Message]>([
    ["a list", { method: "tools/list" }],
    ["a greeting", { method: "server/discover" }],
    ["a prompt", { method: "prompts/get", params: { name: "p", arguments: { mode: "peek" } } }],
    ["a completion", { method: "completion/complete", params: { ref: { type: "ref/prompt", name: "p" } } }],
  ])("when Mcp-Param comes with %s, which has none", async (_name, message) => {
    const answer = await ask("modern", message, set("Mcp-Param-Mode", "peek"));
    expect(answer).toMatchObject({ status: 400, json: refusal(-32020) });
  });

  it.each<[string, Message, string]>([
    ["a prompt", { method: "prompts/get", params: { name: "p" } }, "q"],
    ["a resource", { method: "resources/read", params: { uri: "file:///a" } }, "file:///b"],
    ["a resource", { method: "resources/read", params: { uri: "file:///a" } }, "file:///A"],
    ["a resource", { method: "resources/read", params: { uri: "file:///a" } }, "file:///%61"],
  ])("when Mcp-Name names another than %s", async (_name, message, named) => {
    expect(await ask("modern", message, set("Mcp-Name", named))).toMatchObject({ status: 400, json: refusal(-32020) });
  });

  it.each<[string, Change]>([
    ["another method", set("Mcp-Method", "tools/call")],
    ["another version", set("MCP-Protocol-Version", "2025-11-25")],
  ])("when a notification is under %s", async (_name, change) => {
    const cancelled = { method: "notifications/cancelled", params: { requestId: ID, _meta: envelope("2026-07-28") } };
    const answer = await ask("modern", cancelled, change, JSON.stringify({ jsonrpc: "2.0", ...cancelled }));
    expect(answer).toMatchObject({ status: 400, json: refusal(-32020, null) });
  });

  it.each<[string, Message, Message]>([
    ["a denied body comes under the headers of an allowed call", WIPE, ECHO],
    ["an allowed body comes under the headers of a denied call", ECHO, WIPE],
    ["a denied body comes under the headers of a list", WIPE, { method: "tools/list" }],
    ["a list comes under the headers of a call", { method: "tools/list" }, ECHO],
  ])("when %s", async (_name, body, headers) => {
    const answer = await ask("modern", headers, (all) => all, textOf("modern", body));
    expect(answer).toMatchObject({ status: 400, json: refusal(-32020) });
  });

  it("when the body says nothing of its name", async () => {
    const answer = await ask("modern", ECHO, (all) => all, textOf("modern", { method: "tools/call" }));
    expect(answer).toMatchObject({ status: 200, json: refusal(-32602) });
  });
});

describe("what a server reads in the headers of a modern call is what its body says", () => {
  afterEach(() => expectUnharmed(field, "modern"));

  const PLAIN = { "mcp-protocol-version": "2026-07-28", "mcp-method": "tools/call", "mcp-name": "echo" };

  it.each<[string, Change]>([
    ["as it was", (all) => all],
    ["with blanks around it", set("Mcp-Name", " \t echo \t ")],
    ["as base64 where it need not be", set("Mcp-Name", `=?base64?${base64("echo")}?=`)],
    ["as base64 whose last bits mean nothing", set("Mcp-Name", "=?base64?ZWNobx==?=")],
    ["under names in capitals", (all) => all.map((text) => (text.startsWith("Mcp-") ? text.toUpperCase() : text))],
    ["beside a session, which the era does not have", (all) => [...all, "Mcp-Session-Id", "session-1"]],
    ["beside an event id, which it does not have", (all) => [...all, "Last-Event-ID", "1"]],
  ])("%s", async (_name, change) => {
    expect((await ask("modern", ECHO, change)).status).toBe(200);
    expect(arrived()).toEqual({
      ...PLAIN,
      "mcp-param-mode": undefined,
      "mcp-session-id": undefined,
      "content-type": "application/json",
    });
  });

  it("also beside the honest session of a legacy exchange, which is not for this era", async () => {
    const session = await openSession(field.grant);
    field.upstream.clear();
    expect((await ask("modern", ECHO, (all) => [...all, ...session])).status).toBe(200);
    expect(arrived()).toMatchObject({ ...PLAIN, "mcp-session-id": undefined });
  });

  it("beyond ASCII as base64, in the one form there is", async () => {
    expect((await ask("modern", call(CAFE), (all) => all)).status).toBe(200);
    expect(arrived()["mcp-name"]).toBe("=?base64?Y2Fmw6k=?=");
  });

  it.each(["peek", " peek ", `=?base64?${base64("peek")}?=`])("and an argument's mirror says %j", async (mirror) => {
    expect((await ask("modern", ECHO, set("Mcp-Param-Mode", mirror))).status).toBe(200);
    expect(arrived()["mcp-param-mode"]).toBe(mirror.trim());
  });
});

describe("a message of one era under the signs of the other", () => {
  afterEach(() => expectUnharmed(field, "legacy"));

  it.each<[string, Message, number]>([
    ["a call", ECHO, -32602],
    ["a denied call", WIPE, -32602],
    ["a list", { method: "tools/list" }, -32602],
    ["a greeting", { method: "initialize", params: { protocolVersion: "2025-11-25", capabilities: {} } }, -32020],
  ])("is refused: %s of the legacy era under modern headers", async (_name, message, code) => {
    const session = await openSession(field.grant);
    field.upstream.clear();
    for (const change of [(all: string[]) => all, (all: string[]) => [...all, ...session]]) {
      const answer = await ask("modern", message, change, textOf("legacy", message));
      expect(answer).toMatchObject({ status: 400, json: refusal(code) });
    }
  });

  it("is refused: a modern body under legacy headers, in a session or without", async () => {
    expect(await ask("legacy", ECHO, (all) => all, textOf("modern", ECHO))).toMatchObject({
      status: 400,
      json: refusal(-32020),
    });
    const lone = await ask("legacy", ECHO, set("Mcp-Session-Id"), textOf("modern", ECHO));
    expect(lone).toMatchObject({ status: 400, json: refusal(-32020) });
  });

  it.each<[string, unknown, number]>([
    ["names no capabilities", { "io.modelcontextprotocol/protocolVersion": "2026-07-28" }, -32602],
    ["names no version", { "io.modelcontextprotocol/clientCapabilities": {} }, -32602],
    ["names a version that is no text", envelope(20260728), -32602],
    ["names a version in a list", envelope(["2026-07-28"]), -32602],
    ["names capabilities that are a list", { ...envelope("2026-07-28"), [CAPABILITIES]: [] }, -32602],
    ["names capabilities that are null", { ...envelope("2026-07-28"), [CAPABILITIES]: null }, -32602],
    ["names a client that is a text", { ...envelope("2026-07-28"), [CLIENT]: "me" }, -32602],
    ["names a legacy version", envelope("2025-11-25"), -32020],
    ["names a version to come", envelope("2030-01-01"), -32020],
    ["names a version with a blank behind", envelope("2026-07-28 "), -32020],
    ["names no version at all", envelope(""), -32020],
    ["is empty", {}, -32602],
    ["is a list", [envelope("2026-07-28")], -32602],
    ["is a text", "2026-07-28", -32602],
    ["is null", null, -32602],
  ])("is refused: a modern call whose envelope %s", async (_name, meta, code) => {
    const body = textOf("legacy", { ...ECHO, params: { ...ECHO.params, _meta: meta } });
    const answer = await ask("modern", ECHO, (all) => all, body);
    expect(answer).toMatchObject({ status: 400, json: refusal(code) });
  });

  it.each<[string, object]>([
    ["in params", { ...ECHO.params, ...envelope("2026-07-28") }],
    ["in the arguments", { name: "echo", arguments: { _meta: envelope("2026-07-28") } }],
    ["one level too deep in _meta", { ...ECHO.params, _meta: { _meta: envelope("2026-07-28") } }],
  ])("is refused: a modern call whose envelope stands %s", async (_name, params) => {
    const answer = await ask(
      "modern",
      ECHO,
      (all) => all,
      textOf("legacy", { method: "tools/call", params: { ...params } }),
    );
    expect(answer).toMatchObject({ status: 400, json: refusal(-32602) });
  });

  it("is refused: a version that is not spoken here, though header and body agree on it", async () => {
    const message = { ...ECHO, params: { ...ECHO.params, _meta: envelope("2030-01-01") } };
    const answer = await ask("modern", message, set("MCP-Protocol-Version", "2030-01-01"), textOf("legacy", message));
    expect(answer).toMatchObject({ status: 400, json: refusal(-32022) });
    expect(answer.json).toMatchObject({ error: { data: { supported: ["2026-07-28"], requested: "2030-01-01" } } });
  });

  it("is decided as what it is: a denied legacy call under the names of an allowed modern one", async () => {
    const more = ["Mcp-Method", "tools/call", "Mcp-Name", "echo", "Mcp-Param-Mode", "peek"];
    const answer = await ask("legacy", WIPE, (all) => [...all, ...more]);
    expect(answer).toMatchObject({ status: 200, json: denial("legacy", "/tools/wipe/action", "Nobody wipes.") });
  });

  it("goes on as what it is: of headers that the legacy era does not have, none does", async () => {
    const more = ["Mcp-Method", "tools/list", "Mcp-Name", "wipe", "Mcp-Param-Mode", "destroy"];
    expect((await ask("legacy", ECHO, (all) => [...all, ...more])).status).toBe(200);
    const names = field.upstream.requests.flatMap(({ rawHeaders }) => rawHeaders.map((name) => name.toLowerCase()));
    field.upstream.clear();
    expect(names.filter((name) => name.startsWith("mcp-"))).toEqual(["mcp-session-id"]);
  });

  it.each([
    ["2025-06-18", "2025-06-18"],
    ["2026-07-28, 2025-11-25", undefined],
    ["2026-07-28,2025-11-25", undefined],
    ["2026-07-28 2025-11-25", undefined],
    ["x".repeat(65), undefined],
    ["2026-07-2\u00e9", undefined],
  ])("goes on as what it is: a legacy call under the version %j", async (version, told) => {
    expect((await ask("legacy", ECHO, set("MCP-Protocol-Version", version))).status).toBe(200);
    expect(arrived()["mcp-protocol-version"]).toBe(told);
  });

  it("is turned away from a server whose record names the other era", async () => {
    for (const era of ERAS) {
      await field.gateway.putServer(`only-${era}`, { url: field.upstream.url, era });
      await field.gateway.putPolicy(`only-${era}`, "open", { version: "1", default: "allow" });
      const grant = await field.gateway.grant(`only-${era}`, "open");
      const other: Era = era === "legacy" ? "modern" : "legacy";
      const answer = await send(grant.url, speak(other, grant, ECHO));
      expect(answer).toMatchObject({ status: 400, json: refusal(-32022) });
      const answered = { headers: headersFor("legacy", grant, ECHO), body: '{"jsonrpc":"2.0","id":1,"result":{}}' };
      expect((await send(grant.url, answered)).status).toBe(400);
    }
  });
});

const CAPABILITIES = "io.modelcontextprotocol/clientCapabilities";
const CLIENT = "io.modelcontextprotocol/clientInfo";

function envelope(version: unknown): Record<string, unknown> {
  return { "io.modelcontextprotocol/protocolVersion": version, "io.modelcontextprotocol/clientCapabilities": {} };
}
