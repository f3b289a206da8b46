/**
 * What an agent's host sees: the official clients of both eras through the gateway, against a server of both eras and
 * against the public reference server. What the policy allows is as it is without a gateway; what it does not is said so
 * that a model can read it.
 */
import { readFile } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { AUTO, type CallResult, type Connection, FIRST, LEGACY, type OfficialClient, PINNED } from "./clients.ts";
import { type Gateway, startGateway } from "./gateway.ts";
import { type Everything, startEverything } from "./upstreams/everything.ts";
import { type Fixture, startFixture } from "./upstreams/fixture.ts";
import { DAY, inOneWindow, MINUTE } from "./window.ts";
import { call, callModern, decisionOf, post, postModern } from "./wire.ts";

let fixture: Fixture;
let everything: Everything;
let gateway: Gateway;

const OPEN = { version: "1", default: "allow" };

const AGENT = {
  version: "1",
  default: "deny",
  hide: ["test_image_content"],
  tools: {
    test_simple_text: {},
    json_schema_2020_12_tool: {
      deny_if: [{ conditions: [{ path: "args.name", op: "eq", value: "root" }], on_deny: "Not for root." }],
    },
    test_error_handling: { action: "deny", reason: "It is known to fail." },
    test_multiple_content_types: { limits: [{ counter: "looks", window: "day", max: 2 }] },
  },
};

/** In the order in which the server lists them. */
const LISTED = ["test_simple_text", "test_multiple_content_types", "test_error_handling", "json_schema_2020_12_tool"];

beforeAll(async () => {
  [fixture, everything, gateway] = await Promise.all([startFixture(), startEverything(), startGateway()]);
  await gateway.putServer("both", { url: fixture.url, drift: "hold" });
  await gateway.putPolicy("both", "open", OPEN);
  await gateway.putPolicy("both", "agent", AGENT);
  await gateway.putServer("everything", { url: everything.url, drift: "hold" });
  await gateway.putPolicy("everything", "open", OPEN);
  await gateway.putPolicy("everything", "demo", JSON.parse(await readFile("policies/everything/demo.json", "utf8")));
});

afterAll(async () => {
  await gateway?.close();
  await Promise.all([fixture?.close(), everything?.close()]);
});

const textOf = ({ content }: CallResult) => content.map(({ text }) => text).join("\n");
const decided = (result: CallResult | undefined) => result?._meta?.["io.grantgate/decision"];

/** A client through the gateway, under a grant of its own. */
async function through(kind: OfficialClient, server: string, policy: string): Promise<Connection> {
  return kind.connect(await gateway.grant(server, policy));
}

async function policyVersion(server: string, name: string): Promise<unknown> {
  const { body } = await gateway.admin("GET", `/policies/${server}/${name}`);
  return Object(body).version;
}

describe.each([FIRST, LEGACY, AUTO, PINNED])("$name with a server of both eras", (kind) => {
  let direct: Connection;
  let open: Connection;
  let agent: Connection;

  beforeAll(async () => {
    [direct, open, agent] = await Promise.all([
      kind.connect({ url: fixture.url }),
      through(kind, "both", "open"),
      through(kind, "both", "agent"),
    ]);
  });

  afterAll(() => Promise.all([direct, open, agent].map((connection) => connection?.close())));

  it("agrees on the version of its era, and is told the same of the server", () => {
    const version = kind.era === "modern" ? "2026-07-28" : "2025-11-25";
    expect([direct.version, open.version]).toEqual([version, version]);
    expect(open.client.getServerVersion()).toEqual(direct.client.getServerVersion());
    expect(open.client.getServerCapabilities()).toEqual(direct.client.getServerCapabilities());
  });

  it("gets all tools as they are when the policy allows all", async () => {
    const [listed, own] = await Promise.all([open.client.listTools(), direct.client.listTools()]);
    expect(listed.tools).toEqual(own.tools);
  });

  it("gets of a default-deny policy what it lists, unchanged and in order", async () => {
    const [{ tools }, own] = await Promise.all([agent.client.listTools(), direct.client.listTools()]);
    expect(tools.map(({ name }) => name)).toEqual(LISTED);
    const definitions: readonly { name: string }[] = own.tools;
    expect(tools).toEqual(definitions.filter(({ name }) => LISTED.includes(name)));
  });

  it("gets the answer of an allowed tool as it would without a gateway", async () => {
    for (const [name, args] of [
      ["test_simple_text", {}],
      ["json_schema_2020_12_tool", { name: "ada", email: "ada@example.com" }],
    ] as const) {
      expect(await agent.call(name, args)).toEqual(await direct.call(name, args));
    }
  });

  it("gets a tool's own failure as it is", async () => {
    expect(await open.call("test_error_handling")).toEqual(await direct.call("test_error_handling"));
  });

  it("is told by which rule the arguments of a call are denied", async () => {
    const result = await agent.call("json_schema_2020_12_tool", { name: "root", email: "root@example.com" });
    expect(result).toMatchObject({ isError: true, content: [{ type: "text", text: "[POLICY DENIED] Not for root." }] });
    expect(decided(result)).toEqual({
      effect: "deny",
      rule: "/tools/json_schema_2020_12_tool/deny_if/0",
      policy: "agent",
      version: await policyVersion("both", "agent"),
      request: expect.stringMatching(/^[0-9A-HJKMNP-TV-Z]{26}$/),
    });
  });

  it("is told the reason of a tool that is listed and never allowed", async () => {
    const result = await agent.call("test_error_handling");
    expect(textOf(result)).toBe("[POLICY DENIED] It is known to fail.");
    expect(decided(result)).toMatchObject({ effect: "deny", rule: "/tools/test_error_handling/action" });
  });

  it("can't tell a hidden tool from one that does not exist", async () => {
    await expect(agent.call("test_image_content")).rejects.toMatchObject({
      code: -32602,
      message: expect.stringContaining("Unknown tool: test_image_content"),
    });
  });

  it("is denied what the policy does not list, whether it exists or not", async () => {
    for (const name of ["test_audio_content", "no_such_tool"]) {
      const result = await agent.call(name);
      expect(textOf(result)).toMatch(/^\[POLICY DENIED\] The policy does not list the tool "/);
      expect(decided(result)).toMatchObject({ effect: "deny", rule: "(default deny)" });
    }
  });

  it("may call a limited tool just as often as it may, and is told when it may again", async () => {
    const { results, at } = await inOneWindow(DAY, async () => {
      const limited = await through(kind, "both", "agent");
      const results: CallResult[] = [];
      for (let nth = 0; nth < 4; nth++) results.push(await limited.call("test_multiple_content_types"));
      await limited.close();
      return { results, at: Date.now() };
    });
    expect(results.map(({ isError }) => isError === true)).toEqual([false, false, true, true]);
    const midnight = (Math.floor(at / DAY) + 1) * DAY;
    for (const refused of results.slice(2)) {
      const decision = Object(decided(refused));
      expect(decision).toMatchObject({
        effect: "limit",
        rule: "/tools/test_multiple_content_types/limits/0",
        policy: "agent",
        counter: "looks",
        limit: 2,
        used: 2,
        resetAt: new Date(midnight).toISOString(),
      });
      expect(decision.retryAfterMs).toBeGreaterThanOrEqual(midnight - at);
      expect(textOf(refused)).toBe(
        `[POLICY DENIED] Limit reached: at most 2 per day for this grant, and 2 used. Try again in ` +
          `${Math.ceil(decision.retryAfterMs / 1000)} seconds, after ${decision.resetAt}.`,
      );
    }
  });

  it("hears of progress while a call runs", async () => {
    const steps: number[] = [];
    const result = await open.call("test_tool_with_progress", {}, (step) => steps.push(step));
    expect(steps).toEqual([0, 50, 100]);
    expect(textOf(result)).toBe("worked through three steps");
  });

  it("answers when the server asks its model or its user", async () => {
    if (kind.era === "legacy") {
      expect(textOf(await open.call("test_sampling", { prompt: "?" }))).toBe("LLM response: It is Paris.");
      expect(textOf(await open.call("test_elicitation", { message: "?" }))).toContain('"username":"ada"');
    } else {
      expect(textOf(await open.call("test_input_required_result_sampling"))).toContain("It is Paris.");
      expect(textOf(await open.call("test_input_required_result_elicitation"))).toBe("Hello, Ada!");
    }
  });

  it("gets resources and prompts as they are", async () => {
    const argument = { name: "arg1", value: "par" };
    for (const connection of [open, agent]) {
      const [client, own] = [connection.client, direct.client];
      expect(await client.listResources()).toEqual(await own.listResources());
      expect(await client.readResource({ uri: "test://static-text" })).toEqual(
        await own.readResource({ uri: "test://static-text" }),
      );
      expect(await client.listPrompts()).toEqual(await own.listPrompts());
      expect(await client.getPrompt({ name: "test_simple_prompt" })).toEqual(
        await own.getPrompt({ name: "test_simple_prompt" }),
      );
      const ref = { type: "ref/prompt" as const, name: "test_prompt_with_arguments" };
      expect(await client.complete({ ref, argument })).toEqual(await own.complete({ ref, argument }));
    }
  });
});

describe("on the wire of the modern era", () => {
  it("every result says that it is complete, and every one of the gateway's own who says so", async () => {
    const grant = await gateway.grant("both", "agent");
    const passed = await callModern(grant, "test_simple_text");
    expect(passed.result?.resultType).toBe("complete");
    for (const name of ["test_error_handling", "no_such_tool"]) {
      const { result } = await callModern(grant, name);
      expect(result?.resultType).toBe("complete");
      expect(result?._meta?.["io.modelcontextprotocol/serverInfo"]).toMatchObject({ name: "grantgate" });
    }
  });

  it("a filtered list is for this grant alone, and not for long", async () => {
    const grant = await gateway.grant("both", "agent");
    const { result } = (await (await postModern(grant, "tools/list")).json()) as { result: object };
    expect(result).toMatchObject({ resultType: "complete", cacheScope: "private", ttlMs: 60_000 });
  });

  it("a refused limit says in a header, too, when to come again", async () => {
    const { response, decision } = await inOneWindow(DAY, async () => {
      const grant = await gateway.grant("both", "agent");
      const params = { name: "test_multiple_content_types" };
      for (let nth = 0; nth < 2; nth++) await callModern(grant, params.name);
      const response = await postModern(grant, "tools/call", params);
      return { response, decision: Object(decisionOf(Object(await response.json()))) };
    });
    expect(response.status).toBe(200);
    expect(response.headers.get("retry-after")).toBe(String(Math.ceil(decision.retryAfterMs / 1000)));
  });
});

describe("on the wire of the legacy era", () => {
  it("a denial is a plain result, and a hidden tool a plain error", async () => {
    const grant = await gateway.grant("both", "agent");
    const denied = await call(grant, "test_error_handling");
    expect([denied.status, Object.keys(denied.result ?? {}).sort()]).toEqual([200, ["_meta", "content", "isError"]]);
    const hidden = await (await post(grant, "tools/call", { name: "test_image_content" })).json();
    expect(Object(hidden).error).toEqual({ code: -32602, message: "Unknown tool: test_image_content" });
  });
});

describe.each([FIRST, LEGACY, AUTO])("$name with the public reference server", (kind) => {
  let direct: Connection;
  let open: Connection;

  beforeAll(async () => {
    [direct, open] = await Promise.all([kind.connect({ url: everything.url }), through(kind, "everything", "open")]);
  });

  afterAll(() => Promise.all([direct, open].map((connection) => connection?.close())));

  it("lists and calls as it would without a gateway", async () => {
    expect((await open.client.listTools()).tools).toEqual((await direct.client.listTools()).tools);
    for (const [name, args] of [
      ["echo", { message: "hello" }],
      ["get-sum", { a: 2, b: 3 }],
      ["get-structured-content", { location: "Chicago" }],
      ["get-tiny-image", {}],
    ] as const) {
      expect(await open.call(name, args)).toEqual(await direct.call(name, args));
    }
  });

  it("hears of progress, and answers when it is asked", async () => {
    const steps: number[] = [];
    await open.call("trigger-long-running-operation", { duration: 0.03, steps: 3 }, (step) => steps.push(step));
    expect(steps).toEqual([1, 2, 3]);
    expect(textOf(await open.call("trigger-sampling-request", { prompt: "?" }))).toContain("It is Paris.");
    expect(textOf(await open.call("trigger-elicitation-request"))).toContain("- Name: Ada");
  });

  it("gets resources and prompts as they are", async () => {
    const { resources } = await direct.client.listResources();
    expect((await open.client.listResources()).resources).toEqual(resources);
    const uri = resources[0]?.uri ?? "";
    expect(await open.client.readResource({ uri })).toEqual(await direct.client.readResource({ uri }));
    const name = "simple-prompt";
    expect(await open.client.getPrompt({ name })).toEqual(await direct.client.getPrompt({ name }));
  });

  it("sees the demo policy do each thing that it is there to show", async () => {
    const { listed, told, sums, hidden } = await inOneWindow(MINUTE, async () => {
      const demo = await through(kind, "everything", "demo");
      const { tools } = await demo.client.listTools();
      const told = {
        allowed: await demo.call("echo", { message: "hello" }),
        secret: await demo.call("echo", { message: "my password is hunter2" }),
        byArguments: await demo.call("get-annotated-message", { messageType: "error" }),
        otherArguments: await demo.call("get-annotated-message", { messageType: "success" }),
        outOfBounds: await demo.call("get-resource-links", { count: 4 }),
        withinBounds: await demo.call("get-resource-links", { count: 3 }),
        never: await demo.call("trigger-long-running-operation", { duration: 60 }),
        unlisted: await demo.call("gzip-file-as-resource", {}),
      };
      const hidden = await demo.call("get-env").catch((error: unknown) => error);
      const sums: CallResult[] = [];
      for (let nth = 0; nth < 7; nth++) sums.push(await demo.call("get-sum", { a: nth, b: 1 }));
      await demo.close();
      return { listed: tools.map(({ name }) => name), told, sums, hidden };
    });
    expect(listed.sort()).toEqual([
      ...["echo", "get-annotated-message", "get-resource-links", "get-structured-content", "get-sum"],
      ...["get-tiny-image", "trigger-long-running-operation"],
    ]);
    const rules = Object.entries(told).map(([name, result]) => [name, Object(decided(result)).rule]);
    expect(Object.fromEntries(rules)).toEqual({
      allowed: undefined,
      secret: "/tools/echo/deny_if/0",
      byArguments: "/tools/get-annotated-message/deny_if/0",
      otherArguments: undefined,
      outOfBounds: "/tools/get-resource-links/require/0",
      withinBounds: undefined,
      never: "/tools/trigger-long-running-operation/action",
      unlisted: "(default deny)",
    });
    expect(textOf(told.allowed)).toBe("Echo: hello");
    expect(textOf(told.secret)).toMatch(/^\[POLICY DENIED\] This message speaks of a secret/);
    expect(hidden).toMatchObject({ code: -32602, message: expect.stringContaining("Unknown tool: get-env") });
    expect(sums.map(({ isError }) => isError === true)).toEqual([false, false, false, false, false, true, true]);
    expect(decided(sums[6])).toMatchObject({ effect: "limit", counter: "sums", limit: 5, used: 5 });
  });
});

describe("a client that finds out what the server speaks", () => {
  it("turns to the era that the server's record is pinned to", async () => {
    for (const [era, version] of [
      ["legacy", "2025-11-25"],
      ["modern", "2026-07-28"],
    ]) {
      await gateway.putServer(`only-${era}`, { url: fixture.url, era, drift: "hold" });
      await gateway.putPolicy(`only-${era}`, "open", OPEN);
      const connection = await through(AUTO, `only-${era}`, "open");
      expect(connection.version).toBe(version);
      expect(textOf(await connection.call("test_simple_text"))).not.toBe("");
      await connection.close();
    }
  });

  it("is told which versions there are when it speaks none of them", async () => {
    for (const kind of [FIRST, LEGACY]) {
      await expect(through(kind, "only-modern", "open")).rejects.toThrow("this server speaks 2026-07-28");
    }
    await expect(through(PINNED, "only-legacy", "open")).rejects.toThrow("this server speaks 2025-11-25");
    await expect(through(PINNED, "everything", "open")).rejects.toMatchObject({ code: "ERA_NEGOTIATION_FAILED" });
  });

  it.each([FIRST, LEGACY, AUTO, PINNED])("is told of a 401 when it has no token: $name", async (kind) => {
    const { url } = await gateway.grant("both", "open");
    const error: unknown = await kind.connect({ url }).catch((reason: unknown) => reason);
    expect(Object(error).data?.status ?? Object(error).code).toBe(401);
  });
});
