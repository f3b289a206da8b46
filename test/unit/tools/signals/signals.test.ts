/** What in a tool's definition is worth a look, and what is ordinary and must stay quiet. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseJson } from "../../../../src/json/parse.ts";
import type { Json, JsonObject } from "../../../../src/json/value.ts";
import { classify } from "../../../../src/tools/classify/classify.ts";
import { SIGNAL_KINDS } from "../../../../src/tools/signals/signal.ts";
import { signalsIn } from "../../../../src/tools/signals/signals.ts";

type Given = { readonly [key: string]: Json };

function signals(tool: Given): readonly string[] {
  const { name, description, inputSchema, annotations } = tool;
  const judged = classify({ name: String(name), description, inputSchema, annotations });
  return signalsIn(tool, judged).map(({ kind, parameter }) =>
    parameter === undefined ? kind : `${kind} ${parameter}`,
  );
}

/** A tool with one parameter. */
function taking(name: string, parameter: string, schema: JsonObject): readonly string[] {
  return signals({ name, inputSchema: { type: "object", properties: { [parameter]: schema } } });
}

const TEXT: JsonObject = { type: "string" };
const said = (description: string): JsonObject => ({ type: "string", description });

describe("a parameter is told for what it takes", () => {
  it.each([
    ["run_shell", "command", TEXT, "code command"],
    ["browser_evaluate", "function", said("() => { /* code */ } to evaluate on the page"), "code function"],
    ["run_python", "code", TEXT, "code code"],
    ["create_cli_script", "content", TEXT, "code content"],
    ["query", "sql", TEXT, "query sql"],
    ["postgres_query", "query", TEXT, "query query"],
    ["search_metrics", "query", said("A PromQL expression"), "query query"],
    ["send_email", "html_body", TEXT, "html html_body"],
    ["send_message", "text", said("The message, may contain HTML"), "html text"],
    ["fetch", "url", TEXT, "url url"],
    ["add_hook", "target", { type: "string", format: "uri" }, "url target"],
    ["read_file", "path", TEXT, "path path"],
    ["restore_config", "backupFile", TEXT, "path backupFile"],
    ["move_file", "destination", TEXT, "path destination"],
    ["update_item", "payload", said("The fields, as a JSON object"), "json-string payload"],
    ["bulk_import", "rows_json", TEXT, "json-string rows_json"],
    ["login", "password", TEXT, "credential password"],
    ["set_key", "apiKey", TEXT, "credential apiKey"],
    ["vpn_create", "psksecret", TEXT, "credential psksecret"],
    ["configure", "base_url", TEXT, "host base_url"],
    ["delete_users", "user_ids", { type: "array", items: TEXT }, "bulk user_ids"],
    ["create_entities", "entities", { type: "array", items: { type: "object" } }, "bulk entities"],
    ["restart_device", "device", said("The device. If omitted, all devices"), "bulk device"],
  ] as const)("%s takes %s", (name, parameter, schema, expected) => {
    expect(taking(name, parameter, schema)).toContain(expected);
  });
});

describe("ordinary parameters are left alone", () => {
  it.each<[string, string, JsonObject]>([
    ["set_locale", "country_code", TEXT],
    ["verify_login", "code", said("The one-time code from the mail")],
    ["search_users", "query", said("What to search for")],
    ["list_items", "page_token", TEXT],
    ["list_items", "nextToken", TEXT],
    ["get_token_balance", "token", said("Contract address of the token")],
    ["create_completion", "max_tokens", { type: "integer" }],
    ["ping", "host", TEXT],
    ["update_global", "hostname", TEXT],
    ["create_sensor", "block_malicious_url", said("enable or disable")],
    ["set_format", "format", { type: "string", enum: ["html", "path"] }],
    ["choose", "path", { type: "string", enum: ["left", "right"] }],
    ["get_users", "user_ids", { type: "array", items: TEXT }],
    ["add_label", "label", TEXT],
    ["add_rule", "destination", TEXT],
    ["edit_text", "edits", { type: "array", items: { type: "object" } }],
    ["send_note", "text", said("Plain text, no HTML")],
    ["rename_template", "template_name", TEXT],
  ])("%s with %s", (name, parameter, schema) => {
    expect(taking(name, parameter, schema)).toEqual([]);
  });
});

describe("places", () => {
  it("are pointers into the definition, through lists, branches and references", () => {
    const inputSchema: JsonObject = {
      type: "object",
      properties: {
        rules: { type: "array", items: { type: "object", properties: { "a/b url": TEXT } } },
        either: { anyOf: [{ type: "null" }, { type: "object", properties: { path: TEXT } }] },
        named: { $ref: "#/$defs/Login" },
      },
      $defs: { Login: { type: "object", properties: { password: TEXT } } },
    };
    const tool = { name: "add_thing", inputSchema };
    const found = signalsIn(tool, classify(tool)).map(({ at, parameter }) => `${parameter} ${at}`);
    expect(found).toEqual([
      "named.password /inputSchema/properties/named/properties/password",
      "rules[].a/b url /inputSchema/properties/rules/items/properties/a~1b url",
      "either.path /inputSchema/properties/either/anyOf/1/properties/path",
    ]);
  });
});

describe("a host", () => {
  it("is told where a credential goes with it", () => {
    const properties: JsonObject = { host: TEXT, apiKey: TEXT };
    expect(signals({ name: "configure", inputSchema: { properties } })).toEqual(["credential apiKey", "host host"]);
  });
});

describe("the tool as a whole", () => {
  it("runs other tools", () => {
    const properties: JsonObject = { tool_name: TEXT, parameters: { type: "object" } };
    expect(signals({ name: "execute_advanced_tool", inputSchema: { properties } })).toContain("meta-tool");
  });

  it("takes more than ten parameters, and not ten", () => {
    const properties = (count: number): JsonObject =>
      Object.fromEntries(Array.from({ length: count }, (_, at) => [`label${at}`, TEXT]));
    expect(signals({ name: "add_rule", inputSchema: { properties: properties(11) } })).toEqual(["many-parameters"]);
    expect(signals({ name: "add_rule", inputSchema: { properties: properties(10) } })).toEqual([]);
  });

  it("says in its name that it acts on everything", () => {
    expect(signals({ name: "delete_all_rules" })).toEqual(["bulk"]);
    expect(signals({ name: "list_all_rules" })).toEqual([]);
  });
});

describe("annotations", () => {
  it.each([
    ["delete_user", { readOnlyHint: true }, true],
    ["delete_user", { destructiveHint: false }, true],
    ["get_user", { readOnlyHint: true, destructiveHint: true }, true],
    ["delete_user", { destructiveHint: true }, false],
    ["get_user", { readOnlyHint: true, destructiveHint: false }, false],
    ["create_user", { readOnlyHint: false, destructiveHint: false }, false],
    // A guess contradicts nobody: "open" also means to look at.
    ["open_nodes", { readOnlyHint: true }, false],
  ] as const)("of %s: %j", (name, annotations, contradict) => {
    expect(signals({ name, annotations }).includes("annotation")).toBe(contradict);
  });
});

describe("whatever a definition holds", () => {
  const anything = fc.json({ maxDepth: 8 }).map((text) => {
    const parsed = parseJson(text);
    return parsed.ok ? parsed.value : null;
  });
  const key = fc.constantFrom(
    "properties",
    "items",
    "anyOf",
    "$ref",
    "type",
    "enum",
    "description",
    "url",
    "ids",
    "sql",
  );
  const { schema } = fc.letrec<{ schema: Json }>((tie) => ({
    schema: fc.oneof(
      { maxDepth: 6 },
      anything,
      fc.constantFrom<Json>("#/properties", "#", "array", "string", "SQL, as a JSON string"),
      fc.array(tie("schema"), { maxLength: 3 }),
      fc.dictionary(key, tie("schema"), { maxKeys: 5 }),
    ),
  }));

  it("never fails, and tells only of places that are there", () => {
    fc.assert(
      fc.property(fc.string(), schema, anything, (name, inputSchema, annotations) => {
        const tool: JsonObject = { name, inputSchema, annotations };
        for (const { kind, at } of signalsIn(tool, classify({ name, inputSchema, annotations }))) {
          expect(SIGNAL_KINDS).toContain(kind);
          expect(at.startsWith("/")).toBe(true);
        }
      }),
    );
  });

  it("ends, for schemas that refer to themselves", () => {
    const inputSchema: JsonObject = {
      properties: { url: TEXT, child: { $ref: "#" }, loop: { $ref: "#/properties/loop" } },
    };
    expect(signals({ name: "add_node", inputSchema })).toEqual(["url url"]);
  });

  it("is looked at no further than the first parameters of a schema made to be slow", () => {
    let node: JsonObject = { properties: { url: TEXT } };
    for (let level = 0; level < 40; level++) node = { anyOf: Array.from({ length: 30 }, () => node), items: node };
    const wide = Object.fromEntries(Array.from({ length: 50_000 }, (_, at) => [`${at}_url`, TEXT]));
    expect(signals({ name: "add_node", inputSchema: node })).toEqual([]);
    expect(signals({ name: "add_node", inputSchema: { properties: wide } })).toHaveLength(2_001);
  });
});
