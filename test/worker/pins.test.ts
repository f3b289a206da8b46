/**
 * What pins cost and how they fail: a warm isolate asks nobody about a tool that stands as pinned, learns within seconds
 * what another one saw, and where the shelf can't be asked nothing is shown and nothing is called.
 */
import { applyD1Migrations, createExecutionContext, runInDurableObject, waitOnExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import type { Env } from "../../src/env.ts";
import { gate } from "../../src/gate/gate.ts";
import { definitionsIn } from "../../src/tools/pins/definition.ts";
import { ask, grantUnder, SECRET, server } from "./admin-given.ts";

const READ = { name: "read_file", description: "Reads", inputSchema: { type: "object" } };
const LIST = { method: "tools/list", params: {} };
const CALL = { method: "tools/call", params: { name: "read_file", arguments: {} } };
const [DAY, HOLD] = [86_400_000, { ...server, drift: "hold", secrets: { TOKEN: SECRET } }];

let servers = 0;
let slug: string;
let token: string;
let called = 0;
let tools: object[] = [];
let closed = 0;

beforeAll(() => applyD1Migrations(env.GRANTGATE_DB, env.TEST_MIGRATIONS));
beforeEach(async () => {
  slug = `pins-${++servers}`;
  ({ token } = await grantUnder(slug));
  await ask("PUT", `/servers/${slug}`, { body: HOLD });
  [called, closed, tools] = [0, 0, [READ]];
  vi.spyOn(console, "warn").mockImplementation(() => {});
  vi.spyOn(globalThis, "fetch").mockImplementation(async (_url, init) => {
    if (init?.method === "DELETE") {
      closed++;
      return new Response(null);
    }
    const { id, method } = JSON.parse(String(init?.body));
    if (method === "tools/call") called++;
    const result = method === "tools/list" ? { tools } : { content: [{ type: "text", text: "done" }] };
    return Response.json({ jsonrpc: "2.0", id, result }, { headers: { "mcp-session-id": "one" } });
  });
});
afterEach(() => vi.restoreAllMocks());

/** What the gate answers, with some of its parts replaced. */
async function answer(message: object, parts: Partial<Env> = {}): Promise<Record<string, unknown>> {
  const request = new Request(`https://gateway.example.com/mcp/${slug}`, {
    method: "POST",
    headers: {
      ...{ authorization: `Bearer ${token}`, "content-type": "application/json" },
      accept: "application/json, text/event-stream",
    },
    body: JSON.stringify({ jsonrpc: "2.0", id: 7, ...message }),
  });
  const context = createExecutionContext();
  const response = await gate(request, { ...env, ...parts }, context, slug);
  const body = await response.json<Record<string, unknown>>();
  await waitOnExecutionContext(context);
  return body;
}

/** Shelves whose every method is heard of before it is called. */
const shelves = (hear: (method: string) => void): Env["TOOL_SHELF"] =>
  new Proxy(env.TOOL_SHELF, {
    get: (target, name) => (id: string) =>
      name !== "getByName"
        ? Reflect.get(target, name).call(target, id)
        : new Proxy(target.getByName(id), {
            get: (stub, method) => (given: never, more: never) => {
              hear(String(method));
              return Reflect.apply(Reflect.get(stub, method), stub, [given, more]);
            },
          }),
  });

const dead = shelves(() => {
  throw new Error("nobody's business");
});

const denied = (rule: string) => ({ result: { isError: true, _meta: { "io.grantgate/decision": { rule } } } });

describe("a shelf that can't be asked", () => {
  it("has its list withheld, which says so, and the log says why", async () => {
    const errors = vi.spyOn(console, "error").mockImplementation(() => {});
    const body = await answer(LIST, { TOOL_SHELF: dead });
    expect(body).toMatchObject({ id: 7, error: { code: -31005 } });
    expect(JSON.stringify(body)).not.toMatch(/read_file|nobody/);
    expect(String(errors.mock.calls)).toContain("tools not looked at");
  });

  it("has its calls denied, known or not, and they reach nobody", async () => {
    vi.spyOn(console, "error").mockImplementation(() => {});
    expect(await answer(CALL, { TOOL_SHELF: dead })).toMatchObject(denied("(failed closed)"));
    await answer(LIST);
    expect(await answer(CALL, { TOOL_SHELF: dead })).toMatchObject(denied("(failed closed)"));
    expect(called).toBe(0);
  });

  it("leaves no session open at a server that the gateway began to list", async () => {
    vi.spyOn(console, "error").mockImplementation(() => {});
    const learnsNothing = shelves((method) => {
      if (method === "see") throw new Error("full");
    });
    expect(await answer(CALL, { TOOL_SHELF: learnsNothing })).toMatchObject(denied("(failed closed)"));
    expect([called, closed]).toEqual([0, 1]);
  });
});

describe("a list that is the one before but for its id", () => {
  it("is answered from memory, once the shelf has said that nothing else has changed", async () => {
    const asked: string[] = [];
    const TOOL_SHELF = shelves((method) => asked.push(method));
    const first = await answer(LIST, { TOOL_SHELF });
    expect(asked).toEqual(["see"]);
    expect(await answer({ ...LIST, id: "again" }, { TOOL_SHELF })).toEqual({ ...first, id: "again" });
    expect(asked).toEqual(["see", "revision"]);
  });

  it("goes the long way when the server lists one letter otherwise", async () => {
    const asked: string[] = [];
    const TOOL_SHELF = shelves((method) => asked.push(method));
    await answer(LIST, { TOOL_SHELF });
    tools = [{ ...READ, description: "Roads" }];
    expect(await answer(LIST, { TOOL_SHELF })).toMatchObject({ result: { tools: [] } });
    expect(asked).toEqual(["see", "see"]);
  });
});

describe("a call of a tool that stands as pinned", () => {
  it("asks the shelf once, and then not for some seconds", async () => {
    await answer(LIST);
    const heard: string[] = [];
    const parts = { TOOL_SHELF: shelves((method) => heard.push(method)) };
    for (let time = 0; time < 3; time++)
      expect(await answer(CALL, parts)).not.toMatchObject({ result: { isError: true } });
    expect([heard, called]).toEqual([["stand"], 3]);
  });

  it("is denied five seconds after another isolate saw the tool change", async () => {
    await answer(LIST);
    expect(await answer(CALL)).not.toMatchObject({ result: { isError: true } });
    const definitions = await definitionsIn({ tools: [{ ...READ, description: "Other" }] });
    const { url: origin } = server;
    await env.TOOL_SHELF.getByName(slug).see({ origin, drift: "hold", definitions, whole: true });
    const now = Date.now();
    vi.spyOn(Date, "now").mockReturnValue(now + 5_001);
    called = 0;
    expect(await answer(CALL)).toMatchObject(denied("(definition changed)"));
    expect(called).toBe(0);
  });
});

describe("a server that never lets its list be seen whole", () => {
  it("has first sights for a day, and what comes later is held", async () => {
    const shelf = env.TOOL_SHELF.getByName(slug);
    const origin = server.url;
    const sees = async (name: string) => {
      const definitions = await definitionsIn({ tools: [{ ...READ, name }] });
      return (await shelf.see({ origin, drift: "hold", definitions, whole: false })).drifted;
    };
    expect(await sees("first")).toEqual([]);
    expect(await sees("second")).toEqual([]);
    await runInDurableObject(shelf, (_, { storage: { sql } }) => {
      sql.exec("UPDATE listings SET first_at = first_at - ?", DAY);
    });
    expect(await sees("third")).toEqual(["third"]);
    expect(await sees("second")).toEqual([]);
    const definitions = await definitionsIn({ tools: [{ ...READ, name: "fourth" }] });
    expect(await shelf.compare({ origin, definitions })).toEqual(["fourth"]);
  });
});

describe("a whole list that may be the answer to another request", () => {
  it("says neither that the list is whole nor what is gone, but that a look is due", async () => {
    const shelf = env.TOOL_SHELF.getByName(slug);
    const see = async (names: string[], whole: boolean | "unsure") => {
      const definitions = await definitionsIn({ tools: names.map((name) => ({ name })) });
      return shelf.see({ origin: server.url, drift: "hold", definitions, whole });
    };
    expect(await see(["a"], "unsure")).toMatchObject({ open: true, completeAt: null });
    expect(await see(["b"], true)).toMatchObject({ open: false, drifted: [], news: [{ name: "a", state: "gone" }] });
    expect(await see(["a", "b"], "unsure")).toMatchObject({ open: false, drifted: [], news: [] });
    expect(await see(["a"], "unsure")).toMatchObject({ open: true, news: [] });
    expect(await see(["a", "c"], "unsure")).toMatchObject({ open: true, drifted: ["c"] });
  });
});
describe("a machine whose clock steps back", () => {
  it("does not make an isolate believe for so long what it heard of a tool: seconds count, not their sign", async () => {
    await answer(LIST);
    expect(await answer(CALL)).not.toMatchObject({ result: { isError: true } });
    const definitions = await definitionsIn({ tools: [{ ...READ, description: "Other" }] });
    await env.TOOL_SHELF.getByName(slug).see({ origin: server.url, drift: "hold", definitions, whole: true });
    const now = Date.now();
    // Ten seconds later, by a clock that was set back by an hour meanwhile.
    vi.spyOn(Date, "now").mockReturnValue(now - 3_600_000 + 10_000);
    called = 0;
    expect(await answer(CALL)).toMatchObject(denied("(definition changed)"));
    expect(called).toBe(0);
  });
});
