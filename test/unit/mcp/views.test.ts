import { describe, expect, it } from "vitest";
import { listening, offered, withoutTasks } from "../../../src/mcp/capabilities.ts";
import { filteredList } from "../../../src/mcp/list.ts";
import { isOpenNotification, isOpenRequest } from "../../../src/mcp/methods.ts";

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

  it("loses what has no name to judge by", () => {
    expect(filteredList({ tools: [{ name: 7 }, null, "a", { title: "x" }] }, () => true).tools).toEqual([]);
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

  it("offer only what the server's record opens", () => {
    const all = { capabilities: { tools: {}, resources: {}, prompts: {}, completions: {}, logging: {} } };
    expect(offered(all, ["tools"])).toEqual({ capabilities: { tools: {}, logging: {} } });
    expect(
      listening({ notifications: { toolsListChanged: true, resourceSubscriptions: ["a"], taskIds: ["t"] } }, ["tools"]),
    ).toEqual({ notifications: { toolsListChanged: true } });
  });
});

describe("methods", () => {
  it("pass only where they are known, for their era, and open", () => {
    expect(isOpenRequest("legacy", "initialize", ALL)).toBe(true);
    expect(isOpenRequest("modern", "initialize", ALL)).toBe(false);
    expect(isOpenRequest("modern", "server/discover", [])).toBe(true);
    expect(isOpenRequest("legacy", "resources/read", ["tools"])).toBe(false);
    expect(isOpenRequest("legacy", "completion/complete", ["prompts"])).toBe(true);
    for (const method of ["tasks/list", "tasks/result", "TOOLS/CALL", "tools/call ", "constructor", "__proto__"]) {
      expect(isOpenRequest("legacy", method, ALL) || isOpenRequest("modern", method, ALL), method).toBe(false);
    }
    expect(isOpenNotification("legacy", "notifications/unheard_of")).toBe(false);
  });
});
