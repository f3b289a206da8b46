import { describe, expect, it, test } from "vitest";
import type { Json, JsonObject } from "../../../src/json/value.ts";
import { metaToolOf } from "../../../src/policy/meta-tool.ts";
import { readPath } from "../../../src/policy/path.ts";

function schema(properties: { [name: string]: Json }): JsonObject {
  return { type: "object", properties };
}

const OBJECT: Json = { type: "object" };

describe("a tool that runs others", () => {
  test.each<[string, Json | undefined, { tool: string; arguments: string } | undefined]>([
    ["execute_tool", undefined, undefined],
    ["runTool", schema({ what: { type: "string" } }), undefined],
    [
      "execute_tool",
      schema({ tool_name: { type: "string" }, parameters: {} }),
      { tool: "args.tool_name", arguments: "args.parameters" },
    ],
    [
      "proxy",
      schema({ toolName: { type: ["string", "null"] }, toolInput: { anyOf: [{ type: "object" }, { type: "null" }] } }),
      { tool: "args.toolName", arguments: "args.toolInput" },
    ],
    [
      "proxy",
      schema({ "tool.name": { type: "string" }, "a r g s": true }),
      { tool: 'args["tool.name"]', arguments: 'args["a r g s"]' },
    ],
  ])("is told by its name or its schema: %s %j", (name, inputSchema, paths) => {
    const meta = metaToolOf({ name, inputSchema });
    expect(meta).toEqual({ paths });
    for (const path of Object.values(meta?.paths ?? {})) expect(readPath(path).ok).toBe(true);
  });

  test.each<[string, Json]>([
    ["batch", schema({ calls: { type: "array", items: schema({ tool: { type: "string" }, arguments: {} }) } })],
    ["multi", schema({ calls: { type: "array", items: schema({ name: { type: "string" }, arguments: OBJECT }) } })],
    ["later", schema({ call: schema({ tool_name: { type: "string" }, params: { type: "string" } }) })],
    ["gateway", schema({ toolName: { type: "string" }, input: { type: "string" } })],
    ["proxy", schema({ tool: { type: "string" }, args: { type: "string", description: "Arguments, as JSON." } })],
    ["invoke", schema({ name: { type: "string" }, arguments: OBJECT })],
    ["runMany", schema({ name: { type: "string" }, args: OBJECT })],
    [
      "steps",
      {
        type: "object",
        properties: { plan: { type: "array", items: { $ref: "#/$defs/Step" } } },
        $defs: { Step: schema({ tool: { type: "string" }, args: OBJECT }) },
      },
    ],
  ])("is told by the calls that it carries, though no path leads to them: %s %j", (name, inputSchema) => {
    expect(metaToolOf({ name, inputSchema })).toEqual({ paths: undefined });
  });

  it("is looked for in no more than 5,000 places of a schema, whatever its size", () => {
    let looks = 0;
    const place = new Proxy(schema({ tool: { type: "string" }, args: OBJECT }), {
      getOwnPropertyDescriptor(target, key) {
        if (key === "properties") looks++;
        return Reflect.getOwnPropertyDescriptor(target, key);
      },
    });
    const wide = Object.fromEntries(Array.from({ length: 100_000 }, (_, index) => [`p${index}`, place]));
    expect(metaToolOf({ name: "wide", inputSchema: schema(wide) })).toEqual({ paths: undefined });
    // Once by name, once among all its members.
    expect(looks).toBeGreaterThan(8_000);
    expect(looks).toBeLessThanOrEqual(10_000);
  });

  it("is found at a depth of a thousand", () => {
    let inputSchema = schema({ tool: { type: "string" }, args: OBJECT });
    for (let depth = 0; depth < 1_000; depth++) inputSchema = schema({ inner: inputSchema });
    expect(metaToolOf({ name: "deep", inputSchema })).toEqual({ paths: undefined });
  });

  test.each<[string, Json | undefined]>([
    ["find_tool", undefined],
    ["create_prompt", schema({ name: { type: "string" }, arguments: OBJECT })],
    ["create_prompts", schema({ list: { items: schema({ name: { type: "string" }, arguments: { type: "array" } }) } })],
    ["create_users", schema({ users: { items: schema({ name: { type: "string" }, params: OBJECT }) } })],
    ["lint", schema({ tool: { type: "string" }, args: { type: "string" } })],
    ["get_tool_call", undefined],
    ["call_tools_report", undefined],
    ["kubectl", schema({ tool: { type: "string" }, args: { type: "array" } })],
    ["build", schema({ tool: { type: "integer" }, parameters: {} })],
    ["build", schema({ tool: {}, parameters: {} })],
    ["build", schema({ parameters: { type: "object" } })],
    ["build", null],
    ["build", { type: "object", properties: [] }],
  ])("is not every tool with such words in it: %s %j", (name, inputSchema) => {
    expect(metaToolOf({ name, inputSchema })).toBeUndefined();
  });

  it("is not made by what an object inherits", () => {
    const inherited: Json = Object.create({ properties: { tool: { type: "string" }, args: {} } });
    expect(metaToolOf({ name: "build", inputSchema: inherited })).toBeUndefined();
  });
});
