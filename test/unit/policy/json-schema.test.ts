import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type Schema, Validator } from "@cfworker/json-schema";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { schemas, written } from "../../../src/cli/schema.ts";
import { readCases } from "../../../src/policy/cases.ts";
import { CASES_TEXTS, POLICY_TEXTS } from "../../../src/policy/field-texts.ts";
import { readPolicy } from "../../../src/policy/read.ts";
import { ServerFile } from "../../../src/upstream/server-file.ts";
import { policy, textOf } from "./arbitrary.ts";

type Kind = "policy" | "cases" | "server";

const kept = (kind: Kind) => readFileSync(`docs/schema/${kind}.schema.json`, "utf8");
const validators = Object.fromEntries(
  (["policy", "cases", "server"] as const).map((kind) => {
    const schema: Schema = JSON.parse(kept(kind));
    return [kind, new Validator(schema, "2020-12")];
  }),
);
const fits = (kind: Kind, value: unknown) => validators[kind]?.validate(value).valid;

const reads = (kind: Kind, value: unknown) => {
  const text = JSON.stringify(value);
  if (kind === "policy") return readPolicy(text).ok;
  return kind === "cases" ? readCases(text).ok : ServerFile.safeParse(value).success;
};

describe("the schemas in docs/schema", () => {
  it("are those that the code makes; `node src/cli/schema.ts` writes them anew", () => {
    expect(readdirSync("docs/schema").sort()).toEqual(Object.keys(schemas()).sort());
    for (const [name, schema] of Object.entries(schemas())) {
      expect(readFileSync(join("docs/schema", name), "utf8")).toBe(`${written(schema)}\n`);
    }
  });

  it("say something of every field, and of none that is not there", () => {
    for (const [name, texts] of [
      ["policy", POLICY_TEXTS],
      ["cases", CASES_TEXTS],
    ] as const) {
      const { $defs } = JSON.parse(kept(name));
      const objects = Object.entries<{ properties?: object }>($defs).filter(
        ([, { properties }]) => properties !== undefined,
      );
      const fields = (of: readonly (readonly [string, { properties?: object }])[]) =>
        Object.fromEntries(of.map(([key, { properties = {} }]) => [key, Object.keys(properties).sort()]));
      const told = Object.entries(texts).map(([key, each]) => [key, { properties: each.fields }] as const);
      expect(fields(told)).toEqual(fields(objects));
    }
    const server: { properties: Record<string, { description?: string }> } = JSON.parse(kept("server"));
    for (const field of Object.values(server.properties)) expect(field.description).toBeDefined();
  });

  it("hold for every file in policies/", () => {
    const files = readdirSync("policies", { recursive: true, encoding: "utf8" }).filter((name) =>
      name.endsWith(".json"),
    );
    const kinds = files.map((name): Kind | undefined => {
      if (name.endsWith("tools.json")) return undefined;
      return name.endsWith("server.json") ? "server" : name.endsWith(".cases.json") ? "cases" : "policy";
    });
    expect(new Set(kinds)).toContain("policy");
    files.forEach((name, index) => {
      const kind = kinds[index];
      if (kind === undefined) return;
      const value: unknown = JSON.parse(readFileSync(join("policies", name), "utf8"));
      expect([name, fits(kind, value)]).toEqual([name, true]);
    });
  });
});

describe("a document that is wrong", () => {
  const tool = (entry: unknown) => ({ version: "1", default: "deny", tools: { t: entry } });
  const condition = (each: unknown) => tool({ deny_if: [{ conditions: [each] }] });
  const limit = (more: object) => tool({ limits: [{ counter: "c", window: "day", max: 1, ...more }] });
  const one = (more: object) => [{ name: "n", call: { tool: "t" }, expect: { effect: "allow" }, ...more }];
  const server = (more: object) => ({ name: "n", url: "https://example.com/mcp", ...more });

  it.each<readonly [Kind, unknown]>([
    ["policy", []],
    ["policy", {}],
    ["policy", { version: "1" }],
    ["policy", { version: "2", default: "deny" }],
    ["policy", { version: 1, default: "deny" }],
    ["policy", { version: "1", default: "maybe" }],
    ["policy", { version: "1", default: "deny", defualt: "deny" }],
    ["policy", { version: "1", default: "deny", hide: "x" }],
    ["policy", { version: "1", default: "deny", hide: [""] }],
    ["policy", { version: "1", default: "deny", record: "all" }],
    ["policy", { version: "1", default: "deny", record: { arguments: "all" } }],
    ["policy", { version: "1", default: "deny", record: { results: "full" } }],
    ["policy", { version: "1", default: "deny", tools: [] }],
    ["policy", { version: "1", default: "deny", tools: { "": {} } }],
    ["policy", { version: "1", default: "deny", all_tools: { action: "deny" } }],
    ["policy", tool(null)],
    ["policy", tool({ denyIf: [] })],
    ["policy", tool({ action: "block" })],
    ["policy", tool({ reason: 1 })],
    ["policy", tool({ arguments: true })],
    ["policy", tool({ require: {} })],
    ["policy", tool({ require: [{}] })],
    ["policy", tool({ require: [{ conditions: [], text: "no" }] })],
    ["policy", condition({ path: "args.x", op: "eq" })],
    ["policy", condition({ path: "arg.x", op: "eq", value: 1 })],
    ["policy", condition({ path: "args..x", op: "eq", value: 1 })],
    ["policy", condition({ path: "time.minute", op: "eq", value: 1 })],
    ["policy", condition({ path: "args.x", op: "equals", value: 1 })],
    ["policy", condition({ path: "args.x", op: "gt", value: true })],
    ["policy", condition({ path: "args.x", op: "in", value: "x" })],
    ["policy", condition({ path: "args.x", op: "regex", value: 1 })],
    ["policy", condition({ path: "args.x", op: "exists", value: "yes" })],
    ["policy", condition({ path: "args.x", op: "length_gte", value: -1 })],
    ["policy", condition({ path: "args.x", op: "length_gte", value: 1.5 })],
    ["policy", condition({ path: "args.x", op: "in_cidr", value: 10 })],
    ["policy", condition({ any: {} })],
    ["policy", condition({ not: [] })],
    ["policy", condition({ all: [], any: [] })],
    ["policy", limit({ max: 0 })],
    ["policy", limit({ max: 1.5 })],
    ["policy", limit({ max: 1e12 + 1 })],
    ["policy", limit({ window: "year" })],
    ["policy", limit({ window: 0 })],
    ["policy", limit({ window: 2_678_401 })],
    ["policy", limit({ scope: "all" })],
    ["policy", limit({ align: "fixed" })],
    ["policy", limit({ increment: 0 })],
    ["policy", limit({ increment: 1, increment_from: "args.n" })],
    ["policy", limit({ increment_from: "args[*]" })],
    ["policy", limit({ counter: "" })],
    ["policy", limit({ counter: "rate_limit t" })],
    ["policy", tool({ rate_limit: "often" })],
    ["policy", tool({ rate_limit: { max: 1 } })],
    ["policy", tool({ approval: { timeout: "soon" } })],
    ["policy", tool({ unwrap: { tool: "args.t" } })],
    ["policy", tool({ unwrap: { tool: "args.t[*]", arguments: "args.a" } })],
    ["cases", {}],
    ["cases", { cases: [], policy: "x" }],
    ["cases", one({ name: "" })],
    ["cases", one({ call: {} })],
    ["cases", one({ call: { tool: "t", arguments: [] } })],
    ["cases", one({ call: { tool: "t", args: {} } })],
    ["cases", one({ expect: { effect: "denied" } })],
    ["cases", one({ expect: { rule: "/x" } })],
    ["cases", one({ times: 0 })],
    ["cases", one({ at: "yesterday" })],
    ["cases", one({ grant: "g" })],
    ["cases", one({ grant: { tags: "x" } })],
    ["cases", one({ before: [{ name: "n", call: { tool: "t" } }] })],
    ["server", []],
    ["server", { name: "n" }],
    ["server", server({ name: "" })],
    ["server", server({ url: 1 })],
    ["server", server({ era: "old" })],
    ["server", server({ surface: [] })],
    ["server", server({ surface: ["roots"] })],
    ["server", server({ credential: { header: {} } })],
    ["server", server({ credential: { headers: { "a b": "x" } } })],
    ["server", server({ credential: { headers: { a: "ä" } } })],
    ["server", server({ drift: "report" })],
    ["server", server({ slug: "x" })],
  ])("is refused by its schema and by its reader: %s %j", (kind, document) => {
    expect([fits(kind, document), reads(kind, document)]).toEqual([false, false]);
  });
});

describe("a document that reads", { timeout: 120_000 }, () => {
  it.each<readonly [Kind, unknown]>([
    [
      "policy",
      { $schema: "x", version: "1", default: "allow", description: "d", hide: ["*"], all_tools: {}, tools: {} },
    ],
    [
      "policy",
      {
        version: "1",
        default: "deny",
        tools: {
          t: {
            unwrap: { tool: 'args["a[*]"][0]', arguments: "args.data|json" },
            require: [{ conditions: [{ path: 'args["\\"x"].é-1[*]|json', op: "in_cidr", value: ["10.0.0.0/8"] }] }],
            rate_limit: "10/60",
            limits: [{ counter: "c", window: 90, max: 1e12, increment: 0.000001, scope: "server", align: "rolling" }],
            approval: { when: [{ not: { any: [{ all: [] }] } }], timeout: "30m" },
          },
        },
      },
    ],
    ["cases", { $schema: "x", cases: [] }],
    [
      "cases",
      [
        {
          name: "n",
          call: { tool: "t", arguments: {} },
          grant: null,
          at: "2026-01-31T00:00:00.5+01:00",
          times: 3,
          before: [{ call: { tool: "t" }, grant: { id: "g", label: "", tags: ["x"], session: "s" } }],
          expect: { effect: "limit", rule: "/tools/t/limits/0", text: "at most" },
        },
      ],
    ],
    [
      "server",
      {
        name: "n",
        url: "https://example.com",
        credential: { headers: { "X-Key": `\${secret:KEY}` } },
        surface: ["tools"],
      },
    ],
  ])("fits its schema too: %s %j", (kind, document) => {
    expect([fits(kind, document), reads(kind, document)]).toEqual([true, true]);
  });

  it("fits its schema, whatever policy it is", () => {
    fc.assert(
      fc.property(policy, (document) => {
        expect(fits("policy", JSON.parse(textOf(document)))).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });
});
