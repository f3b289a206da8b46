/**
 * Servers that show their callers what they were sent, credential and all. With it a client could go past the gateway, so
 * an answer that holds it is withheld, however it is written.
 */
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { ask, CALL, expectExplained, GREETING, LIST, messageIn } from "../gate/explained.ts";
import { type Gateway, type Grant, startGateway } from "../gate/gateway.ts";
import { open } from "../gate/raw.ts";
import { ERAS, headersFor, ID, withHeader } from "../gate/speak.ts";
import { type Authority, startAuthority } from "../gate/upstreams/authority.ts";
import { minimalServer } from "../gate/upstreams/minimal.ts";
import { type Handler, header, type Recorder, startRecorder } from "../gate/upstreams/recorder.ts";
import { answerTo, event, messageOf, openSse, sendJson, textResult } from "../gate/upstreams/replies.ts";

/** What encoders escape, each in its own way. */
const KEY = 'k3y/with+"odd"\\&<signs>=';
const TOKEN = "token-of-the-upstream";
const secret = (name: string) => `\${secret:${name}}`;

let upstream: Recorder;
let authority: Authority;
let gateway: Gateway;
let grant: Grant;

beforeAll(async () => {
  [upstream, authority, gateway] = await Promise.all([
    startRecorder(),
    startAuthority("granted-token"),
    startGateway(),
  ]);
  const headers = { Authorization: `Bearer ${secret("TOKEN")}`, "X-Api-Key": secret("KEY"), "X-Pin": secret("PIN") };
  await gateway.putServer("upstream", {
    url: upstream.url,
    credential: { headers },
    secrets: { TOKEN, KEY, PIN: "1234567" },
  });
  await gateway.putPolicy("upstream", "open", { version: "1", default: "allow" });
  grant = await gateway.grant("upstream", "open");
});

afterEach(async () => {
  upstream.answer(minimalServer().handle);
  for (const era of ERAS) {
    expect((await ask(era, CALL, grant)).json).toMatchObject({ id: ID, result: textResult('{"a":1}') });
  }
  upstream.clear();
});

afterAll(async () => {
  await gateway?.close();
  await Promise.all([upstream?.close(), authority?.close()]);
});

const HELD = { reason: /holds the gateway's credential and is withheld; an operator should know\./, status: 200 };

/** Answers with a text of this member for a result, written by hand. */
function saying(written: string): Handler {
  return (req, res) => {
    const honest = JSON.stringify(answerTo(messageOf(req), { ...textResult("@"), tools: [] }));
    res.writeHead(200, { "Content-Type": "application/json" }).end(honest.replace("@", () => written));
  };
}

const inJson = (text: string) => JSON.stringify(text).slice(1, -1);

describe("the credential of the gateway stays where it is when the server", () => {
  it.each<[string, string]>([
    ["shows a header", `authorization: Bearer ${TOKEN}`],
    ["shows it as JSON", inJson(KEY)],
    ["shows it as JSON in JSON", inJson(inJson(KEY))],
    ["escapes each slash", inJson(KEY).replaceAll("/", "\\/")],
    [
      "escapes what pages would read",
      inJson(KEY).replace(/[&<>]/g, (sign) => `\\u00${sign.charCodeAt(0).toString(16)}`),
    ],
    [
      "escapes all signs in capitals",
      KEY.replace(/\W/g, (sign) => `\\u00${sign.charCodeAt(0).toString(16).toUpperCase()}`),
    ],
  ])("%s", async (_name, written) => {
    upstream.answer(saying(written));
    await expectExplained(grant, upstream.url, HELD);
  });

  it("shows its headers in an error", async () => {
    upstream.answer((req, res) => {
      const error = { code: -32000, message: "odd request", data: { headers: req.rawHeaders } };
      sendJson(res, { jsonrpc: "2.0", id: messageOf(req).id, error });
    });
    await expectExplained(grant, upstream.url, HELD);
  });

  it("shows it in a stream, as the answer", async () => {
    upstream.answer((req, res) => {
      openSse(res);
      res.end(event(answerTo(messageOf(req), textResult(`you sent ${header(req, "authorization")}`))));
    });
    await expectExplained(grant, upstream.url, { ...HELD, streams: true });
  });

  it.each([
    ["in a comment", (credential: string) => `: sent ${credential}\n\n`],
    ["as the name of an event", (credential: string) => `event: ${credential}\ndata:\n\n`],
  ])("shows it in a stream, %s", async (_name, frame) => {
    upstream.answer((req, res) => {
      openSse(res);
      res.write(frame(`${header(req, "authorization")}`));
      res.end(event(answerTo(messageOf(req), textResult("honest"))));
    });
    for (const era of ERAS) {
      const answer = await ask(era, CALL, grant);
      expect(JSON.stringify(messageIn(answer))).toMatch(HELD.reason);
      expect(answer.text).not.toContain(TOKEN);
    }
  });

  it("shows it in a stream, before the answer", async () => {
    upstream.answer((req, res) => {
      openSse(res);
      const params = { level: "debug", data: req.rawHeaders };
      res.write(event({ jsonrpc: "2.0", method: "notifications/message", params }));
      res.end(event(answerTo(messageOf(req), textResult("honest"))));
    });
    await expectExplained(grant, upstream.url, { ...HELD, streams: true });
  });
});

it("a standing stream ends before what would show the credential", async () => {
  upstream.answer((_req, res) => {
    openSse(res);
    for (const data of ["honest", TOKEN, "behind it"]) {
      res.write(event({ jsonrpc: "2.0", method: "notifications/message", params: { level: "info", data } }));
    }
  });
  const headers = withHeader(headersFor("legacy", grant, LIST), "Accept", "text/event-stream");
  const stream = await open(grant.url, { verb: "GET", headers });
  const said = (await stream.rest()).join("");
  expect(said).toContain("honest");
  expect(said).not.toContain(TOKEN);
  expect(said).not.toContain("behind it");
});

it("a token that was granted to the gateway is such a credential", async () => {
  const client = { tokenUrl: authority.tokenUrl, clientId: secret("CLIENT"), clientSecret: secret("CLIENT_SECRET") };
  const secrets = { CLIENT: "gateway-of-ours", CLIENT_SECRET: "secret-of-the-client" };
  await gateway.putServer("granted", { url: upstream.url, credential: { oauth: client }, secrets });
  await gateway.putPolicy("granted", "open", { version: "1", default: "allow" });
  const other = await gateway.grant("granted", "open");
  upstream.answer((req, res) => sendJson(res, answerTo(messageOf(req), textResult(`${header(req, "authorization")}`))));
  for (const era of ERAS) {
    const answer = await ask(era, CALL, other);
    expect(upstream.requests.at(-1)?.rawHeaders).toContain(`Bearer ${authority.granted[0]}`);
    expect(answer.text).not.toContain("granted-token");
    expect(JSON.stringify(messageIn(answer))).toMatch(HELD.reason);
  }
  // Who it is, is no secret.
  upstream.answer(saying("gateway-of-ours"));
  expect(messageIn(await ask("modern", CALL, other))).toMatchObject({ result: textResult("gateway-of-ours") });
});

it("what is too short to be told from an answer is no credential that is looked for", async () => {
  upstream.answer(saying("1234567"));
  for (const era of ERAS) {
    const answer = await ask(era, CALL, grant);
    expect(messageIn(answer)).toMatchObject({ id: ID, result: textResult("1234567") });
    expect((await ask(era, GREETING[era], grant)).status).toBe(200);
  }
});
