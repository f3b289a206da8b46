/**
 * Who may call, and by what: a token opens one server for as long as its grant stands, a change by the operator decides
 * the very next call, and whoever holds no such token learns nothing and reaches nothing.
 */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { mintToken } from "../../src/grant/token.ts";
import { type Gateway, type Grant, startGateway } from "./gateway.ts";
import { minimalServer } from "./upstreams/minimal.ts";
import { hang, only } from "./upstreams/misbehave.ts";
import { type Handler, type Recorder, startRecorder } from "./upstreams/recorder.ts";
import { event, messageOf, openSse } from "./upstreams/replies.ts";
import { call, callModern, decisionOf, listedTools, openStream, post, postModern, send, type Target } from "./wire.ts";

let upstream: Recorder;
let moved: Recorder;
let gateway: Gateway;
let grant: Grant;

const OPEN = { version: "1", default: "allow" };

beforeAll(async () => {
  [upstream, moved, gateway] = await Promise.all([
    startRecorder(),
    startRecorder(),
    startGateway({ KEEP_ALIVE_SECONDS: "1" }),
  ]);
  await gateway.putServer("files", { url: upstream.url });
  await gateway.putPolicy("files", "open", OPEN);
  grant = await gateway.grant("files", "open");
});

beforeEach(() => {
  upstream.clear();
  upstream.answer(minimalServer().handle);
});

afterAll(async () => {
  await gateway?.close();
  await Promise.all([upstream?.close(), moved?.close()]);
});

/** A grant whose token was good until it was not; one that ran out before it was tried is followed by a longer one. */
async function expiredGrant(): Promise<Grant> {
  for (let lifetime = 500; ; lifetime *= 2) {
    const expiresAt = Date.now() + lifetime;
    const short = await gateway.grant("files", "open", { expiresAt: new Date(expiresAt).toISOString() });
    const { status } = await call(short, "echo");
    while (Date.now() <= expiresAt) await call(short, "echo");
    if (status === 200) return short;
  }
}

async function revokedGrant(): Promise<Grant> {
  const gone = await gateway.grant("files", "open");
  expect((await call(gone, "echo")).status).toBe(200);
  await gateway.revoke(gone.id);
  return gone;
}

async function grantElsewhere(): Promise<Grant> {
  await gateway.putServer("mail", { url: upstream.url });
  await gateway.putPolicy("mail", "open", OPEN);
  return gateway.grant("mail", "open");
}

/** The same token but for its last character. */
function wrongChecksum(token: string): string {
  return token.slice(0, -1) + (token.endsWith("0") ? "1" : "0");
}

const BODY = JSON.stringify({ jsonrpc: "2.0", id: 1, method: "tools/list" });
const HEADERS = { accept: "application/json, text/event-stream", "content-type": "application/json" };

const REFUSED_BODY =
  '{"jsonrpc":"2.0","id":null,"error":{"code":-31001,"message":"Unauthorized: the grant token is missing, malformed, ' +
  'unknown, expired, revoked or for another server."}}';

/** What everybody gets who has no right, to the last header and byte. */
const REFUSED = {
  status: 401,
  headers: [
    ["cache-control", "no-store"],
    ["content-type", "application/json"],
    ["www-authenticate", 'Bearer realm="grantgate", error="invalid_token"'],
  ],
  body: REFUSED_BODY,
};

/** When an answer was given, and how the connection carried it. */
const OF_THE_WIRE = new Set(["date", "content-length", "content-encoding", "transfer-encoding"]);

/** All that an answer says. */
async function seen(response: Response) {
  const headers = [...response.headers].filter(([name]) => !OF_THE_WIRE.has(name));
  return { status: response.status, headers, body: await response.text() };
}

describe("a token that does not open this server", () => {
  const unknown = mintToken(crypto.getRandomValues(new Uint8Array(32)));
  const KINDS: readonly [string, () => Promise<string | undefined> | string | undefined][] = [
    ["absent", () => undefined],
    ["of another scheme", () => `Basic ${btoa("user:password")}`],
    ["nothing like a token", () => "Bearer letmein"],
    ["empty", () => "Bearer "],
    ["mistyped, so that its checksum is wrong", () => `Bearer ${wrongChecksum(grant.token)}`],
    ["cut short by one character", () => `Bearer ${grant.token.slice(0, -1)}`],
    ["well formed and never issued", () => `Bearer ${unknown}`],
    ["expired", async () => `Bearer ${(await expiredGrant()).token}`],
    ["revoked", async () => `Bearer ${(await revokedGrant()).token}`],
    ["for another server", async () => `Bearer ${(await grantElsewhere()).token}`],
    ["the operator's", () => "Bearer admin-token-of-the-gate-tests"],
  ];

  it.each(KINDS)("gets the one same 401 and reaches nothing: %s", async (_name, make) => {
    const authorization = await make();
    const headers = { ...HEADERS, ...(authorization !== undefined && { authorization }) };
    upstream.clear();
    for (const init of [
      { method: "POST", body: BODY, headers },
      { method: "POST", body: "{no JSON", headers },
      { method: "POST", body: BODY, headers: { ...headers, "mcp-session-id": "session-1" } },
      { method: "GET", headers },
      { method: "DELETE", headers },
    ]) {
      expect(await seen(await fetch(grant.url, init))).toEqual(REFUSED);
    }
    expect(upstream.requests).toEqual([]);
  });

  it("is a token in the query string", async () => {
    for (const name of ["token", "access_token", "authorization", "api_key"]) {
      const url = `${grant.url}?${name}=${grant.token}`;
      expect((await post({ url }, "tools/list")).status).toBe(401);
    }
    expect(upstream.requests).toEqual([]);
  });

  it("is a token for a server that there is not", async () => {
    const url = `${gateway.url}/mcp/no-such-server`;
    const answer = await seen(await post({ url, token: grant.token }, "tools/list"));
    expect(answer).toEqual(REFUSED);
  });
});

describe("a token that opens the server", () => {
  it("carries nothing of the client's URL upstream", async () => {
    const url = `${grant.url}?token=${grant.token}`;
    expect((await post({ url, token: grant.token }, "tools/list")).status).toBe(200);
    expect(upstream.requests.map(({ path }) => path)).toEqual(["/mcp"]);
  });

  it("does so whatever the capitals of its scheme", async () => {
    const headers = { ...HEADERS, authorization: `bEARER ${grant.token}` };
    expect((await fetch(grant.url, { method: "POST", body: BODY, headers })).status).toBe(200);
  });
});

describe("a revocation", () => {
  it("refuses the very next call, and every later one", async () => {
    const gone = await revokedGrant();
    upstream.clear();
    const calls = [call(gone, "echo"), callModern(gone, "echo"), post(gone, "ping"), openStream(gone)];
    expect((await Promise.all(calls)).map(({ status }) => status)).toEqual([401, 401, 401, 401]);
    expect(upstream.requests).toEqual([]);
  });

  it("leaves the other grants of the server as they are", async () => {
    await revokedGrant();
    expect((await call(grant, "echo")).status).toBe(200);
  });

  it("survives the ledger being taken out of memory", async () => {
    const gone = await revokedGrant();
    await gateway.evict(gone.id);
    expect((await call(gone, "echo")).status).toBe(401);
  });

  it("ends an open stream of the grant, on both sides", async () => {
    const gone = await gateway.grant("files", "open");
    const stream = await openStream(gone);
    expect(stream.status).toBe(200);
    await gateway.revoke(gone.id);
    await stream.text();
    await upstream.waitFor(({ method, disconnectedAt }) => method === "GET" && disconnectedAt !== undefined);
  });

  it("ends an open listen stream of the grant, on both sides and in words", async () => {
    upstream.answer(only("subscriptions/listen", listening(), minimalServer().handle));
    const gone = await gateway.grant("files", "open");
    const stream = await postModern(gone, "subscriptions/listen", { notifications: { toolsListChanged: true } });
    expect(stream.status).toBe(200);
    await gateway.revoke(gone.id);
    const text = await stream.text();
    expect(text).toContain("notifications/subscriptions/acknowledged");
    expect(text).toMatch(/"error":\{"code":-31004,"message":"The grant was revoked/);
    await upstream.waitFor(({ text, disconnectedAt }) => text.includes("listen") && disconnectedAt !== undefined);
  });

  it("withholds the answer of a call that is still running, and ends it upstream", async () => {
    upstream.answer(only("tools/call", hang(), minimalServer().handle));
    const gone = await gateway.grant("files", "open");
    const running = [call(gone, "echo"), callModern(gone, "echo")];
    await upstream.waitFor(() => upstream.requests.length === 2);
    await gateway.revoke(gone.id);
    for (const { result } of await Promise.all(running)) {
      expect(result).toMatchObject({ isError: true });
      expect(result?.content[0]?.text).toMatch(/^\[UPSTREAM FAILED\] The grant was revoked/);
    }
    await upstream.waitFor(() => upstream.requests.every(({ disconnectedAt }) => disconnectedAt !== undefined));
  });
});

describe("a rotation", () => {
  async function rotated(grant: Grant, overlapSeconds: number): Promise<Grant> {
    const { status, body } = await gateway.admin("POST", `/grants/${grant.id}/rotate`, { overlapSeconds });
    expect(status).toBe(200);
    return body as Grant;
  }

  it("refuses the very next call with the old token, and takes the new one", async () => {
    const before = await gateway.grant("files", "open");
    expect((await call(before, "echo")).status).toBe(200);
    const after = await rotated(before, 0);
    expect((await call(before, "echo")).status).toBe(401);
    expect((await call(after, "echo")).status).toBe(200);
  });

  it("takes both for as long as they overlap", async () => {
    const before = await gateway.grant("files", "open");
    const after = await rotated(before, 3600);
    expect((await call(before, "echo")).status).toBe(200);
    expect((await call(after, "echo")).status).toBe(200);
  });

  it("ends a stream that was opened with the old token, and not one of the new", async () => {
    const before = await gateway.grant("files", "open");
    const leaked = await openStream(before);
    const after = await rotated(before, 0);
    const kept = await openStream(after);
    expect(kept.status).toBe(200);
    await leaked.text();
    await upstream.waitFor(({ method, disconnectedAt }) => method === "GET" && disconnectedAt !== undefined);
    expect((await call(after, "echo")).status).toBe(200);
    expect(upstream.requests.filter(({ method, disconnectedAt }) => method === "GET" && !disconnectedAt)).toHaveLength(
      1,
    );
    await kept.body?.cancel();
  });
});

describe("a suspension", () => {
  it("refuses calls and ends streams, until the grant is resumed", async () => {
    const held = await gateway.grant("files", "open");
    const stream = await openStream(held);
    await gateway.admin("POST", `/grants/${held.id}/suspend`);
    expect((await call(held, "echo")).status).toBe(401);
    await stream.text();
    await gateway.admin("POST", `/grants/${held.id}/resume`);
    expect((await call(held, "echo")).status).toBe(200);
  });
});

/** Acknowledges a subscription and stays silent ever after. */
function listening(): Handler {
  return (req, res) => {
    const { id, params } = messageOf(req);
    openSse(res);
    const _meta = { "io.modelcontextprotocol/subscriptionId": id };
    const acknowledged = { notifications: params?.notifications, _meta };
    res.write(event({ jsonrpc: "2.0", method: "notifications/subscriptions/acknowledged", params: acknowledged }));
  };
}

describe("an operator's change", () => {
  it("of a policy decides the very next call, in both eras, and back again", async () => {
    await gateway.putPolicy("files", "changing", OPEN);
    const target = await gateway.grant("files", "changing");
    const closed = { version: "1", default: "deny", tools: { echo: { action: "deny", reason: "Not today." } } };
    for (const [policy, effect] of [
      [OPEN, undefined],
      [closed, "deny"],
      [OPEN, undefined],
    ] as const) {
      await gateway.putPolicy("files", "changing", policy);
      for (const each of [call, callModern]) {
        expect(Object(decisionOf(await each(target, "echo"))).effect).toBe(effect);
      }
    }
  });

  it("of a policy changes the very next list", async () => {
    await gateway.putPolicy("files", "listing", OPEN);
    const target = await gateway.grant("files", "listing");
    expect(await listedTools(target)).toEqual(["echo"]);
    await gateway.putPolicy("files", "listing", { ...OPEN, hide: ["echo"] });
    expect(await listedTools(target)).toEqual([]);
    await gateway.putPolicy("files", "listing", OPEN);
    expect(await listedTools(target)).toEqual(["echo"]);
  });

  it("of a policy names the version that decided", async () => {
    const denying = { version: "1", default: "deny" };
    await gateway.putPolicy("files", "versioned", denying);
    const target = await gateway.grant("files", "versioned");
    const versions: unknown[] = [];
    for (const description of ["first", "second"]) {
      await gateway.putPolicy("files", "versioned", { ...denying, description });
      const { body } = await gateway.admin("GET", "/policies/files/versioned");
      const { version } = body as { version: string };
      expect(decisionOf(await call(target, "echo"))).toMatchObject({ policy: "versioned", version });
      versions.push(version);
    }
    expect(new Set(versions).size).toBe(2);
  });

  it("of a server's address sends the very next call there", async () => {
    await gateway.putServer("moving", { url: upstream.url });
    await gateway.putPolicy("moving", "open", OPEN);
    const target = await gateway.grant("moving", "open");
    expect((await call(target, "echo")).status).toBe(200);
    await gateway.putServer("moving", { url: moved.url });
    expect((await call(target, "echo")).status).toBe(200);
    expect([upstream.requests.length, moved.requests.length]).toEqual([1, 1]);
  });

  it("can't take away a server that is in use, and once it is gone nobody gets in", async () => {
    await gateway.putServer("closing", { url: upstream.url });
    await gateway.putPolicy("closing", "open", OPEN);
    const target = await gateway.grant("closing", "open");
    expect((await gateway.admin("DELETE", "/servers/closing")).status).toBe(409);
    expect((await call(target, "echo")).status).toBe(200);
    await gateway.revoke(target.id);
    expect((await gateway.admin("DELETE", "/policies/closing/open")).status).toBe(204);
    expect((await gateway.admin("DELETE", "/servers/closing")).status).toBe(204);
    upstream.clear();
    expect((await call(target, "echo")).status).toBe(401);
    expect(upstream.requests).toEqual([]);
  });
});

describe("a grant without a policy", () => {
  it("may call nothing, and is told so", async () => {
    const bare = await gateway.grant("files", null);
    for (const each of [call, callModern]) {
      const answer = await each(bare, "echo");
      expect(answer.result).toMatchObject({ isError: true });
      expect(answer.result?.content[0]?.text).toBe("[POLICY DENIED] This grant has no policy, so it may call nothing.");
      expect(decisionOf(answer)).toEqual({ effect: "deny", rule: "(no policy)", request: expect.any(String) });
    }
    expect(upstream.requests).toEqual([]);
  });

  it("is shown no tools", async () => {
    expect(await listedTools(await gateway.grant("files", null))).toEqual([]);
  });
});

describe("a path that is not there", () => {
  const OAUTH = [
    "/.well-known/oauth-protected-resource",
    "/.well-known/oauth-protected-resource/mcp/files",
    "/.well-known/oauth-authorization-server",
    "/.well-known/oauth-authorization-server/mcp/files",
    "/.well-known/openid-configuration",
    "/mcp/files/.well-known/openid-configuration",
    "/authorize",
    "/token",
    "/register",
  ];
  const OTHERS = ["/", "/mcp", "/mcp/", "/mcp/Files", "/mcp/files/more", "/mcp/-files", "/mcp/files%2Fmore", "/sse"];

  it.each([...OAUTH, ...OTHERS])("is a real 404, with or without a token: %s", async (path) => {
    const url = gateway.url + path;
    for (const target of [{ url }, { url, token: grant.token }] satisfies Target[]) {
      for (const method of ["GET", "POST"]) {
        const response = await send(target, { method, redirect: "manual" });
        expect(response.status).toBe(404);
        expect(response.headers.get("www-authenticate")).toBeNull();
        expect(response.headers.get("content-type")).toBe("application/json");
      }
    }
    expect(upstream.requests).toEqual([]);
  });
});
