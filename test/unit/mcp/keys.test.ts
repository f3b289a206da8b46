import { describe, expect, it, test } from "vitest";
import { disguisedKey, disguisedWithin, takenForTools } from "../../../src/mcp/keys.ts";

const KNOWN = [
  ...["jsonrpc", "id", "method", "params", "result", "error"],
  ...["name", "uri", "arguments", "_meta", "requestState", "inputResponses", "task", "taskId", "ref", "argument"],
  ...["cursor", "protocolVersion", "capabilities", "clientInfo", "progressToken", "requestId", "notifications"],
  ...["tasks", "taskIds", "extensions", "toolsListChanged", "promptsListChanged", "resourcesListChanged"],
  ...["resourceSubscriptions", "io.modelcontextprotocol/tasks", "io.modelcontextprotocol/protocolVersion"],
  ...["io.modelcontextprotocol/clientCapabilities", "io.modelcontextprotocol/clientInfo"],
  ...["io.modelcontextprotocol/logLevel"],
];

describe("a key that MCP knows", () => {
  test.each(KNOWN)("is itself, and recognised in another case, with a NUL, and up to one: %s", (key) => {
    expect(disguisedKey({ [key]: 1 })).toBeNull();
    const first = key.search(/[a-z]/i);
    const disguises = [
      key.toUpperCase(),
      `${key.slice(0, first)}\0${key.slice(first)}`,
      `${key}\0more`,
      ...(key.includes("s") ? [key.replaceAll("s", "\u017f")] : []),
      ...(key.includes("k") ? [key.replaceAll("k", "\u212a")] : []),
    ];
    for (const disguise of disguises) {
      expect(disguisedKey({ other: 1, [disguise]: 1 })).toBe(
        `the key ${JSON.stringify(disguise)} could be read as ${JSON.stringify(key)}.`,
      );
    }
  });

  it("is not recognised in part, nor by what it begins with", () => {
    expect(disguisedKey({ NAM: 1, NAMES: 1, "": 1, "\0": 1, x: 1 })).toBeNull();
  });
});

describe("a key in disguise", () => {
  test.each([
    ["_meta"],
    ["capabilities"],
    ["extensions"],
    ["notifications"],
    ["ref"],
    ["argument"],
    ["io.modelcontextprotocol/clientCapabilities"],
  ])("is found in what params are made of, at any depth: %s", (part) => {
    expect(disguisedWithin({ [part]: { NAME: 1 } })).toMatch(/"NAME" could be read as "name"/);
    expect(disguisedWithin({ _meta: { [part]: { NAME: 1 } } })).toMatch(/"NAME" could be read as "name"/);
    expect(disguisedWithin({ [part]: { name: 1 } })).toBeNull();
    expect(disguisedWithin({ [part]: "NAME" })).toBeNull();
  });

  it("is named where it stands first, of several", () => {
    expect(disguisedWithin({ URI: 1, _meta: { NAME: 1 } })).toMatch(/"URI"/);
    expect(disguisedWithin({ _meta: { NAME: 1 }, ref: { URI: 1 } })).toMatch(/"NAME"/);
  });

  it("is not looked for in a tool's own arguments", () => {
    expect(disguisedWithin({ arguments: { NAME: 1 }, other: { NAME: 1 } })).toBeNull();
  });
});

describe("a result", () => {
  test.each([
    [["tools"], false],
    [["tools", "Tools"], true],
    [["TOOLS"], true],
    [["tool\u017f"], true],
    [["tools\0x"], true],
    [["toolset", "tool"], false],
    [[], false],
  ])("has a key that could be taken for tools: %j", (keys, expected) => {
    expect(takenForTools(Object.fromEntries(keys.map((key) => [key, []])))).toBe(expected);
  });
});
