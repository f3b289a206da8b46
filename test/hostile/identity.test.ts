/**
 * A client that pretends: to hold a token, to be in another's session, to hear another's stream, to answer another's
 * question. Nobody without the very token gets more than the one refusal that everybody gets, and nobody reaches the
 * server under another's name.
 */

import { createHash } from "node:crypto";
import type { ServerResponse } from "node:http";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { mintToken, OPERATOR_TOKEN } from "../../src/grant/token.ts";
import { ringOf } from "../../src/upstream/root-key.ts";
import { seal } from "../../src/upstream/seal.ts";
import { sealSession } from "../../src/upstream/session.ts";
import { type Gateway, type Grant, startGateway } from "../gate/gateway.ts";
import { type Answer, open, type Raw, send } from "../gate/raw.ts";
import { resuming } from "../gate/resume.ts";
import { call, headersFor, ID, openSession, speak, textOf, withHeader } from "../gate/speak.ts";
import { minimalServer } from "../gate/upstreams/minimal.ts";
import { only } from "../gate/upstreams/misbehave.ts";
import { type Handler, header, type Recorder, startRecorder } from "../gate/upstreams/recorder.ts";
import { answerTo, event, messageOf, openSse, textResult } from "../gate/upstreams/replies.ts";
import { ADMIN_TOKEN, ROOT_KEY } from "../gate/workerd.ts";

const PREVIOUS_KEY = "a1".repeat(32);
const GONE_KEY = "b2".repeat(32);

let upstream: Recorder;
let gateway: Gateway;
let alice: Grant;
let bob: Grant;
/** Of another server. */
let carol: Grant;

beforeAll(async () => {
  [upstream, gateway] = await Promise.all([startRecorder(), startGateway({ ROOT_KEY_PREVIOUS: PREVIOUS_KEY })]);
  for (const slug of ["files", "mail"]) {
    await gateway.putServer(slug, { url: upstream.url });
    await gateway.putPolicy(slug, "open", { version: "1", default: "allow" });
  }
  [alice, bob, carol] = await Promise.all([
    gateway.grant("files", "open"),
    gateway.grant("files", "open"),
    gateway.grant("mail", "open"),
  ]);
});

beforeEach(() => {
  upstream.clear();
  upstream.answer(minimalServer().handle);
});

afterAll(() => Promise.all([gateway?.close(), upstream?.close()]));

const LIST = { method: "tools/list" };

/** Every kind of request that a client can make, without a word of who makes it. */
function requests(session: readonly string[]): Raw[] {
  const legacy = withHeader(headersFor("legacy", alice, LIST), "Authorization", null);
  const modern = withHeader(headersFor("modern", alice, call("echo")), "Authorization", null);
  return [
    { headers: legacy, body: textOf("legacy", LIST) },
    { headers: [...legacy, ...session], body: textOf("legacy", call("echo")) },
    { headers: [...legacy, ...session], body: '{"jsonrpc":"2.0","method":"notifications/initialized"}' },
    { headers: [...legacy, ...session], body: '{"jsonrpc":"2.0","id":1,"result":{}}' },
    { headers: modern, body: textOf("modern", call("echo")) },
    { headers: legacy, body: "{no JSON" },
    { headers: [], body: "" },
    { verb: "GET", headers: ["Accept", "text/event-stream", ...session] },
    { verb: "GET", headers: [] },
    { verb: "DELETE", headers: session },
  ];
}

/** All that an answer says, but for when it was given. */
function said({ status, headers: { date, ...headers }, text }: Answer): object {
  return { status, headers, text };
}

const REFUSED_TEXT =
  '{"jsonrpc":"2.0","id":null,"error":{"code":-31001,"message":"Unauthorized: the grant token is missing, malformed, ' +
  'unknown, expired, revoked or for another server."}}';

const REFUSED = {
  status: 401,
  headers: {
    "cache-control": "no-store",
    connection: "close",
    "content-length": String(REFUSED_TEXT.length),
    "content-type": "application/json",
    "www-authenticate": 'Bearer realm="grantgate", error="invalid_token"',
  },
  text: REFUSED_TEXT,
};

/** Opens no stream: whoever got in would wait for its end. */
const streamless: Handler = only("GET", (_req, res) => void res.writeHead(405).end(), minimalServer().handle);

async function expectRefused(proof: readonly string[], url = alice.url): Promise<void> {
  const session = await openSession(alice);
  upstream.clear();
  upstream.answer(streamless);
  const answers = await Promise.all(
    requests(session).map(({ headers, ...raw }) => send(url, { ...raw, headers: [...proof, ...headers] })),
  );
  expect(answers.map(said)).toEqual(answers.map(() => REFUSED));
  expect(upstream.requests).toEqual([]);
}

/** As the wire has them: header values are bytes. */
const utf8 = (text: string) => Buffer.from(text).toString("latin1");

const FORMS: Readonly<Record<string, (token: string) => readonly string[]>> = {
  "no header": () => [],
  "an empty header": () => ["Authorization", ""],
  "a scheme and nothing else": () => ["Authorization", "Bearer"],
  "the token without a scheme": (token) => ["Authorization", token],
  "a colon behind the scheme": (token) => ["Authorization", `Bearer: ${token}`],
  "an equals sign behind the scheme": (token) => ["Authorization", `Bearer=${token}`],
  "a comma behind the scheme": (token) => ["Authorization", `Bearer,${token}`],
  "a tab behind the scheme": (token) => ["Authorization", `Bearer\t${token}`],
  "a tab before the token": (token) => ["Authorization", `Bearer \t${token}`],
  "nothing behind the scheme": (token) => ["Authorization", `Bearer${token}`],
  "the scheme twice": (token) => ["Authorization", `Bearer Bearer ${token}`],
  "the scheme Token": (token) => ["Authorization", `Token ${token}`],
  "the scheme Basic": (token) => ["Authorization", `Basic ${token}`],
  "the scheme Basic as browsers write it": (token) => ["Authorization", `Basic ${btoa(`:${token}`)}`],
  "the token in base64": (token) => ["Authorization", `Bearer ${btoa(token)}`],
  "the token in percent signs": (token) => ["Authorization", `Bearer ${token.replace("_", "%5F")}`],
  "double quotes": (token) => ["Authorization", `Bearer "${token}"`],
  "single quotes": (token) => ["Authorization", `Bearer '${token}'`],
  "angle brackets": (token) => ["Authorization", `Bearer <${token}>`],
  "a name before the token": (token) => ["Authorization", `Bearer token=${token}`],
  "a semicolon behind it": (token) => ["Authorization", `Bearer ${token};`],
  "another word behind it": (token) => ["Authorization", `Bearer ${token} x`],
  "a blank within it": (token) => ["Authorization", `Bearer ${token.slice(0, 9)} ${token.slice(9)}`],
  "a blank that is none": (token) => ["Authorization", `Bearer ${token}\u00a0`],
  "an invisible letter behind it": (token) => ["Authorization", utf8(`Bearer ${token}\u200b`)],
  "a letter of full width": (token) => ["Authorization", utf8(`Bearer ${token.replace("g", "\uff47")}`)],
  "a letter of another script": (token) => ["Authorization", utf8(`Bearer ${token.replace("t_", "\u0442_")}`)],
  "it twice in one header": (token) => ["Authorization", `Bearer ${token}, Bearer ${token}`],
  "it twice on two lines": (token) => ["Authorization", `Bearer ${token}`, "Authorization", `Bearer ${token}`],
  "it behind another": (token) => ["Authorization", `Bearer ${fresh()}`, "Authorization", `Bearer ${token}`],
  "it before another": (token) => ["Authorization", `Bearer ${token}`, "Authorization", `Bearer ${fresh()}`],
  "it behind a password": (token) => ["Authorization", "Basic Zm9vOmJhcg==", "Authorization", `Bearer ${token}`],
  "a header of another name": (token) => ["X-Authorization", `Bearer ${token}`, "X-Api-Key", token],
  "a header for proxies": (token) => ["Proxy-Authorization", `Bearer ${token}`],
  "a header that proxies add": (token) => ["X-Forwarded-Authorization", `Bearer ${token}`],
  "a cookie": (token) => ["Cookie", `authorization=Bearer ${token}; token=${token}; access_token=${token}`],
  "small letters": (token) => ["Authorization", `Bearer ${token.toLowerCase()}`],
  capitals: (token) => ["Authorization", `Bearer ${token.toUpperCase()}`],
  "another prefix": (token) => ["Authorization", `Bearer ${token.replace("ggt_", "ggo_")}`],
  "no prefix": (token) => ["Authorization", `Bearer ${token.slice(4)}`],
  "a hyphen in the prefix": (token) => ["Authorization", `Bearer ${token.replace("_", "-")}`],
  "another checksum": (token) => ["Authorization", `Bearer ${other(token, token.length - 1)}`],
  "another body under its checksum": (token) => ["Authorization", `Bearer ${other(token, 20)}`],
  "no last character": (token) => ["Authorization", `Bearer ${token.slice(0, -1)}`],
  "no checksum": (token) => ["Authorization", `Bearer ${token.slice(0, -6)}`],
  "one character more": (token) => ["Authorization", `Bearer ${token}0`],
  "it twice in a row": (token) => ["Authorization", `Bearer ${token}${token}`],
  "a token of another gateway": () => ["Authorization", `Bearer ${fresh()}`],
  "an operator's token of another gateway": () => [
    "Authorization",
    `Bearer ${mintToken(crypto.getRandomValues(new Uint8Array(32)), OPERATOR_TOKEN)}`,
  ],
  "the operator's password": () => ["Authorization", `Bearer ${ADMIN_TOKEN}`],
  "what the gateway keeps of it": (token) => [
    "Authorization",
    `Bearer ${createHash("sha256").update(token).digest("hex")}`,
  ],
  "the grant's id": () => ["Authorization", `Bearer ${alice.id}`],
  "ten thousand characters": (token) => ["Authorization", `Bearer ${token}${"A".repeat(10_000)}`],
  "ten thousand blanks within it": (token) => [
    "Authorization",
    `Bearer ${token.slice(0, 9)}${" ".repeat(10_000)}${token.slice(9)}`,
  ],
};

function fresh(): string {
  return mintToken(crypto.getRandomValues(new Uint8Array(32)));
}

/** The text with another character of the same alphabet at this place. */
function other(text: string, at: number): string {
  return text.slice(0, at) + (text[at] === "0" ? "1" : "0") + text.slice(at + 1);
}

describe("a good token in a bad form gets the one refusal, to the last byte:", () => {
  it.each(Object.entries(FORMS))("%s", async (_form, proof) => {
    await expectRefused(proof(alice.token));
  });

  it("a token in the body, in the URL and in the path", async () => {
    const { token } = alice;
    const params = {
      name: "echo",
      token,
      authorization: `Bearer ${token}`,
      _meta: { authorization: `Bearer ${token}` },
    };
    const headers = withHeader(headersFor("legacy", alice, LIST), "Authorization", null);
    const body = textOf("legacy", { method: "tools/call", params });
    for (const query of ["", `?token=${token}`, `?access_token=${token}&authorization=Bearer%20${token}`]) {
      expect(said(await send(alice.url + query, { headers, body }))).toEqual(REFUSED);
    }
    expect((await send(`${alice.url}/${token}`, { headers, body })).status).toBe(404);
    expect(upstream.requests).toEqual([]);
  });

  it.each(["Bearer  ", "Bearer          ", "bearer ", "BEARER "])("but not after %j", async (scheme) => {
    const headers = withHeader(headersFor("legacy", alice, LIST), "Authorization", `${scheme}${alice.token} \t `);
    expect((await send(alice.url, { headers, body: textOf("legacy", LIST) })).status).toBe(200);
    expect(upstream.requests).toHaveLength(1);
  });
});

describe("a token that no longer counts gets the very same refusal:", () => {
  const bearer = ({ token }: Grant) => ["Authorization", `Bearer ${token}`];

  it("of another server", async () => {
    await expectRefused(bearer(carol));
    await expectRefused(bearer(alice), carol.url);
    await expectRefused(bearer(alice), `${gateway.url}/mcp/nowhere`);
  });

  it.each(["revoke", "suspend"])("of a grant after %s, though it was in use", async (deed) => {
    const gone = await gateway.grant("files", "open");
    expect((await send(gone.url, speak("modern", gone, call("echo")))).status).toBe(200);
    await gateway.admin("POST", `/grants/${gone.id}/${deed}`);
    await expectRefused(bearer(gone));
  });

  it("of before a rotation, though the new one is in use and the session goes on with it", async () => {
    const before = await gateway.grant("files", "open");
    const session = await openSession(before);
    const { body } = await gateway.admin("POST", `/grants/${before.id}/rotate`, { overlapSeconds: 0 });
    const after = { ...before, ...(body as Grant) };
    await expectRefused(bearer(before));
    const { headers, body: list = "" } = speak("legacy", after, LIST);
    expect((await send(after.url, { headers: [...headers, ...session], body: list })).status).toBe(200);
  });

  it("an operator's own", async () => {
    const { status, body } = await gateway.admin("POST", "/operators", { name: "eve", role: "admin" });
    expect(status).toBe(201);
    await expectRefused(["Authorization", `Bearer ${(body as { token: string }).token}`]);
  });

  it("and is still good for nothing when a good one was refused in between", async () => {
    const [good, bad] = [bearer(alice), ["Authorization", `Bearer ${other(alice.token, 20)}`]];
    const body = textOf("legacy", LIST);
    const headers = withHeader(headersFor("legacy", alice, LIST), "Authorization", null);
    const statuses: number[] = [];
    for (const proof of [good, bad, good, bad]) {
      statuses.push((await send(alice.url, { headers: [...proof, ...headers], body })).status);
    }
    expect(statuses).toEqual([200, 401, 200, 401]);
  });
});

/** A session that the gateway would have given under one of its keys. */
function sealed(key: string, { id }: Grant, server = "files"): Promise<string> {
  return sealSession(ringOf(key), { grant: id, server }, "session-1");
}

const SESSIONS: Readonly<Record<string, () => Promise<readonly string[]>>> = {
  nothing: async () => [""],
  "a number": async () => ["1"],
  "its own without its last character": async () => [(await sealed(ROOT_KEY, alice)).slice(0, -1)],
  "half of its own": async () => {
    const own = await sealed(ROOT_KEY, alice);
    return [own.slice(0, own.length / 2)];
  },
  "its own under another key's name": async () => [other(await sealed(ROOT_KEY, alice), 0)],
  "the server's own id": async () => ["session-1"],
  "random bytes under the key's name": async () => {
    const [key] = (await sealed(ROOT_KEY, alice)).split(".");
    return [`${key}.${Buffer.from(crypto.getRandomValues(new Uint8Array(40))).toString("base64url")}`];
  },
  "nothing but the key's name": async () => [`${(await sealed(ROOT_KEY, alice)).split(".")[0]}.`],
  "one of a root key that is gone": async () => [await sealed(GONE_KEY, alice)],
  "one of a root key that is gone, under the present one's name": async () => {
    const [[key], [, gone]] = [(await sealed(ROOT_KEY, alice)).split("."), (await sealed(GONE_KEY, alice)).split(".")];
    return [`${key}.${gone}`];
  },
  "another grant's": async () => [await sealed(ROOT_KEY, bob)],
  "its own of another server": async () => [await sealed(ROOT_KEY, alice, "mail")],
  "one whose grant and server are divided otherwise": async () => {
    return [await seal(ringOf(ROOT_KEY), "mcp-session", `files\0${alice.id}\0`, "session-1")];
  },
  "a text sealed for another purpose": async () => {
    return [await seal(ringOf(ROOT_KEY), "credential", `files\0${alice.id}`, "session-1")];
  },
  "its own in quotes": async () => [`"${await sealed(ROOT_KEY, alice)}"`],
  "its own with a comma": async () => [`${await sealed(ROOT_KEY, alice)},`],
  "its own in the other base64": async () => [`${await sealed(ROOT_KEY, alice)}==`],
  "its own with a character in the middle changed": async () => [other(await sealed(ROOT_KEY, alice), 40)],
  "its own twice": async () => {
    const own = await sealed(ROOT_KEY, alice);
    return [own, own];
  },
  "its own before another's": async () => [await sealed(ROOT_KEY, alice), await sealed(ROOT_KEY, bob)],
  "its own behind another's": async () => [await sealed(ROOT_KEY, bob), await sealed(ROOT_KEY, alice)],
  "ten thousand characters": async () => [`${await sealed(ROOT_KEY, alice)}${"A".repeat(10_000)}`],
};

const gone = (id: unknown) => ({
  jsonrpc: "2.0",
  id,
  error: { code: -32001, message: "Session not found; start over with initialize." },
});

/** What can be said in a session, and the id that its refusal names. */
function within(grant: Grant, session: readonly string[]): readonly (readonly [Raw, id: unknown])[] {
  const headers = [...headersFor("legacy", grant, LIST), ...session];
  return [
    [{ headers, body: textOf("legacy", call("echo")) }, ID],
    [{ headers, body: textOf("legacy", { ...LIST, id: "mine" }) }, "mine"],
    [{ headers, body: '{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":7}}' }, null],
    [{ headers, body: '{"jsonrpc":"2.0","id":1,"result":{}}' }, null],
    [{ verb: "GET", headers }, null],
    [{ verb: "DELETE", headers }, null],
  ];
}

describe("a session that a client has made up is not found, and nothing goes on:", () => {
  it.each(Object.entries(SESSIONS))("%s", async (_name, make) => {
    const session = (await make()).flatMap((id) => ["Mcp-Session-Id", id]);
    for (const [raw, id] of within(alice, session)) {
      const { status, json } = await send(alice.url, raw);
      expect({ status, json }).toEqual({ status: 404, json: gone(id) });
    }
    expect(upstream.requests).toEqual([]);
  });

  it.each([
    ["present", ROOT_KEY],
    ["previous", PREVIOUS_KEY],
  ])("but not one that was sealed for it by the %s key", async (_which, key) => {
    const session = ["Mcp-Session-Id", await sealed(key, alice)];
    const answers: number[] = [];
    for (const [raw] of within(alice, session)) {
      const { status, leave } = await open(alice.url, raw);
      answers.push(status);
      leave();
    }
    expect(answers).toEqual([200, 200, 202, 202, 200, 200]);
    expect(upstream.requests.map((req) => header(req, "mcp-session-id"))).toEqual(answers.map(() => "session-1"));
  });

  it("nor is one that was given for it found under another grant or on another server", async () => {
    const session = await openSession(alice);
    upstream.clear();
    for (const thief of [bob, carol]) {
      for (const [raw, id] of within(thief, session)) {
        const { status, json } = await send(thief.url, raw);
        expect({ status, json }).toEqual({ status: 404, json: gone(id) });
      }
    }
    expect(upstream.requests).toEqual([]);
  });

  it("nor does a token help whose grant is gone, whatever session it had", async () => {
    const dora = await gateway.grant("files", "open");
    const session = await openSession(dora);
    await gateway.revoke(dora.id);
    upstream.clear();
    for (const [raw] of within(dora, session)) expect(said(await send(dora.url, raw))).toEqual(REFUSED);
    for (const [raw, id] of within(bob, session)) {
      expect(await send(bob.url, raw)).toMatchObject({ status: 404, json: gone(id) });
    }
    expect(upstream.requests).toEqual([]);
  });
});

/** A server that asks the session of a call before it answers, and keeps the call open until that session answers. */
function asking(): Handler {
  const asked = new Map<string, ServerResponse>();
  const { handle } = minimalServer();
  return (req, res) => {
    const session = header(req, "mcp-session-id") ?? "";
    const message = messageOf(req);
    if (message.method === "tools/call") {
      openSse(res);
      res.write(event({ jsonrpc: "2.0", id: "q", method: "elicitation/create", params: { message: session } }));
      asked.set(session, res);
      return;
    }
    if (message.method !== undefined || req.method !== "POST") return handle(req, res);
    const { result } = JSON.parse(req.text) as { result: object };
    asked.get(session)?.end(event(answerTo({ id: ID }, textResult(JSON.stringify(result)))));
    res.writeHead(202).end();
  };
}

describe("what a server asks one session", () => {
  it("is answered by nobody else: not from another session, not from none, not under its name", async () => {
    upstream.answer(asking());
    const [hers, his] = [await openSession(alice), await openSession(bob)];
    const { headers, body = "" } = speak("legacy", alice, call("echo"));
    const stream = await open(alice.url, { headers: [...headers, ...hers], body });
    expect(await stream.next()).toContain('"elicitation/create"');
    upstream.clear();
    const answer = '{"jsonrpc":"2.0","id":"q","result":{"action":"bob"}}';
    const say = (grant: Grant, session: readonly string[], text: string) =>
      send(grant.url, { headers: [...headersFor("legacy", grant, LIST), ...session], body: text });

    expect(await say(bob, [], answer)).toMatchObject({ status: 400, json: { id: null, error: { code: -32600 } } });
    expect(await say(bob, hers, answer)).toMatchObject({ status: 404, json: gone(null) });
    expect(upstream.requests).toEqual([]);
    const cancelled = '{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":7}}';
    expect((await say(bob, his, answer)).status).toBe(202);
    expect((await say(bob, his, cancelled)).status).toBe(202);
    const [own] = new Set(upstream.requests.map((req) => header(req, "mcp-session-id")));
    expect(own).toMatch(/^session-\d+$/);

    expect((await say(alice, hers, answer.replace("bob", "alice"))).status).toBe(202);
    expect(header(upstream.requests.at(-1) ?? expect.fail("nothing came"), "mcp-session-id")).not.toBe(own);
    expect((await stream.rest()).join()).toContain('{\\"action\\":\\"alice\\"}');
  });
});

describe("an event id", () => {
  it("without a session of one's own resumes nothing", async () => {
    const hers = await openSession(alice);
    const resume = async (grant: Grant, more: readonly string[]) =>
      open(grant.url, { verb: "GET", headers: [...headersFor("legacy", grant, LIST), ...more] });
    const known = await resuming(alice, hers, "stream-1:7");
    upstream.clear();
    expect((await resume(bob, known)).status).toBe(404);
    expect(upstream.requests).toEqual([]);
    const bare = await resume(bob, known.slice(2));
    await upstream.waitFor(({ method }) => method === "GET");
    bare.leave();
    expect(upstream.requests.map((req) => header(req, "last-event-id"))).toEqual([undefined]);
    const own = await resume(alice, known);
    await upstream.waitFor(() => upstream.requests.length === 2);
    own.leave();
    expect(upstream.requests.map((req) => header(req, "last-event-id"))).toEqual([undefined, "stream-1:7"]);
  });
});
