import { describe, expect, it } from "vitest";
import type { Json, JsonObject } from "../../../../src/json/value.ts";
import type { Tool } from "../../../../src/tools/classify/classify.ts";
import { recommend } from "../../../../src/tools/recommend/recommend.ts";
import { failing, PLAIN, recommended, SHARED, STRICT, survivors } from "./given.ts";

const ID: Json = { type: "object", properties: { id: { type: "string" } }, required: ["id"] };

const SHOP: readonly Tool[] = [
  { name: "get_ticket", inputSchema: ID },
  { name: "update_ticket", inputSchema: ID },
  { name: "create_ticket", inputSchema: ID },
  { name: "run_report_script", inputSchema: ID },
  { name: "delete_ticket", inputSchema: ID },
  { name: "refund_ticket", inputSchema: ID },
];

const META: Json = {
  type: "object",
  properties: { tool_name: { type: "string" }, parameters: {}, dry_run: { type: "boolean" } },
};

function entries(tools: readonly Tool[], options = PLAIN): Record<string, JsonObject> {
  const { tools: all } = JSON.parse(JSON.stringify(recommend(tools, options).document));
  for (const entry of Object.values<JsonObject>(all)) delete entry.description;
  return all;
}

describe("a recommended policy", () => {
  it("opens what reads, counts what changes and runs, hides what destroys and denies what costs", () => {
    expect(entries(SHOP)).toEqual({
      refund_ticket: { action: "deny", reason: "Requires human approval." },
      delete_ticket: { action: "hide" },
      run_report_script: { rate_limit: "10/minute" },
      create_ticket: { rate_limit: "30/minute" },
      update_ticket: { rate_limit: "30/minute" },
      get_ticket: {},
    });
  });

  it("has the dangerous first, and each class by name", () => {
    expect(Object.keys(entries(SHOP))).toEqual([
      "refund_ticket",
      "delete_ticket",
      "run_report_script",
      "create_ticket",
      "update_ticket",
      "get_ticket",
    ]);
  });

  it("denies what it does not list", () => {
    expect(recommended(SHOP).policy.defaultEffect).toBe("deny");
  });

  it("counts all tools of a class together when that is wanted", () => {
    const shared = entries(SHOP, SHARED);
    const writes = { limits: [{ counter: "writes", window: "minute", max: 30 }] };
    expect(shared.create_ticket).toEqual(writes);
    expect(shared.update_ticket).toEqual(writes);
    expect(shared.run_report_script).toEqual({ limits: [{ counter: "executes", window: "minute", max: 10 }] });
  });

  it("has arguments checked wherever a call can pass, when that is wanted", () => {
    const strict = Object.entries(entries(SHOP, STRICT)).filter(([, entry]) => entry.arguments === "strict");
    expect(strict.map(([name]) => name)).toEqual(["run_report_script", "create_ticket", "update_ticket", "get_ticket"]);
  });

  it("says plainly that a tool without a schema takes no call, when arguments are to be checked", () => {
    const bare = ["get_ticket", "delete_ticket"].map((name) => ({ name }));
    expect(entries(bare, STRICT)).toEqual({
      delete_ticket: { action: "hide" },
      get_ticket: { action: "deny", reason: "Its arguments can't be checked: the server lists no schema for them." },
    });
    expect(recommend(bare, STRICT).rulings.map(({ look }) => look)).toEqual([false, true]);
  });

  it("carries the description that it is given, and none when that is empty", () => {
    expect(recommend(SHOP, { ...PLAIN, description: "Mine." }).document.description).toBe("Mine.");
    expect(recommend(SHOP, PLAIN).document).not.toHaveProperty("description");
  });

  it("gives no entry to a name that no counter could hold, and has cases that run", () => {
    const long = `write_${"x".repeat(1_000_000)}`;
    const made = recommended([...SHOP, { name: long }]);
    expect(made.left).toEqual([
      { name: long, why: "its name has more than 256 characters, and MCP wants 128 at most" },
    ]);
    expect(entries([...SHOP, { name: long }])).toEqual(entries(SHOP));
    expect(JSON.stringify(made.cases).length).toBeLessThan(10_000);
    expect(failing(made)).toEqual([]);
  });

  it("closes a tool that carries calls of others in a list", () => {
    const calls: Json = {
      type: "array",
      items: { type: "object", properties: { tool: { type: "string" }, arguments: { type: "object" } } },
    };
    const batch: Tool = { name: "batch", inputSchema: { type: "object", properties: { calls } } };
    expect(entries([...SHOP, batch]).batch).toHaveProperty("action", "deny");
  });

  it("is nothing but a closed door for a server without tools", () => {
    const made = recommended([]);
    expect(made.document).toEqual({ version: "1", default: "deny", tools: {} });
    expect(failing(made)).toEqual([]);
  });
});

describe("a tool that runs others", () => {
  const runner: Tool = { name: "execute_tool", inputSchema: META };

  it("is opened to what it carries, and takes from no counter of its own", () => {
    expect(entries([...SHOP, runner]).execute_tool).toEqual({
      unwrap: { tool: "args.tool_name", arguments: "args.parameters" },
    });
  });

  it("keeps its arguments unchecked: those of the call inside are", () => {
    expect(entries([...SHOP, runner], STRICT).execute_tool).not.toHaveProperty("arguments");
    expect(failing(recommended([...SHOP, runner], STRICT))).toEqual([]);
  });

  it.each<[string, Tool]>([
    [
      "does not say how",
      { name: "call_tool", inputSchema: { type: "object", properties: { what: { type: "string" } } } },
    ],
    ["has no schema", { name: "call_tool" }],
    [
      "can choose whose tools they are",
      {
        name: "call_tool",
        inputSchema: {
          type: "object",
          properties: { server: { type: "string" }, tool: { type: "string" }, arguments: { type: "object" } },
        },
      },
    ],
  ])("is denied where its schema %s", (_, tool) => {
    expect(entries([...SHOP, tool]).call_tool).toEqual({
      action: "deny",
      reason: "This tool runs other tools by name, past their rules. Call the tool itself.",
    });
  });

  it("is denied where there is none that it may run", () => {
    expect(entries([runner, { name: "delete_ticket" }]).execute_tool).toHaveProperty("action", "deny");
  });

  it("stays closed where the server says that it destroys", () => {
    expect(entries([...SHOP, { ...runner, annotations: { destructiveHint: true } }]).execute_tool).toEqual({
      action: "hide",
    });
  });

  it("is found by its schema whatever its name, and by properties whose names no path could have bare", () => {
    const odd: Json = { type: "object", properties: { "tool name": { type: "string" }, "args ": { type: "object" } } };
    expect(entries([...SHOP, { name: "proxy", inputSchema: odd }]).proxy).toEqual({
      unwrap: { tool: 'args["tool name"]', arguments: 'args["args "]' },
    });
    expect(failing(recommended([...SHOP, { name: "proxy", inputSchema: odd }]))).toEqual([]);
  });
});

describe("a tool with an odd name", () => {
  it("gets no entry where that would be a glob or nothing, and is told", () => {
    const made = recommend([...SHOP, { name: "get_*" }, { name: "" }], PLAIN);
    expect(made.left.map(({ name }) => name)).toEqual(["", "get_*"]);
    expect(Object.keys(entries([...SHOP, { name: "get_*" }, { name: "" }]))).toHaveLength(SHOP.length);
    expect(failing(recommended([...SHOP, { name: "get_*" }, { name: "" }]))).toEqual([]);
  });

  it("gets its entry under any other name, those of JavaScript's own too", () => {
    const names = ["__proto__", "constructor", "a/b~c", "Ü ", "7"];
    const made = recommended(names.map((name) => ({ name, description: "Get it." })));
    expect([...names].filter((name) => made.policy.entryOf(name) === undefined)).toEqual([]);
    expect(failing(made)).toEqual([]);
  });

  it("that is listed twice is what the worst of them is, and is to be looked at", () => {
    const twice = [
      { name: "ticket", description: "Get a ticket." },
      { name: "ticket", description: "Deletes a ticket." },
    ];
    expect(entries(twice)).toEqual({ ticket: { action: "hide" } });
    expect(recommend(twice, PLAIN).rulings).toMatchObject([{ look: true, why: expect.stringContaining("2 times") }]);
  });
});

describe("more tools than fit into a policy", () => {
  it("are told, with what to do, when they are more than 5,000", () => {
    const many = Array.from({ length: 5_001 }, (_, index) => ({ name: `get_${index}` }));
    expect(() => recommend(many, PLAIN)).toThrow(
      /at most 5000 tools, and this server lists 5001: write entries with globs/,
    );
    expect(() => recommended(many.slice(1))).not.toThrow();
  });

  it("are told when their names alone are longer than a policy", () => {
    const many = Array.from({ length: 4_500 }, (_, index) => ({ name: `get_${index}_${"x".repeat(240)}` }));
    expect(() => recommend(many, PLAIN)).toThrow(/1 MiB/);
  });

  it("make no policy that is too long once it is laid out for people", () => {
    const many = Array.from({ length: 4_400 }, (_, index) => ({ name: `frobnicate_the_configuration_of_${index}` }));
    expect(() => recommend(many, PLAIN)).toThrow(/4400 tools .* 1 MiB/);
  });
});

describe("the cases of a recommended policy", () => {
  it("stand on both sides of each bound", () => {
    const { cases } = recommend([{ name: "create_ticket" }], PLAIN);
    expect(cases.slice(0, 2)).toEqual([
      {
        name: "create_ticket passes 30 times a minute",
        call: { tool: "create_ticket" },
        times: 30,
        expect: { effect: "allow" },
      },
      {
        name: "create_ticket is refused after that",
        call: { tool: "create_ticket" },
        times: 31,
        expect: { effect: "limit", rule: "/tools/create_ticket/rate_limit" },
      },
    ]);
  });

  it("notice every change of a rule, of tools that run others too", () => {
    const tools = [...SHOP, { name: "execute_tool", inputSchema: META }];
    for (const options of [PLAIN, STRICT, SHARED]) {
      expect(survivors(recommended(tools, options))).toEqual([]);
    }
  });

  it("show a shared counter shared", () => {
    expect(recommend(SHOP, SHARED).cases.map(({ name }) => name)).toContain(
      "update_ticket counts with create_ticket as one of the writes",
    );
  });

  it("are missing, and told, for a tool whose schema takes nothing that could be made up", () => {
    const closed: Json = {
      type: "object",
      properties: { id: { type: "string", pattern: "^[Q]{7}-z$" } },
      required: ["id"],
    };
    const made = recommended([{ name: "get_ticket", inputSchema: closed }], STRICT);
    expect(made.unshown).toEqual(["get_ticket"]);
    expect(failing(made)).toEqual([]);
  });
});
