/**
 * The session of a legacy client: what it gets is sealed, what the upstream gets is its own id. The modern era has no
 * sessions at all. That nobody else can do anything with either is shown in test/hostile/identity.test.ts.
 */

import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type Gateway, type Grant, startGateway } from "./gateway.ts";
import { resuming } from "./resume.ts";
import { ID } from "./speak.ts";
import { minimalServer } from "./upstreams/minimal.ts";
import { type Handler, header, type Recorder, startRecorder } from "./upstreams/recorder.ts";
import { openStream, post, postModern, send, type Target } from "./wire.ts";

let files: Recorder;
let gateway: Gateway;
let grant: Grant;

beforeAll(async () => {
  [files, gateway] = await Promise.all([startRecorder(talkative()), startGateway()]);
  await gateway.putServer("files", { url: files.url, drift: "hold" });
  await gateway.putPolicy("files", "open", { version: "1", default: "allow" });
  grant = await gateway.grant("files", "open");
  // A list within a session is no proof of what a server has, and the gateway would look for itself.
  await (await post(grant, "tools/list")).text();
});

beforeEach(() => files.clear());

afterAll(async () => {
  await gateway?.close();
  await files?.close();
});

/** A server that ends a session when it is told to, and names a session on whatever it answers. */
function talkative(): Handler {
  const { handle } = minimalServer();
  const ended = new Set<string>();
  return (req, res) => {
    const session = header(req, "mcp-session-id") ?? "uncalled-for";
    if (ended.has(session)) return void res.writeHead(404).end();
    if (req.method === "DELETE") ended.add(session);
    res.setHeader("Mcp-Session-Id", session);
    return handle(req, res);
  };
}

/** The id a client gets for a new session. */
async function initialize(target: Target): Promise<string> {
  const capabilities = { protocolVersion: "2025-11-25", capabilities: {}, clientInfo: { name: "test", version: "1" } };
  const response = await post(target, "initialize", capabilities);
  expect(response.status).toBe(200);
  return response.headers.get("mcp-session-id") ?? "";
}

const VERBS = ["POST", "GET", "DELETE"] as const;

function ask(verb: (typeof VERBS)[number], target: Target, session: string): Promise<Response> {
  const headers = { "mcp-session-id": session };
  if (verb === "POST") return post(target, "tools/list", {}, headers);
  return verb === "GET" ? openStream(target, headers) : send(target, { method: "DELETE", headers });
}

/** What the files server was told of sessions, request by request. */
function sessionsSeen(): (string | undefined)[] {
  return files.requests.map((request) => header(request, "mcp-session-id"));
}

describe("a session id", () => {
  it("is not the upstream's own, and is visible ASCII", async () => {
    const [first, second] = [await initialize(grant), await initialize(grant)];
    const own = /session-\d+/;
    expect(first).toMatch(/^[\x21-\x7e]{1,1024}$/);
    expect(first).not.toMatch(own);
    expect(Buffer.from(first.split(".")[1] ?? "", "base64url").toString("latin1")).not.toMatch(own);
    expect(second).not.toBe(first);
  });

  it("works for every verb, and reaches the upstream as the upstream gave it", async () => {
    const session = await initialize(grant);
    files.clear();
    for (const verb of VERBS) {
      const response = await ask(verb, grant, session);
      expect(response.status).toBe(200);
      await response.body?.cancel();
    }
    expect(files.requests.map(({ method }) => method)).toEqual(["POST", "GET", "DELETE"]);
    const [own] = sessionsSeen();
    expect(own).toMatch(/^session-\d+$/);
    expect(sessionsSeen()).toEqual([own, own, own]);
  });

  it("is told with the answer to initialize and with no other", async () => {
    const session = await initialize(grant);
    for (const verb of VERBS) {
      const response = await ask(verb, grant, session);
      expect(response.headers.get("mcp-session-id")).toBeNull();
      await response.body?.cancel();
    }
  });

  it("goes with notifications, which are accepted without a body", async () => {
    const session = await initialize(grant);
    files.clear();
    const body = JSON.stringify({ jsonrpc: "2.0", method: "notifications/initialized" });
    const accept = "application/json, text/event-stream";
    const headers = { "mcp-session-id": session, "content-type": "application/json", accept };
    const response = await send(grant, { method: "POST", body, headers });
    expect([response.status, await response.text()]).toEqual([202, ""]);
    expect(sessionsSeen()).toEqual([expect.stringMatching(/^session-\d+$/)]);
  });

  it("is gone after DELETE, for every verb", async () => {
    const session = await initialize(grant);
    expect((await ask("DELETE", grant, session)).status).toBe(200);
    for (const verb of VERBS) await expectNotFound(await ask(verb, grant, session), verb);
  });
});

describe("the modern era", () => {
  it("carries no session, whatever the client sends and the server answers", async () => {
    const session = await initialize(grant);
    files.clear();
    for (const sent of [session, "session-1", "nonsense"]) {
      const params = { name: "echo", arguments: {} };
      const response = await postModern(grant, "tools/call", params, { "mcp-session-id": sent });
      expect(response.status).toBe(200);
      expect(response.headers.get("mcp-session-id")).toBeNull();
      expect(await response.json()).toMatchObject({ result: { resultType: "complete" } });
    }
    expect(sessionsSeen()).toEqual([undefined, undefined, undefined]);
  });

  it("carries no event id either", async () => {
    await postModern(grant, "tools/list", {}, { "last-event-id": "7" });
    expect(files.requests.map((request) => header(request, "last-event-id"))).toEqual([undefined]);
  });
});

describe("Last-Event-ID", () => {
  it("goes up with the stream of a session", async () => {
    const session = await initialize(grant);
    const [, , , id = ""] = await resuming(grant, ["Mcp-Session-Id", session], "stream-1:7");
    const response = await openStream(grant, { "mcp-session-id": session, "last-event-id": id });
    await response.body?.cancel();
    const seen = await files.waitFor(({ method }) => method === "GET");
    expect(header(seen, "last-event-id")).toBe("stream-1:7");
    expect(header(seen, "mcp-session-id")).toMatch(/^session-\d+$/);
  });

  it("stays behind where there is no session", async () => {
    const response = await openStream(grant, { "last-event-id": "stream-1:7" });
    await response.body?.cancel();
    expect(header(await files.waitFor(({ method }) => method === "GET"), "last-event-id")).toBeUndefined();
  });

  it("stays behind with whatever is no stream", async () => {
    const headers = { "mcp-session-id": await initialize(grant), "last-event-id": "stream-1:7" };
    files.clear();
    await post(grant, "tools/list", {}, headers);
    await send(grant, { method: "DELETE", headers });
    expect(files.requests.map((request) => header(request, "last-event-id"))).toEqual([undefined, undefined]);
  });
});

async function expectNotFound(response: Response, verb: string): Promise<void> {
  expect(response.status).toBe(404);
  expect(await response.json()).toEqual({
    jsonrpc: "2.0",
    id: verb === "POST" ? ID : null,
    error: { code: -32001, message: "Session not found; start over with initialize." },
  });
}
