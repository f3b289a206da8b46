/**
 * The gateway reads and writes every message anew, and must not change what it says on the way: no digit of a number, no
 * key, no id.
 */
import type { ServerResponse } from "node:http";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type Gateway, type Grant, startGateway } from "./gateway.ts";
import { send } from "./raw.ts";
import { call, ERAS, headersFor, ID, type Message, metaOf, speak } from "./speak.ts";
import { minimalServer } from "./upstreams/minimal.ts";
import { type Recorder, startRecorder } from "./upstreams/recorder.ts";
import { openSse } from "./upstreams/replies.ts";

const CALL = call("echo", { a: 1 });
const LIST: Message = { method: "tools/list" };

let upstream: Recorder;
let gateway: Gateway;
let grant: Grant;

beforeAll(async () => {
  [upstream, gateway] = await Promise.all([startRecorder(), startGateway()]);
  await gateway.putServer("upstream", { url: upstream.url });
  await gateway.putPolicy("upstream", "open", { version: "1", default: "allow" });
  grant = await gateway.grant("upstream", "open");
});

beforeEach(() => {
  upstream.answer(minimalServer().handle);
  upstream.clear();
});

afterAll(async () => {
  await gateway?.close();
  await upstream?.close();
});

describe.each(ERAS)("data of a %s client and its server", (era) => {
  const DATA =
    '{"a":42.0,"b":9007199254740993,"c":1e400,"d":-0,"e":1E+2,"f":0.1000,"g":123456789012345678901234567890,' +
    '"h":3.14159265358979323846,"i":-0.0,"j":1e-400,"k":[0.30000000000000004,-1],"__proto__":{"admin":true},' +
    '"constructor":{"prototype":1},"toJSON":"x","":null,"\\u0000":"\\ud800","Name":"N","name ":[[],{}]}';

  it("keep their digits and their keys on the way to the server", async () => {
    const params = `"name":"echo","arguments":${DATA}${metaOf(era)}`;
    const body = `{"jsonrpc":"2.0","id":${ID},"method":"tools/call","params":{${params}}}`;
    expect((await send(grant.url, { headers: headersFor(era, grant, CALL), body })).status).toBe(200);
    expect(upstream.requests.map(({ text }) => text)).toEqual([body]);
  });

  it.each<[string, (res: ServerResponse, json: string) => void]>([
    ["in JSON", (res, json) => void res.writeHead(200, { "Content-Type": "application/json" }).end(json)],
    [
      "in a stream",
      (res, json) => {
        openSse(res);
        res.end(`data: ${json}\n\n`);
      },
    ],
  ])("keep their digits and their keys on the way back, %s", async (_name, write) => {
    for (const method of ["tools/call", "tools/list"]) {
      const answer = `{"jsonrpc":"2.0","id":${ID},"result":{"tools":[],"structuredContent":${DATA}}}`;
      upstream.answer((_req, res) => write(res, answer));
      const { text } = await send(grant.url, speak(era, grant, method === "tools/call" ? CALL : LIST));
      expect(text).toContain(`"structuredContent":${DATA}`);
    }
  });

  it.each([
    "0",
    "-1",
    "9007199254740993",
    "-0",
    "123456789012345678901234567890",
    '"9007199254740993"',
    '"\\ud800"',
    '""',
  ])("keep the id %s", async (id) => {
    const params = `"name":"echo","arguments":{}${metaOf(era)}`;
    const body = `{"jsonrpc":"2.0","id":${id},"method":"tools/call","params":{${params}}}`;
    upstream.answer((req, res) => {
      const [given] = /(?<="id":)(?:-?\d+|"[^"]*")/.exec(req.text) ?? [];
      res.writeHead(200, { "Content-Type": "application/json" });
      res.end(`{"jsonrpc":"2.0","id":${given},"result":{"content":[]}}`);
    });
    const { text } = await send(grant.url, { headers: headersFor(era, grant, CALL), body });
    expect(text).toBe(`{"jsonrpc":"2.0","id":${id},"result":{"content":[]}}`);
  });
});
