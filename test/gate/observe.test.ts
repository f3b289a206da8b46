/**
 * What can be seen of the gateway from outside: the trace that a call belongs to, on both sides; the spans that the
 * runtime records; the lines it logs. None of it may hold a token, a credential or an argument.
 */
import { convertV4MiniflareOptions, Miniflare } from "miniflare";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type Gateway, type Grant, startGateway } from "./gateway.ts";
import { type Answer, open, send } from "./raw.ts";
import { call, ERAS, type Era, headersFor, ID, type Message, speak, textOf, withHeader } from "./speak.ts";
import { minimalServer } from "./upstreams/minimal.ts";
import { type Handler, header, type Recorder, startRecorder } from "./upstreams/recorder.ts";
import { answerTo, event, messageOf, openSse, sendJson, textResult } from "./upstreams/replies.ts";
import { ADMIN_TOKEN, migrate, ROOT_KEY, workerdOptions } from "./workerd.ts";

const TRACE = "0af7651916cd43dd8448eb211c80319c";
const PARENT = "b7ad6b7169203331";
const TRACEPARENT = `00-${TRACE}-${PARENT}-01`;
const CHILD = new RegExp(`^00-${TRACE}-(?!${PARENT})[0-9a-f]{16}-01$`);
const BEGUN = /^00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-01$/;

const CREDENTIAL = "upstream-secret-one";
const ARGUMENT = "swordfish-in-an-argument";
const SERVER = {
  credential: { headers: { Authorization: `Bearer \${secret:TOKEN}` } },
  secrets: { TOKEN: CREDENTIAL },
};
const POLICY = {
  version: "1",
  default: "allow",
  hide: ["vault"],
  tools: { wipe: { action: "deny" }, pay: { rate_limit: "1/day" } },
};

let upstream: Recorder;
let gateway: Gateway;
let grant: Grant;

beforeAll(async () => {
  [upstream, gateway] = await Promise.all([startRecorder(), startGateway()]);
  await gateway.putServer("upstream", { url: upstream.url, ...SERVER });
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

async function ask(era: Era, message: Message, trace: Record<string, string> = {}, to = grant): Promise<Answer> {
  return send(to.url, {
    headers: [...Object.entries(trace).flat(), ...headersFor(era, to, message)],
    body: textOf(era, message),
  });
}

/** What the upstream heard of the trace: in its header, and in the message. */
function heard(): { traceparent: string | undefined; tracestate: string | undefined; meta: unknown } {
  expect(upstream.requests).toHaveLength(1);
  const [req] = upstream.requests;
  if (req === undefined) throw new Error("nothing reached the upstream");
  const { params } = messageOf(req);
  return { traceparent: header(req, "traceparent"), tracestate: header(req, "tracestate"), meta: params?._meta };
}

describe.each(ERAS)("the trace of a %s call", (era) => {
  it("goes on upstream below the gateway's own operation, and the client is told which", async () => {
    const { headers } = await ask(era, call("echo"), { traceparent: TRACEPARENT, tracestate: "congo=t61rcWkgMzE" });
    const { traceparent, tracestate } = heard();
    expect(traceparent).toMatch(CHILD);
    expect(tracestate).toBe("congo=t61rcWkgMzE");
    expect(headers.traceresponse).toBe(traceparent);
    expect(headers).not.toHaveProperty("traceparent");
  });

  it.each([
    ["none is given", {}],
    ["a broken one is given", { traceparent: "00-broken", tracestate: "congo=t61rcWkgMzE" }],
    ["one of zeros is given", { traceparent: `00-${"0".repeat(32)}-${PARENT}-01`, tracestate: "congo=t61rcWkgMzE" }],
    ["only its state is given", { tracestate: "congo=t61rcWkgMzE" }],
  ])("begins at the gateway when %s", async (_, trace) => {
    const { headers } = await ask(era, call("echo"), trace);
    const { traceparent, tracestate } = heard();
    expect(traceparent).toMatch(BEGUN);
    expect(tracestate).toBeUndefined();
    expect(headers.traceresponse).toBe(traceparent);
  });

  it("is another for every call", async () => {
    const told = [];
    for (let i = 0; i < 5; i++) told.push((await ask(era, call("echo"))).headers.traceresponse);
    expect(new Set(told).size).toBe(5);
  });

  it("is the message's where the message names one, and the header upstream says the same", async () => {
    const meta = { traceparent: TRACEPARENT, tracestate: "from=message", baggage: "userId=alice", progressToken: 7 };
    const { params = {} } = JSON.parse(textOf(era, call("echo")));
    const message = { ...call("echo"), params: { name: "echo", _meta: { ...params._meta, ...meta } } };
    const other = { traceparent: `00-${"c".repeat(32)}-${"d".repeat(16)}-00`, tracestate: "from=header" };
    const { headers } = await ask(era, message, other);
    const { traceparent, tracestate, meta: sent } = heard();
    expect(traceparent).toMatch(CHILD);
    expect(tracestate).toBe("from=message");
    expect(sent).toEqual({ ...params._meta, ...meta, traceparent });
    expect(headers.traceresponse).toBe(traceparent);
    expect(upstream.requests[0]?.text).not.toContain(PARENT);
  });

  it("is not put into a message that names none", async () => {
    await ask(era, call("echo"), { traceparent: TRACEPARENT });
    expect(upstream.requests.map(({ json }) => json)).toEqual([JSON.parse(textOf(era, call("echo")))]);
  });

  it.each<[string, Message]>([
    ["denied", call("wipe")],
    ["hidden", call("vault")],
    ["unknown", { method: "no/such" }],
  ])("is told to a client whose call is %s, and reaches nobody", async (_, message) => {
    expect((await ask(era, message, { traceparent: TRACEPARENT })).headers.traceresponse).toMatch(CHILD);
    expect(upstream.requests).toEqual([]);
  });

  it("is told with a stream, and with nothing of the upstream's own", async () => {
    upstream.answer((req, res) => {
      openSse(res, { traceresponse: TRACEPARENT, traceparent: TRACEPARENT });
      res.end(event(answerTo(messageOf(req), textResult("done"))));
    });
    const stream = await open(grant.url, speak(era, grant, call("echo")));
    await stream.rest();
    expect(stream.headers.traceresponse).toBe(heard().traceparent);
    expect(stream.headers.traceresponse).not.toContain(TRACE);
    expect(stream.headers).not.toHaveProperty("traceparent");
  });
});

it("a client without a token is told no trace: the answer is one for all", async () => {
  const { headers, body = "" } = speak("legacy", grant, call("echo"));
  const bare = withHeader(headers, "Authorization", null);
  const answer = await send(grant.url, { headers: [...bare, "traceparent", TRACEPARENT], body });
  expect(answer.status).toBe(401);
  expect(answer.headers).not.toHaveProperty("traceresponse");
});

describe("the log", () => {
  const json =
    (status: number): Handler =>
    (_, res) =>
      void sendJson(res, { error: CREDENTIAL }, {}, status);

  /** The lines written meanwhile, read as JSON; they arrive behind the answers. */
  async function linesOf(run: () => Promise<unknown>, count = 1): Promise<Record<string, unknown>[]> {
    const before = messages(gateway).length;
    await run();
    await expect.poll(() => messages(gateway).length - before, { timeout: 5_000 }).toBeGreaterThanOrEqual(count);
    return messages(gateway)
      .slice(before)
      .map((line) => JSON.parse(line));
  }

  it.each(ERAS)("says nothing of %s calls that are allowed, denied, hidden or limited", async (era) => {
    const lines = await linesOf(async () => {
      for (const tool of ["echo", "wipe", "vault", "pay", "pay"]) await ask(era, call(tool, { note: ARGUMENT }));
      upstream.answer(json(503));
      await ask(era, call("last"));
    });
    expect(lines).toMatchObject([{ tool: "last" }]);
  });

  it.each(ERAS)("says of a %s call why its server failed, and which call it was", async (era) => {
    upstream.answer(json(500));
    const lines = await linesOf(() => ask(era, call("echo", { note: ARGUMENT }), { traceparent: TRACEPARENT }));
    expect(lines).toEqual([
      {
        level: "warn",
        event: "upstream failed",
        request: expect.stringMatching(/^[0-9A-Z]{26}$/),
        trace: TRACE,
        grant: grant.id,
        server: "upstream",
        method: "tools/call",
        tool: "echo",
        status: 500,
        cause: "The server answered with HTTP 500.",
      },
    ]);
  });

  it.each([401, 403])("says when a server refuses the gateway's credential with %i", async (status) => {
    upstream.answer(json(status));
    const lines = await linesOf(() => ask("modern", call("echo")));
    expect(lines).toMatchObject([{ event: "upstream refused the credential", status }]);
  });

  it("says when a stream breaks off, and when a server hangs up", async () => {
    upstream.answer((_, res) => {
      openSse(res);
      res.write(": hello\n\n", () => res.destroy());
    });
    const broken = await linesOf(() => ask("modern", call("echo")));
    upstream.answer((_, res) => void res.destroy());
    const gone = await linesOf(() => ask("modern", call("echo")));
    expect([...broken, ...gone]).toMatchObject([
      { event: "upstream failed", cause: expect.stringContaining("broke off") },
      { event: "upstream failed", cause: "The server could not be reached." },
    ]);
  });

  it("holds no token, no credential and no argument", () => {
    const log = gateway.logs();
    expect(log).toContain("upstream failed");
    for (const secret of [grant.token, "ggt_", CREDENTIAL, ARGUMENT, ADMIN_TOKEN, ROOT_KEY]) {
      expect(log).not.toContain(secret);
    }
  });
});

/** What the Worker itself wrote, line by line. */
function messages(of: Gateway): string[] {
  return (JSON.parse(of.logs()) as { message: string }[])
    .map(({ message }) => message)
    .filter((m) => m.startsWith("{"));
}

describe("the spans of a traced call", () => {
  let workerd: Miniflare;
  let traced: Grant;

  type Span = { name: string; closed: boolean; attributes: Record<string, unknown> };

  beforeAll(async () => {
    // A streaming tail worker is what the platform's own export of traces hangs on.
    const gatewayOptions = workerdOptions({}, { streamingTails: ["witness"] });
    const { workers: witness = [] } = convertV4MiniflareOptions({
      name: "witness",
      modules: true,
      compatibilityDate: "2026-10-23",
      script: WITNESS,
    });
    workerd = new Miniflare({ ...gatewayOptions, workers: [...(gatewayOptions.workers ?? []), ...witness] });
    const url = await workerd.ready;
    await migrate(workerd);
    const admin = (method: string, path: string, body: object): Promise<Response> =>
      fetch(new URL(`/api/v1${path}`, url), {
        method,
        headers: { authorization: `Bearer ${ADMIN_TOKEN}`, "content-type": "application/json" },
        body: JSON.stringify(body),
      });
    await admin("PUT", "/servers/upstream", { name: "Upstream", url: upstream.url, ...SERVER });
    await admin("PUT", "/policies/upstream/careful", POLICY);
    traced = (await (
      await admin("POST", "/grants", { server: "upstream", policy: "careful", label: "t" })
    ).json()) as Grant;
  });

  afterAll(() => workerd?.dispose());

  /** The spans up to now, once this one and the request have ended: they arrive behind the answer. */
  async function spansUntil(last: string): Promise<Span[]> {
    const witness = await workerd.getWorker("witness");
    for (let look = 0; look < 200; look++) {
      const spans = (await (await witness.fetch("http://witness/")).json()) as Span[];
      const ended = spans.filter(({ closed, attributes }) => closed && "grantgate.request" in attributes);
      if (ended.some(({ name }) => name === last) && ended.some(({ name }) => name === "(request)")) return spans;
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
    throw new Error(`no span ${last} was seen, or not its end`);
  }

  async function calling(era: Era, message: Message, last: string): Promise<{ answer: Answer; spans: Span[] }> {
    await (await (await workerd.getWorker("witness")).fetch("http://witness/", { method: "DELETE" })).text();
    const answer = await ask(era, message, { traceparent: TRACEPARENT }, traced);
    return { answer, spans: await spansUntil(last) };
  }

  it.each(ERAS)("are one for each step of the way of a %s call", async (era) => {
    const { answer, spans } = await calling(era, call("echo", { note: ARGUMENT }), "settle");
    expect(answer).toMatchObject({ status: 200, json: { id: ID, result: { content: expect.anything() } } });
    const steps = ["admit", "read", "decide", "take", "forward", "answer", "settle"];
    expect(spans.map(({ name }) => name).filter((name) => steps.includes(name))).toEqual(expect.arrayContaining(steps));
    const request = expect.stringMatching(/^[0-9A-Z]{26}$/);
    for (const span of spans.filter(({ name }) => steps.includes(name))) {
      expect(span.attributes).toEqual({
        "grantgate.request": request,
        "grantgate.server": "upstream",
        "grantgate.trace": TRACE,
      });
    }
    expect(spans.find(({ name }) => name === "(request)")?.attributes).toEqual({
      "grantgate.request": request,
      "grantgate.server": "upstream",
      "grantgate.trace": TRACE,
      "grantgate.grant": traced.id,
      "grantgate.era": era,
      "grantgate.effect": "allow",
      "grantgate.policy": "careful",
      "grantgate.policy.version": expect.stringMatching(/^[0-9a-f]{64}$/),
      "mcp.method.name": "tools/call",
      "gen_ai.tool.name": "echo",
    });
  });

  it("end with the decision where it is no", async () => {
    const { answer, spans } = await calling("modern", call("wipe", { note: ARGUMENT }), "take");
    expect(answer.text).toContain("[POLICY DENIED]");
    expect(spans.map(({ name }) => name)).not.toContain("forward");
    expect(spans.find(({ name }) => name === "(request)")?.attributes).toMatchObject({
      "grantgate.effect": "deny",
      "grantgate.rule": "/tools/wipe/action",
      "gen_ai.tool.name": "wipe",
    });
  });

  it("are found by a trace that begins with them, where the client brings none", async () => {
    const { headers } = await ask("modern", call("echo"), {}, traced);
    const { traceparent } = heard();
    expect(traceparent).toMatch(BEGUN);
    expect(headers.traceresponse).toBe(traceparent);
    const witness = await workerd.getWorker("witness");
    const traces = await (await witness.fetch("http://witness/traces")).json();
    expect(traces).toContain(String(traceparent).split("-")[1]);
  });

  it("hold no token, no credential and no argument", async () => {
    const { spans } = await calling("modern", call("echo", { note: ARGUMENT }), "answer");
    const all = JSON.stringify(spans);
    for (const secret of [traced.token, "ggt_", CREDENTIAL, ARGUMENT]) expect(all).not.toContain(secret);
  });
});

/** Remembers the spans that are opened with their attributes, those of requests as `(request)`, and all trace ids. */
const WITNESS = `
  const seen = [];
  const traces = new Set();
  export default {
    tailStream(onset) {
      traces.add(onset.spanContext.traceId);
      const request = { name: "(request)", closed: false, attributes: {} };
      const byId = new Map([[onset.event.spanId, request]]);
      seen.push(request);
      return ({ event, spanContext }) => {
        if (event.type === "spanOpen") {
          const span = { name: event.name, closed: false, attributes: {} };
          byId.set(event.spanId, span);
          seen.push(span);
        }
        const span = byId.get(spanContext.spanId);
        if (event.type === "spanClose" && span) span.closed = true;
        if (event.type === "outcome") request.closed = true;
        if (event.type !== "attributes") return;
        for (const { name, value } of event.info) {
          if (span && /^(grantgate|mcp|gen_ai)[.]/.test(name)) span.attributes[name] = value;
        }
      };
    },
    fetch(request) {
      if (request.method === "DELETE") seen.length = 0;
      return Response.json(request.url.endsWith("/traces") ? [...traces] : seen);
    },
  };
`;
