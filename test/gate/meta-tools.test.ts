/**
 * A tool that runs other tools by name is no way around the policy: what it would run is decided as if it had been
 * called itself, and counted so. Limits reach over sessions and over all grants of a server.
 */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type Gateway, startGateway } from "./gateway.ts";
import { minimalServer } from "./upstreams/minimal.ts";
import { type Recorder, startRecorder } from "./upstreams/recorder.ts";
import { inOneWindow, MINUTE } from "./window.ts";
import { call, callModern, decisionOf, post } from "./wire.ts";

let gateway: Gateway;
let upstream: Recorder;

beforeAll(async () => {
  [gateway, upstream] = await Promise.all([startGateway(), startRecorder(minimalServer().handle)]);
  await gateway.putServer("fw", { url: upstream.url });
});
afterAll(() => Promise.all([gateway?.close(), upstream?.close()]));
beforeEach(() => upstream.clear());

const arrived = () => upstream.requests.filter(({ text }) => text.includes('"tools/call"')).length;

describe("a tool that runs other tools", () => {
  const policy = {
    version: "1",
    default: "deny",
    hide: ["wipe_disk"],
    tools: {
      run: { unwrap: { tool: "args.tool_name", arguments: "args.parameters" } },
      read_log: {},
      add_rule: {
        deny_if: [{ conditions: [{ path: "args.cidr", op: "eq", value: "0.0.0.0/0" }] }],
        limits: [{ counter: "rules", window: "day", max: 2 }],
      },
    },
  };
  const run = (tool_name: unknown, parameters?: unknown) => ({
    tool_name,
    ...(parameters !== undefined && { parameters }),
  });

  it.each([
    [
      "a tool that the policy denies by its arguments",
      run("add_rule", { cidr: "0.0.0.0/0" }),
      "/tools/add_rule/deny_if/0",
    ],
    ["a tool that the policy does not list", run("delete_user", {}), "(default deny)"],
    ["a hidden tool", run("wipe_disk", {}), "(hidden)"],
    ["no tool", {}, "/tools/run/unwrap"],
    ["a name that is no string", run(["read_log"]), "/tools/run/unwrap"],
    [
      "itself, on and on",
      run("run", run("run", run("run", run("run", run("run", run("read_log")))))),
      "/tools/run/unwrap",
    ],
    ["arguments that are no object", run("read_log", "x"), "/tools/run/unwrap"],
  ])("can't run %s", async (_, args, rule) => {
    await gateway.putPolicy("fw", "meta", policy);
    const grant = await gateway.grant("fw", "meta");
    for (const calls of [call, callModern]) {
      expect(decisionOf(await calls(grant, "run", args))).toMatchObject({ effect: "deny", rule });
    }
    expect(arrived()).toBe(0);
  });

  it("spends the limits of what it runs", async () => {
    await gateway.putPolicy("fw", "meta", policy);
    const grant = await gateway.grant("fw", "meta");
    const add = { cidr: "10.0.0.0/8" };
    expect((await call(grant, "run", run("add_rule", add))).result?.isError).toBeUndefined();
    expect((await call(grant, "add_rule", add)).result?.isError).toBeUndefined();
    expect(decisionOf(await call(grant, "run", run("add_rule", add)))).toMatchObject({
      effect: "limit",
      counter: "rules",
    });
    expect(decisionOf(await call(grant, "add_rule", add))).toMatchObject({ effect: "limit", used: 2 });
    expect(arrived()).toBe(2);
  });
});

describe("a limit that reaches further than one grant's window", () => {
  it("holds for all grants of a server together", async () => {
    await gateway.putPolicy("fw", "shared", {
      version: "1",
      default: "deny",
      tools: { add_rule: { limits: [{ counter: "all", window: "day", max: 30, scope: "server" }] } },
    });
    const grants = await Promise.all(Array.from({ length: 10 }, () => gateway.grant("fw", "shared")));
    await Promise.all(grants.flatMap((grant) => Array.from({ length: 10 }, () => call(grant, "add_rule", {}))));
    expect(arrived()).toBe(30);
  });

  it("takes from both scopes or from none", async () => {
    await gateway.putPolicy("fw", "both", {
      version: "1",
      default: "deny",
      tools: {
        add_rule: {
          limits: [
            { counter: "mine", window: "day", max: 5 },
            { counter: "ours", window: "day", max: 3, scope: "server" },
          ],
        },
        own: { limits: [{ counter: "mine", window: "day", max: 5 }] },
      },
    });
    const grant = await gateway.grant("fw", "both");
    const answers = await Promise.all(Array.from({ length: 8 }, () => call(grant, "add_rule", {})));
    expect(answers.filter(({ result }) => result?.isError !== true)).toHaveLength(3);
    const own = await Promise.all(Array.from({ length: 4 }, () => call(grant, "own", {})));
    expect(own.filter(({ result }) => result?.isError !== true)).toHaveLength(2);
  });

  it("counts each legacy session for itself, and a grant without sessions as one", async () => {
    await gateway.putPolicy("fw", "sessions", {
      version: "1",
      default: "deny",
      tools: { add_rule: { limits: [{ counter: "s", window: "day", max: 1, scope: "session" }] } },
    });
    const grant = await gateway.grant("fw", "sessions");
    const session = async () => {
      const greeting = { protocolVersion: "2025-11-25", capabilities: {}, clientInfo: { name: "t", version: "1" } };
      const answer = await post(grant, "initialize", greeting);
      await answer.text();
      return { "mcp-session-id": answer.headers.get("mcp-session-id") ?? "" };
    };
    const [one, two] = [await session(), await session()];
    const calls = async (headers: Record<string, string>) => {
      const answer = await post(grant, "tools/call", { name: "add_rule", arguments: {} }, headers);
      return (await answer.text()).includes('"isError":true');
    };
    expect([await calls(one), await calls(two), await calls(one), await calls(two)]).toEqual([
      false,
      false,
      true,
      true,
    ]);
    expect((await callModern(grant, "add_rule", {})).result?.isError).toBeUndefined();
    const refused = await callModern(grant, "add_rule", {});
    expect(refused.result?.content[0]?.text).toMatch(/at most 1 per day for this grant/);
  });

  it("rolls: what was used a moment ago counts, whatever the clock's minute", async () => {
    await gateway.putPolicy("fw", "rolling", {
      version: "1",
      default: "deny",
      tools: { add_rule: { limits: [{ counter: "r", window: "minute", max: 2, align: "rolling" }] } },
    });
    const grant = await gateway.grant("fw", "rolling");
    await inOneWindow(MINUTE, async () => {
      expect((await call(grant, "add_rule", {})).result?.isError).toBeUndefined();
      expect((await call(grant, "add_rule", {})).result?.isError).toBeUndefined();
      const refused = await call(grant, "add_rule", {});
      expect(decisionOf(refused)).toMatchObject({ effect: "limit", limit: 2, used: 2 });
      expect(refused.result?.content[0]?.text).toMatch(
        /^\[POLICY DENIED\] Limit reached: at most 2 (with)?in any minute/,
      );
    });
  });
});
