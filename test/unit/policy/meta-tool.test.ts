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
      schema({ tool: { oneOf: [{ type: "null" }, { type: "string" }] }, args: { oneOf: [{ type: "array" }, OBJECT] } }),
      { tool: "args.tool", arguments: "args.args" },
    ],
    ["proxy", schema({ tool: { type: "string" }, args: {} }), { tool: "args.tool", arguments: "args.args" }],
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

  test.each(["tool", "toolName", "tool_id", "targetTool", "function-name", "TOOL_NAME"])(
    "is told by a parameter for a tool's name: %s",
    (name) => {
      const inputSchema = schema({ [name]: { type: "string" }, args: OBJECT });
      expect(metaToolOf({ name: "proxy", inputSchema })?.paths?.tool).toBe(`args.${name}`);
    },
  );

  test.each([
    ...["parameters", "params", "arguments", "args", "input", "kwargs"],
    ...["toolInput", "tool_args", "toolArguments", "tool-params", "tool_parameters"],
  ])("is told by a parameter for a tool's arguments: %s", (name) => {
    const inputSchema = schema({ tool: { type: "string" }, [name]: OBJECT });
    expect(metaToolOf({ name: "proxy", inputSchema })?.paths?.arguments).toBe(`args.${name}`);
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

  it("is found beside a list of a million", () => {
    const properties = { call: schema({ tool: { type: "string" }, args: OBJECT }) };
    const inputSchema = { type: "object", properties, enum: Array.from({ length: 1_000_000 }, () => 1) };
    expect(metaToolOf({ name: "wide", inputSchema })).toEqual({ paths: undefined });
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
    ["build", schema({ args: { type: "string" } })],
    ["build", schema({ tool: true, parameters: OBJECT })],
    ["build", schema({ tool: { type: ["integer", "null"] }, parameters: OBJECT })],
    ["build", schema({ tool: { type: 7 }, parameters: OBJECT })],
    ["build", schema({ tool: { type: "string" }, parameters: false })],
    ["build", schema({ tool: { oneOf: [{ type: "integer" }] }, parameters: OBJECT })],
    ["build", schema({ tool: { type: "string" }, parameters: { anyOf: [] } })],
    ["build", schema({ tool: {}, args: { type: "string", description: "Arguments, as JSON." } })],
    ["lint", schema({ tool: { type: "string" }, args: { type: "string", description: ["JSON"] } })],
    ["audit", schema({ entries: { items: schema({ tool: { type: "string" }, version: { type: "string" } }) } })],
    ["test", schema({ cases: { items: schema({ tool: {}, args: OBJECT }) } })],
    ["make", schema({ targets: { items: schema({ arguments: OBJECT }) } })],
    ["make", schema({ targets: { items: schema({ name: {}, arguments: OBJECT }) } })],
    ["make", schema({ targets: { items: schema({ name: { type: "string" }, arguments: {} }) } })],
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
