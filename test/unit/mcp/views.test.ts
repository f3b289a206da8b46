import { describe, expect, it } from "vitest";
import { listening, offered, withoutTasks } from "../../../src/mcp/capabilities.ts";
import { filteredList, isToolList } from "../../../src/mcp/list.ts";
import { isHandshake, isOpenNotification, isOpenRequest, nameParam, type Surface } from "../../../src/mcp/methods.ts";

const ALL = ["tools", "resources", "prompts"] as const;
const TASKS = "io.modelcontextprotocol/tasks";
const CAPABILITIES = "io.modelcontextprotocol/clientCapabilities";

describe("a tools/list result", () => {
  const list = { tools: [{ name: "b" }, { name: "a", description: "x" }, { name: "c" }], nextCursor: "n" };

  it("loses what the policy hides and keeps its order and its cursor", () => {
    expect(filteredList(list, (tool) => tool !== "a")).toEqual({
      tools: [{ name: "b" }, { name: "c" }],
      nextCursor: "n",
    });
    expect(filteredList(list, () => false)).toEqual({ tools: [], nextCursor: "n" });
  });

  it("never says that others may have it too, and is not kept for long", () => {
    const cached = { ...list, ttlMs: 86_400_000, cacheScope: "public" };
    expect(filteredList(cached, () => true)).toMatchObject({ cacheScope: "private", ttlMs: 60_000 });
  });

  it.each(["Name", "NAME", "name\0", "name\0x", "na\0me"])("loses a tool that has a name under %j as well", (key) => {
    expect(
      filteredList(
        {
          tools: [
            { name: "a", [key]: "b" },
            { name: "c", namesake: "b", surname: "b" },
          ],
        },
        () => true,
      ),
    ).toEqual({
      tools: [{ name: "c", namesake: "b", surname: "b" }],
    });
  });

  it("loses what has no name to judge by", () => {
    expect(filteredList({ tools: [{ name: 7 }, null, "a", { title: "x" }] }, () => true).tools).toEqual([]);
  });

  it("is empty where the server gives no list", () => {
    expect(filteredList({ tools: { name: "a" } }, () => true)).toEqual({ tools: [] });
  });

  it.each([
    [{ ttlMs: 60_001 }, 60_000],
    [{ ttlMs: 60_000 }, 60_000],
    [{ ttlMs: 5 }, 5],
    [{ ttlMs: "5" }, 0],
    [{ cacheScope: "public" }, 0],
  ])("that says how long it keeps, %j, is kept privately for %d ms", (cached, ttlMs) => {
    expect(filteredList({ tools: [], ...cached }, () => true)).toEqual({ tools: [], cacheScope: "private", ttlMs });
  });

  it.each([
    ["by its list", { tools: [] }, "tools/list", true],
    ["whatever was asked", { tools: [] }, null, true],
    ["though a call was answered with it", { tools: [] }, "tools/call", true],
    ["not by content of that name", { tools: [], content: [] }, "tools/call", false],
    ["whatever else is in it", { tools: [], content: [] }, "tools/list", true],
    ["not without a list", { tools: {} }, "tools/list", false],
  ])("is told %s", (_, result, method, expected) => {
    expect(isToolList(result, method)).toBe(expected);
  });
});

describe("capabilities", () => {
  it("say nothing of tasks to either side", () => {
    const client = { capabilities: { tasks: {}, sampling: {}, extensions: { [TASKS]: {}, other: {} } } };
    expect(withoutTasks("legacy", "initialize", client)).toEqual({
      capabilities: { sampling: {}, extensions: { other: {} } },
    });
    const modern = { name: "a", _meta: { [CAPABILITIES]: { extensions: { [TASKS]: {} }, elicitation: {} } } };
    expect(withoutTasks("modern", "tools/call", modern)).toEqual({
      name: "a",
      _meta: { [CAPABILITIES]: { extensions: {}, elicitation: {} } },
    });
    expect(offered({ capabilities: { tools: {}, tasks: {} } }, ALL)).toEqual({ capabilities: { tools: {} } });
    expect(withoutTasks("legacy", "tools/call", { name: "a", task: { ttl: 1 } })).toEqual({ name: "a" });
  });

  it("say nothing of tasks in a request, whatever its params are", () => {
    expect(withoutTasks("legacy", "initialize", {})).toEqual({});
    expect(withoutTasks("legacy", "initialize", { capabilities: 7 })).toEqual({ capabilities: 7 });
    expect(withoutTasks("modern", "tools/call", { task: {}, _meta: 7 })).toEqual({ _meta: 7 });
    const kept = { capabilities: { tasks: {} }, _meta: { [CAPABILITIES]: { tasks: {} } } };
    expect(withoutTasks("legacy", "tools/call", kept)).toBe(kept);
    expect(withoutTasks("modern", "tools/call", kept)).toEqual({
      capabilities: { tasks: {} },
      _meta: { [CAPABILITIES]: {} },
    });
  });

  it("stay the very same where there is nothing to take out", () => {
    const client = { capabilities: { sampling: {}, extensions: { other: {} } } };
    expect(withoutTasks("legacy", "initialize", client)).toBe(client);
    const server = { capabilities: { tools: {} } };
    expect(offered(server, ALL)).toBe(server);
    const asked = { notifications: { toolsListChanged: true } };
    expect(listening(asked, ALL)).toBe(asked);
  });

  const SERVER = { tools: {}, resources: {}, prompts: {}, completions: {}, logging: {} };

  it.each<[readonly Surface[], readonly string[]]>([
    [ALL, ["tools", "resources", "prompts", "completions", "logging"]],
    [["tools"], ["tools", "logging"]],
    [["resources"], ["resources", "completions", "logging"]],
    [["prompts"], ["prompts", "completions", "logging"]],
    [[], ["logging"]],
  ])("offer only what the server's record opens: %j", (surface, kept) => {
    const result = offered({ capabilities: SERVER, serverInfo: {} }, surface);
    expect(result.serverInfo).toEqual({});
    expect(Object.keys(result.capabilities ?? {})).toEqual(kept);
  });

  it.each<[readonly Surface[], readonly string[]]>([
    [ALL, ["toolsListChanged", "promptsListChanged", "resourcesListChanged", "resourceSubscriptions", "other"]],
    [["tools"], ["toolsListChanged", "other"]],
    [["prompts"], ["promptsListChanged", "other"]],
    [["resources"], ["resourcesListChanged", "resourceSubscriptions", "other"]],
    [[], ["other"]],
  ])("listen only to what the server's record opens, and to no task: %j", (surface, kept) => {
    const notifications = {
      toolsListChanged: true,
      promptsListChanged: true,
      resourcesListChanged: true,
      resourceSubscriptions: ["a"],
      taskIds: ["t"],
      other: true,
    };
    const params = listening({ notifications }, surface);
    expect(Object.keys(params.notifications ?? {})).toEqual(kept);
  });
});

describe("methods", () => {
  const EACH: readonly Surface[][] = [["tools"], ["resources"], ["prompts"]];
  const OF_NONE = {
    legacy: ["initialize", "ping", "logging/setLevel"],
    modern: ["server/discover", "subscriptions/listen"],
  };
  const OF_TOOLS = ["tools/list", "tools/call"];
  const OF_RESOURCES = ["resources/list", "resources/templates/list", "resources/read"];
  const OF_LEGACY_RESOURCES = ["resources/subscribe", "resources/unsubscribe"];
  const OF_PROMPTS = ["prompts/list", "prompts/get"];

  it.each([
    ["legacy", "modern"],
    ["modern", "legacy"],
  ] as const)("of the protocol itself are open in their era alone: %s", (era, other) => {
    for (const method of OF_NONE[era]) {
      expect(isOpenRequest(era, method, []), method).toBe(true);
      expect(isOpenRequest(other, method, ALL), method).toBe(false);
    }
  });

  it.each([
    ["tools", OF_TOOLS],
    ["resources", OF_RESOURCES],
    ["prompts", OF_PROMPTS],
  ] as const)("of %s are open where those are, in both eras", (part, methods) => {
    for (const era of ["legacy", "modern"] as const) {
      for (const method of methods) {
        for (const surface of EACH) {
          expect(isOpenRequest(era, method, surface), `${method} ${surface}`).toBe(surface[0] === part);
        }
        expect(isOpenRequest(era, method, [])).toBe(false);
      }
    }
  });

  it("that subscribe to resources are open where those are, in the legacy era", () => {
    for (const method of OF_LEGACY_RESOURCES) {
      for (const surface of EACH) expect(isOpenRequest("legacy", method, surface)).toBe(surface[0] === "resources");
      expect(isOpenRequest("modern", method, ALL)).toBe(false);
    }
  });

  it("that complete are open where resources or prompts are", () => {
    for (const era of ["legacy", "modern"] as const) {
      const open = EACH.filter((surface) => isOpenRequest(era, "completion/complete", surface));
      expect(open).toEqual([["resources"], ["prompts"]]);
    }
  });

  it("that are not known pass in no era", () => {
    for (const method of ["tasks/list", "tasks/result", "TOOLS/CALL", "tools/call ", "constructor", "__proto__", ""]) {
      expect(isOpenRequest("legacy", method, ALL) || isOpenRequest("modern", method, ALL), method).toBe(false);
      expect(isOpenNotification("legacy", method) || isOpenNotification("modern", method), method).toBe(false);
    }
  });

  it("that only notify pass where they are known for their era", () => {
    const known = ["initialized", "cancelled", "progress", "roots/list_changed", "tasks/status"];
    const open = (era: "legacy" | "modern") => known.filter((name) => isOpenNotification(era, `notifications/${name}`));
    expect(open("legacy")).toEqual(["initialized", "cancelled", "progress", "roots/list_changed"]);
    expect(open("modern")).toEqual(["cancelled", "progress"]);
  });

  it("by which a client finds out what a server is are the first of each era", () => {
    const all = [...OF_NONE.legacy, ...OF_NONE.modern, ...OF_TOOLS, ...OF_RESOURCES, ...OF_PROMPTS];
    expect(all.filter(isHandshake)).toEqual(["initialize", "server/discover"]);
  });

  it("that name something have it mirrored in a header", () => {
    const all = [...OF_NONE.legacy, ...OF_NONE.modern, ...OF_TOOLS, ...OF_RESOURCES, ...OF_PROMPTS];
    expect(all.filter((method) => nameParam(method) === "name")).toEqual(["tools/call", "prompts/get"]);
    expect(all.filter((method) => nameParam(method) === "uri")).toEqual(["resources/read"]);
    expect(nameParam("tools/list")).toBeNull();
  });
});
