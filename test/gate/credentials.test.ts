/**
 * Two secrets meet in the gateway and must never cross: the client's token stays on the client's side, the server's
 * credential on the server's, and neither is in an answer, an error or a log. Of a client's headers only those few reach
 * a server that the protocol needs.
 */

import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type Gateway, type Grant, startGateway } from "./gateway.ts";
import { type Answer, open, type Raw, send } from "./raw.ts";
import { resuming } from "./resume.ts";
import { call, ERAS, type Era, headersFor, ID, type Message, speak, textOf, withHeader } from "./speak.ts";
import { minimalServer } from "./upstreams/minimal.ts";
import * as misbehave from "./upstreams/misbehave.ts";
import { type Handler, header, type Recorded, type Recorder, startRecorder } from "./upstreams/recorder.ts";
import { answerTo, messageOf, sendJson, textResult } from "./upstreams/replies.ts";

const SECRETS = {
  UPSTREAM_TOKEN: "upstream-secret-one",
  API_KEY: "upstream-secret-two",
  BAGGAGE: "upstream-secret-three",
};
const CREDENTIAL = {
  headers: {
    Authorization: `Bearer ${secret("UPSTREAM_TOKEN")}`,
    "X-Api-Key": secret("API_KEY"),
    "X-Tenant": "acme",
    baggage: `key=${secret("BAGGAGE")}`,
  },
};
const POLICY = { version: "1", default: "allow", hide: ["vault"], tools: { wipe: { action: "deny" } } };

/** How a server's record names a secret. */
function secret(name: string): string {
  return `\${secret:${name}}`;
}

let upstream: Recorder;
let other: Recorder;
let gateway: Gateway;
let grant: Grant;
let neighbour: Grant;
/** All that came back to clients, to be searched at the end. */
const answers: Answer[] = [];

beforeAll(async () => {
  [upstream, other, gateway] = await Promise.all([startRecorder(), startRecorder(), startGateway()]);
  await gateway.putServer("upstream", { url: upstream.url, credential: CREDENTIAL, secrets: SECRETS });
  await gateway.putServer("other", {
    url: other.url,
    credential: { headers: { "X-Api-Key": secret("API_KEY") } },
    secrets: { API_KEY: "the-neighbour's" },
  });
  for (const server of ["upstream", "other"]) await gateway.putPolicy(server, "careful", POLICY);
  [grant, neighbour] = await Promise.all([gateway.grant("upstream", "careful"), gateway.grant("other", "careful")]);
});

beforeEach(() => {
  upstream.answer(minimalServer().handle);
  upstream.clear();
});

afterAll(async () => {
  await gateway?.close();
  await Promise.all([upstream?.close(), other?.close()]);
});

/** Stands in the value of every header that a client adds. */
const MARK = "from-the-client";

/** What a client might send to be taken for somebody else, to slip something in, or just because it is a browser. */
const ADDED = [
  ...["Cookie", `session=${MARK}`, "Referer", `https://${MARK}.example/`, "Origin", "http://localhost:4711"],
  ...["X-Forwarded-For", MARK, "X-Forwarded-Host", MARK, "X-Forwarded-Proto", MARK, "X-Real-IP", MARK, "Via", MARK],
  ...["Forwarded", `for=${MARK}`, "True-Client-IP", MARK, "X-HTTP-Method-Override", MARK, "X-Original-URL", MARK],
  ...[
    "CF-Connecting-IP",
    MARK,
    "CF-Ray",
    MARK,
    "CF-IPCountry",
    MARK,
    "CF-Access-Jwt-Assertion",
    MARK,
    "CDN-Loop",
    MARK,
  ],
  ...["Proxy-Authorization", `Basic ${MARK}`, "User-Agent", MARK, "Accept-Language", MARK, "From", MARK, "DNT", MARK],
  ...["If-None-Match", MARK, "Range", "bytes=0-1", "Prefer", MARK, "X-Custom", MARK, "Last-Event-ID", MARK],
];

/** Attempts to put another value in the place of the credential, or to have it taken away on the way. */
const RIVALS = [
  ...["x-api-key", MARK, "X-API-KEY", MARK, "X-Tenant", MARK, "X-Authorization", MARK, "baggage", `key=${MARK}`],
  ...["Connection", "close, authorization, x-api-key, x-tenant"],
];

/** All that a server may see. The last two lines are what the runtime of these tests adds to any request. */
const PASSING = [
  ...["authorization", "x-api-key", "x-tenant", "baggage", "traceparent"],
  ...["user-agent", "accept", "content-type", "content-length", "mcp-protocol-version", "mcp-session-id"],
  ...["mcp-method", "mcp-name", "host", "connection", "accept-encoding", "cache-control", "pragma", "cf-worker"],
  ...["accept-language", "sec-fetch-mode"],
];

async function ask(to: Grant, raw: Raw): Promise<Answer> {
  const answer = await send(to.url, raw);
  answers.push(answer);
  return answer;
}

function lines(req: Recorded, name: string): string[] {
  return req.rawHeaders.filter((_, at) => at % 2 === 1 && req.rawHeaders[at - 1]?.toLowerCase() === name);
}

function expectOwnCredentialOnly(req: Recorded): void {
  expect(["authorization", "x-api-key", "x-tenant", "baggage"].map((name) => lines(req, name))).toEqual([
    ["Bearer upstream-secret-one"],
    ["upstream-secret-two"],
    ["acme"],
    ["key=upstream-secret-three"],
  ]);
  expect(lines(req, "user-agent")).toEqual([expect.stringMatching(/^grantgate\/[0-9.]+$/)]);
  const names = req.rawHeaders.filter((_, at) => at % 2 === 0).map((name) => name.toLowerCase());
  expect(names.filter((name) => !PASSING.includes(name))).toEqual([]);
  const all = `${req.path} ${req.rawHeaders.join(" ")} ${req.text}`;
  expect(all).not.toContain(MARK);
  expect(all).not.toContain(grant.token);
  expect(all).not.toContain("ggt_");
}

const INITIALIZE: Message = { method: "initialize", params: { protocolVersion: "2025-11-25", capabilities: {} } };

async function newSession(): Promise<string> {
  const { headers } = await ask(grant, speak("legacy", grant, INITIALIZE));
  upstream.clear();
  return String(headers["mcp-session-id"]);
}

describe("the server is reached with its own credential and nothing of the client's", () => {
  it.each<[string, Era, Message]>([
    ["a legacy call", "legacy", call("echo")],
    ["a modern call", "modern", call("echo")],
    ["a legacy list", "legacy", { method: "tools/list" }],
    ["a modern list", "modern", { method: "tools/list" }],
    ["a legacy greeting", "legacy", INITIALIZE],
    ["a modern greeting", "modern", { method: "server/discover" }],
  ])("by %s", async (_name, era, message) => {
    const { headers, body = "" } = speak(era, grant, message);
    await ask(grant, { headers: [...ADDED, ...RIVALS, ...headers], body });
    expect(upstream.requests.map(({ json }) => json)).toEqual([JSON.parse(String(body))]);
    for (const req of upstream.requests) expectOwnCredentialOnly(req);
  });

  it("by a notification, an answer to the server, the stream and the end of a session", async () => {
    const session = ["Mcp-Session-Id", await newSession()];
    const headers = [...ADDED, ...RIVALS, ...headersFor("legacy", grant, INITIALIZE), ...session];
    for (const body of [
      '{"jsonrpc":"2.0","method":"notifications/initialized"}',
      '{"jsonrpc":"2.0","id":1,"result":{}}',
    ]) {
      expect((await ask(grant, { headers, body })).status).toBe(202);
    }
    const [, , name = "", id = ""] = await resuming(grant, session, "40");
    const listening = withHeader(withHeader(headers, name, id), "Accept", "text/event-stream");
    const stream = await open(grant.url, { verb: "GET", headers: listening });
    expect(stream.status).toBe(200);
    await upstream.waitFor((req) => req.method === "GET");
    stream.leave();
    expect((await ask(grant, { verb: "DELETE", headers })).status).toBe(200);
    expect(upstream.requests.map(({ method }) => method)).toEqual(["POST", "POST", "GET", "DELETE"]);
    for (const req of upstream.requests) {
      expect(lines(req, "mcp-session-id")).toEqual([expect.stringMatching(/^session-\d+$/)]);
      const { rawHeaders } = req;
      const at = rawHeaders.findIndex((name) => name.toLowerCase() === "last-event-id");
      expect(at < 0 ? null : rawHeaders[at + 1]).toBe(req.method === "GET" ? "40" : null);
      expectOwnCredentialOnly(at < 0 ? req : { ...req, rawHeaders: rawHeaders.toSpliced(at, 2) });
    }
  });

  it("at the address of its record, whatever the address it was called by", async () => {
    const to = { ...grant, url: `${grant.url}/?x=${MARK}&token=${MARK}` };
    await ask(to, speak("legacy", grant, call("echo")));
    expect(upstream.requests.map(({ path }) => path)).toEqual(["/mcp"]);
    for (const req of upstream.requests) expectOwnCredentialOnly(req);
  });

  it("and no other server's", async () => {
    other.clear();
    await Promise.all([
      ask(neighbour, speak("legacy", neighbour, call("echo"))),
      ask(grant, speak("legacy", grant, call("echo"))),
    ]);
    for (const req of upstream.requests) expectOwnCredentialOnly(req);
    expect(other.requests.map((req) => [lines(req, "x-api-key"), lines(req, "authorization")])).toEqual([
      [["the-neighbour's"], []],
    ]);
    expect(JSON.stringify(other.requests[0]?.rawHeaders)).not.toContain("upstream-secret");
  });

  it("and with a new one as soon as it is changed", async () => {
    await gateway.putServer("changing", { url: upstream.url, credential: CREDENTIAL, secrets: SECRETS });
    await gateway.putPolicy("changing", "careful", POLICY);
    const changing = await gateway.grant("changing", "careful");
    await ask(changing, speak("modern", changing, call("echo")));
    const secrets = { ...SECRETS, UPSTREAM_TOKEN: "upstream-secret-four" };
    await gateway.putServer("changing", { url: upstream.url, credential: CREDENTIAL, secrets });
    await ask(changing, speak("modern", changing, call("echo")));
    const used = upstream.requests.map((req) => header(req, "authorization"));
    expect(used).toEqual(["Bearer upstream-secret-one", "Bearer upstream-secret-four"]);
  });

  it.each(ERAS)("but in the trace of a %s client", async (era) => {
    const trace = {
      traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
      tracestate: "congo=t61rcWkgMzE",
      baggage: "userId=alice",
    };
    other.clear();
    await ask(neighbour, {
      headers: [...Object.entries(trace).flat(), ...headersFor(era, neighbour, call("echo"))],
      body: textOf(era, call("echo")),
    });
    expect(other.requests.map((req) => Object.keys(trace).map((name) => header(req, name)))).toEqual([
      [
        expect.stringMatching(/^00-0af7651916cd43dd8448eb211c80319c-(?!b7ad6b7169203331)[0-9a-f]{16}-01$/),
        trace.tracestate,
        trace.baggage,
      ],
    ]);
  });
});

describe("a session that is not the client's own", () => {
  it.each(["session-1", MARK, "00000000.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"])(
    "goes nowhere: %s",
    async (id) => {
      const headers = [...headersFor("legacy", grant, call("echo")), "Mcp-Session-Id", id];
      const answer = await ask(grant, { headers, body: textOf("legacy", call("echo")) });
      expect(answer).toMatchObject({ status: 404, json: { id: ID, error: { code: -32001 } } });
      expect(upstream.requests).toEqual([]);
    },
  );

  it("is nothing in the modern era, which has none", async () => {
    const headers = [...headersFor("modern", grant, call("echo")), "Mcp-Session-Id", MARK];
    const answer = await ask(grant, { headers, body: textOf("modern", call("echo")) });
    expect(answer.status).toBe(200);
    expect(upstream.requests.map((req) => header(req, "mcp-session-id"))).toEqual([undefined]);
  });
});

describe("no secret comes back", () => {
  /** Sends the credential it was given back, in every place that is not an answer to the call. */
  function blabs(status: number, type: string): Handler {
    return (req, res) => {
      const given = header(req, "authorization") ?? "";
      const headers = { "Content-Type": type, "WWW-Authenticate": given, Location: `/${given}`, "X-Echo": given };
      res.writeHead(status, headers).end(`{"credential":"${given}"}`);
    };
  }

  it.each<[string, Handler]>([
    ["in an answer", minimalServer().handle],
    [
      "with an answer that has it in its headers",
      (req, res) => {
        const echo = { "X-Echo": header(req, "authorization") ?? "", "Set-Cookie": header(req, "x-api-key") ?? "" };
        sendJson(res, answerTo(messageOf(req), textResult("ok")), echo);
      },
    ],
    ["with a challenge", blabs(401, "application/json")],
    ["with a redirect", blabs(302, "text/html")],
    ["with a page", blabs(200, "text/html")],
    ["with what is no JSON-RPC", blabs(200, "application/json")],
    ["with an event that is no JSON-RPC", blabs(200, "text/event-stream")],
    ["with a bad request", blabs(400, "application/json")],
    ["with an error", blabs(500, "application/json")],
    ["when the server hangs up", misbehave.resetConnection()],
  ])("%s", async (_name, handler) => {
    upstream.answer(handler);
    const messages = [call("echo"), call("wipe"), call("vault"), { method: "tools/list" }, { method: "nothing/known" }];
    const asked = ERAS.flatMap((era) => messages.map((message) => ask(grant, speak(era, grant, message))));
    const given = await Promise.all([...asked, ask(grant, speak("legacy", grant, INITIALIZE))]);
    expect(given.every(({ status }) => status >= 200)).toBe(true);
    expectSilence();
  });

  it("when a request is refused", async () => {
    const headers = headersFor("modern", grant, call("echo"));
    await ask(grant, { headers, body: `{"${grant.token}":1,` });
    await ask(grant, { headers: withHeader(headers, "Content-Type", grant.token), body: "{}" });
    await ask(grant, { headers: withHeader(headers, "Mcp-Name", "wipe"), body: textOf("modern", call("echo")) });
    await ask(grant, { headers: withHeader(headers, "Origin", "https://evil.example"), body: "{}" });
    await ask(grant, { verb: "PUT", headers, body: "{}" });
    const forged = grant.token.replace(/.$/, (last) => (last === "a" ? "b" : "a"));
    const tokens = [forged, neighbour.token, `${grant.token}, ${neighbour.token}`].map((token) => `Bearer ${token}`);
    for (const credentials of [...tokens, `Basic ${grant.token}`, grant.token]) {
      const raw = {
        ...speak("modern", grant, call("echo")),
        headers: withHeader(headers, "Authorization", credentials),
      };
      expect((await ask(grant, raw)).status).toBe(401);
    }
    const bare = { ...grant, url: `${grant.url}?token=${grant.token}` };
    expect((await ask(bare, { headers: withHeader(headers, "Authorization", null), body: "{}" })).status).toBe(401);
    expectSilence();
  });

  it("from the admin API", async () => {
    for (const path of ["/servers", "/servers/upstream", "/grants", `/grants/${grant.id}`, "/policies"]) {
      const { status, body } = await gateway.admin("GET", path);
      expect([path, status]).toEqual([path, 200]);
      expect(JSON.stringify(body)).not.toMatch(/upstream-secret|neighbour's|ggt_/);
    }
  });

  it("into a log", () => {
    const logged = gateway.logs();
    for (const secret of [...Object.values(SECRETS), grant.token, neighbour.token])
      expect(logged).not.toContain(secret);
  });

  function expectSilence(): void {
    const all = answers.map(({ headers, text }) => JSON.stringify(headers) + text).join("\n");
    expect(all).not.toMatch(/upstream-secret|the-neighbour's/);
    for (const { token } of [grant, neighbour]) expect(all).not.toContain(token);
  }
});
