/**
 * `arguments: "strict"`: what a call may carry is what the server's own schema names. The gateway keeps the schemas it
 * saw listed, and lists by itself where it has seen none.
 */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type Gateway, startGateway } from "./gateway.ts";
import { ERAS, type Era } from "./speak.ts";
import { type MinimalServer, minimalServer } from "./upstreams/minimal.ts";
import { type Recorder, startRecorder } from "./upstreams/recorder.ts";
import { type CallAnswer, call, callModern, post, postModern } from "./wire.ts";

const SCHEMA = { type: "object", properties: { text: { type: "string" } }, required: ["text"] };
const POLICY = {
  version: "1",
  default: "deny",
  tools: { echo: { arguments: "strict" }, ghost: { arguments: "strict" } },
};

let gateway: Gateway;
let upstream: Recorder;
let server: MinimalServer;
let servers = 0;

beforeAll(async () => {
  server = minimalServer();
  [gateway, upstream] = await Promise.all([startGateway(), startRecorder(server.handle)]);
});
afterAll(() => Promise.all([gateway?.close(), upstream?.close()]));
beforeEach(() => {
  server.tools = [{ name: "echo", inputSchema: SCHEMA }];
  upstream.clear();
});

describe.each(ERAS)("a call of the %s era with strict arguments", (era) => {
  it("is let through when the schema names all it carries, though nobody has listed yet", async () => {
    const calls = await caller(era);
    expect((await calls("echo", { text: "hi" })).isError).toBeUndefined();
    expect(seen("tools/list")).toBe(1);
    expect(seen("tools/call")).toBe(1);
  });

  it.each([
    ["a property that the schema does not name", { text: "hi", force: true }],
    ["a value of another type", { text: 7 }],
    ["less than is required", {}],
  ])("is denied with %s, and told so", async (_, args) => {
    const calls = await caller(era);
    const result = await calls("echo", args);
    expect(result).toMatchObject({ isError: true });
    expect(result._meta?.["io.grantgate/decision"]).toMatchObject({ effect: "deny", rule: "/tools/echo/arguments" });
    expect(seen("tools/call")).toBe(0);
  });

  it("is denied for a tool that the server does not list, and the server is not asked again and again", async () => {
    const calls = await caller(era);
    for (let time = 0; time < 3; time++) {
      expect((await calls("ghost", {}))._meta?.["io.grantgate/decision"]).toMatchObject({
        rule: "/tools/ghost/arguments",
      });
    }
    expect(seen("tools/list")).toBe(1);
    expect(seen("tools/call")).toBe(0);
  });

  it("is held to the list that came last, for all grants", async () => {
    const slug = await register();
    const [first, second] = [await caller(era, slug), await caller(era, slug)];
    expect((await first("echo", { text: "hi" })).isError).toBeUndefined();
    server.tools = [{ name: "echo", inputSchema: { type: "object", properties: { other: { type: "string" } } } }];
    await second.list();
    await expect.poll(async () => (await first("echo", { text: "hi" })).isError).toBe(true);
    expect((await first("echo", { other: "hi" })).isError).toBeUndefined();
  });
});

it("is let through though another grant has just called in an era that the server does not speak", async () => {
  const slug = await register();
  const [legacy, modern] = [await caller("legacy", slug), await caller("modern", slug)];
  upstream.answer((req, res) => {
    if (req.text.includes("2026-07-28")) server.handle(req, res);
    else res.writeHead(400).end();
  });
  expect((await legacy("echo", { text: "hi" })).isError).toBe(true);
  expect((await modern("echo", { text: "hi" })).isError).toBeUndefined();
  upstream.answer(server.handle);
});

it("asks the server for nothing by the call of a grant that was revoked", async () => {
  const slug = await register();
  const grant = await gateway.grant(slug, "p");
  await (await post(grant, "ping")).text();
  await gateway.revoke(grant.id);
  upstream.clear();
  const refused = await post(grant, "tools/call", { name: "echo", arguments: { text: "hi" } });
  expect(refused.status).toBe(401);
  expect(upstream.requests).toEqual([]);
});

it("is denied when the server can't be listed", async () => {
  const slug = `s${++servers}`;
  const down = await startRecorder();
  await down.close();
  await gateway.putServer(slug, { url: down.url });
  await gateway.putPolicy(slug, "p", POLICY);
  const calls = await caller("legacy", slug);
  expect((await calls("echo", { text: "hi" }))._meta?.["io.grantgate/decision"]).toMatchObject({ effect: "deny" });
});

type Caller = ((tool: string, args: Record<string, unknown>) => Promise<Result>) & { list(): Promise<void> };
type Result = NonNullable<CallAnswer["result"]>;

async function register(): Promise<string> {
  const slug = `s${++servers}`;
  await gateway.putServer(slug, { url: upstream.url });
  await gateway.putPolicy(slug, "p", POLICY);
  return slug;
}

async function caller(era: Era, slug?: string): Promise<Caller> {
  const grant = await gateway.grant(slug ?? (await register()), "p");
  const calls = era === "modern" ? callModern : call;
  const posts = era === "modern" ? postModern : post;
  const made = async (tool: string, args: Record<string, unknown>) => {
    const { result } = await calls(grant, tool, args);
    if (result === undefined) throw new Error("the call brought no result");
    return result;
  };
  return Object.assign(made, { list: async () => void (await (await posts(grant, "tools/list")).text()) });
}

function seen(method: string): number {
  return upstream.requests.filter((request) => (request.json as { method?: string } | undefined)?.method === method)
    .length;
}
