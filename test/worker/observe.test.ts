/** What is counted of decided messages, and what is logged when the gate fails closed. */
import { applyD1Migrations, createExecutionContext, waitOnExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import type { Env } from "../../src/env.ts";
import { gate } from "../../src/gate/gate.ts";
import { grantUnder } from "./admin-given.ts";

const TRACE = "0af7651916cd43dd8448eb211c80319c";
const ARGUMENT = "swordfish-in-an-argument";

let slugs = 0;
let points: AnalyticsEngineDataPoint[] = [];
let logged: unknown[] = [];

beforeAll(() => applyD1Migrations(env.GRANTGATE_DB, env.TEST_MIGRATIONS));
beforeEach(() => {
  points = [];
  logged = [];
  for (const level of ["warn", "error"] as const) {
    vi.spyOn(console, level).mockImplementation((...line) => void logged.push(...line));
  }
});
afterEach(() => vi.restoreAllMocks());

const dataset: AnalyticsEngineDataset = { writeDataPoint: (point = {}) => void points.push(point) };

type Given = { readonly slug: string; readonly grant: string; readonly token: string };

async function given(): Promise<Given> {
  const slug = `observed-${++slugs}`;
  const { id, token } = await grantUnder(slug);
  return { slug, grant: id, token };
}

async function ask({ slug, token }: Given, message: object, parts: Partial<Env> = {}): Promise<string> {
  const body = JSON.stringify({ jsonrpc: "2.0", id: 7, ...message });
  const request = new Request(`https://gateway.example.com/mcp/${slug}`, {
    method: "POST",
    headers: {
      authorization: `Bearer ${token}`,
      "content-type": "application/json",
      accept: "application/json, text/event-stream",
      traceparent: `00-${TRACE}-b7ad6b7169203331-01`,
    },
    body,
  });
  const context = createExecutionContext();
  const response = await gate(request, { ...env, GRANTGATE_METRICS: dataset, ...parts }, context, slug);
  const text = await response.text();
  await waitOnExecutionContext(context);
  return text;
}

const call = (name: string) => ({ method: "tools/call", params: { name, arguments: { note: ARGUMENT } } });

const EMPTY = { result: { content: [] } };

function bytesOf(message: object): number {
  return JSON.stringify({ jsonrpc: "2.0", ...message }).length;
}

function answering(response: () => Response): void {
  vi.spyOn(globalThis, "fetch").mockImplementation(async () => response());
}

function unreachable(): never {
  throw new TypeError("no route to host");
}

describe("a decided message is counted once", () => {
  it("when it was answered upstream", async () => {
    answering(() => Response.json({ jsonrpc: "2.0", id: 7, ...EMPTY }));
    const who = await given();
    await ask(who, call("read_file"));
    expect(points).toEqual([
      {
        indexes: [who.grant],
        blobs: [who.slug, "tools/call", "read_file", "legacy", "allow", "", "support", "2xx"],
        doubles: [1, expect.any(Number), bytesOf({ id: 7, ...call("read_file") }), bytesOf({ id: 7, ...EMPTY })],
      },
    ]);
    expect(points[0]?.doubles?.[1]).toBeGreaterThanOrEqual(0);
  });

  it.each<[string, () => Response, string]>([
    ["failed upstream", () => new Response("no", { status: 500 }), "5xx"],
    ["reached nobody", () => unreachable(), "none"],
  ])("when it %s", async (_, response, status) => {
    answering(response);
    const who = await given();
    await ask(who, call("read_file"));
    expect(points.map(({ blobs }) => blobs?.at(-1))).toEqual([status]);
  });

  it.each([
    ["denied", call("wipe"), ["wipe", "legacy", "deny", "(default deny)"]],
    ["refused", { method: "no/such" }, ["", "legacy", "refuse", ""]],
  ])("when it was %s, which nobody upstream was asked", async (_, message, blobs) => {
    const who = await given();
    const text = await ask(who, message);
    expect(points).toEqual([
      {
        indexes: [who.grant],
        blobs: [who.slug, message.method, ...blobs, "support", "not asked"],
        doubles: [1, expect.any(Number), expect.any(Number), text.length],
      },
    ]);
  });

  it("when the gate failed closed", async () => {
    const who = await given();
    await ask(who, call("read_file"), { ROOT_KEY: "short" });
    expect(points.map(({ blobs }) => blobs)).toEqual([
      [who.slug, "tools/call", "read_file", "legacy", "deny", "(failed closed)", "", "not asked"],
    ]);
  });
});

describe("nothing is counted", () => {
  it("of whoever has no grant here", async () => {
    const [who, other] = [await given(), await given()];
    await ask({ ...who, token: "ggt_made-up" }, call("read_file"));
    await ask({ ...who, token: other.token }, call("read_file"));
    expect(points).toEqual([]);
  });

  it("without a dataset, and calls are decided as ever", async () => {
    const { GRANTGATE_METRICS: _, ...bare } = { ...env, GRANTGATE_METRICS: undefined };
    const who = await given();
    const context = createExecutionContext();
    const request = new Request(`https://gateway.example.com/mcp/${who.slug}`, {
      method: "POST",
      headers: { authorization: `Bearer ${who.token}`, "content-type": "application/json", accept: "*/*" },
      body: JSON.stringify({ jsonrpc: "2.0", id: 7, ...call("wipe") }),
    });
    expect(await (await gate(request, bare, context, who.slug)).text()).toContain("[POLICY DENIED]");
  });

  it("by a dataset that fails, and the call does not", async () => {
    const broken: AnalyticsEngineDataset = {
      writeDataPoint: () => {
        throw new Error("full");
      },
    };
    expect(await ask(await given(), call("wipe"), { GRANTGATE_METRICS: broken })).toContain("[POLICY DENIED]");
  });
});

describe("a call that failed closed leaves one line", () => {
  const dead: Env["GRANT_LEDGER"] = new Proxy(env.GRANT_LEDGER, {
    get(target, name) {
      if (name !== "getByName") return Reflect.get(target, name).bind(target);
      const fail = () => Promise.reject(new Error("Durable Object is overloaded"));
      return () => ({ take: fail, view: fail, settle: fail });
    },
  });

  it.each<[string, Partial<Env>, object]>([
    [
      "that names the ledger",
      { GRANT_LEDGER: dead },
      { event: "ledger failed, call failed closed", step: "take", cause: "Durable Object is overloaded" },
    ],
    ["that names the secret to set", { ROOT_KEY: "short" }, { cause: expect.stringContaining("ROOT_KEY") }],
  ])("%s", async (_, parts, line) => {
    const who = await given();
    await ask(who, call("read_file"), parts);
    expect(logged.map((text) => JSON.parse(String(text)))).toEqual([
      expect.objectContaining({
        level: "error",
        event: expect.stringContaining("call failed closed"),
        request: expect.stringMatching(/^[0-9A-Z]{26}$/),
        trace: TRACE,
        server: who.slug,
        grant: who.grant,
        method: "tools/call",
        tool: "read_file",
        ...line,
      }),
    ]);
    for (const secret of [who.token, ARGUMENT, String(env.ROOT_KEY)]) expect(String(logged)).not.toContain(secret);
  });
});
