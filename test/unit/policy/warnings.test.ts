import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compilePolicy } from "../../../src/policy/compile.ts";
import { decide } from "../../../src/policy/decide.ts";
import { readPolicy } from "../../../src/policy/read.ts";
import { type ListedTool, warnings } from "../../../src/policy/warnings/warnings.ts";
import { argumentsText, policy, schemaOf, textOf, toolName } from "./arbitrary.ts";
import { callOf, policyOf } from "./given.ts";

const advice = (document: unknown, tools?: readonly ListedTool[]) => {
  const text = typeof document === "string" ? document : JSON.stringify(document);
  const read = readPolicy(text);
  if (!read.ok) throw new Error(`the policy does not read: ${JSON.stringify(read.problems)}`);
  return warnings(text, read.document, tools);
};
const pointers = (document: unknown, tools?: readonly ListedTool[]) =>
  advice(document, tools).map(({ pointer }) => pointer);
const of = (entry: unknown, rest: object = {}, tools?: readonly ListedTool[]) =>
  pointers({ version: "1", default: "deny", tools: { t: entry }, ...rest }, tools);

const x = (op: string, value: unknown, path = "args.x") => ({ path, op, value });
const some = { conditions: [x("eq", 1)] };
const always = { conditions: [] };

describe("a policy without fault", () => {
  it("gives no reason for advice", () => {
    const document = {
      version: "1",
      default: "deny",
      hide: ["delete_*", "drop"],
      all_tools: { limits: [{ counter: "calls", window: "minute", max: 60 }] },
      tools: {
        get_a: {},
        "get_*": { deny_if: [some], rate_limit: "10/minute" },
        pay: {
          require: [
            { conditions: [x("regex", "^[a-z]+$"), x("length_gte", 1, "args.to"), x("eq", 1, "args.to[*].n")] },
          ],
          limits: [
            { counter: "pays", window: "minute", max: 5 },
            { counter: "pays", window: "day", max: 50 },
          ],
        },
      },
    };
    expect(
      advice(
        document,
        ["delete_x", "drop", "get_a", "get_b", "pay"].map((name) => ({ name })),
      ),
    ).toEqual([]);
  });

  it("has its places told by line and column", () => {
    const text = '{"version":"1","default":"deny",\n  "hide":["a","a"]}';
    expect(advice(text)).toEqual([
      { pointer: "/hide/1", line: 2, column: 15, message: '"a" is hidden already, further up in this list' },
    ]);
  });
});

describe("what advice says", () => {
  const said = (entry: object, rest: object = {}, tools?: readonly ListedTool[]) =>
    advice({ version: "1", default: "deny", tools: { t: entry }, ...rest }, tools).map(
      ({ pointer, message }) => `${pointer}: ${message}`,
    );

  it("is which rule leaves nothing to decide to which others", () => {
    expect(said({ require: [always] })).toEqual(["/tools/t/require/0: this wall never denies anything"]);
    expect(said({ deny_if: [always, some], rate_limit: "1/day" })).toEqual([
      '/tools/t/deny_if/1: "/tools/t/deny_if/0" denies every call before this is looked at',
      '/tools/t/rate_limit: "/tools/t/deny_if/0" denies every call before this is looked at',
    ]);
    expect(said({ require: [some] }, { all_tools: { deny_if: [some, always] } })).toEqual([
      '/tools/t: "/all_tools/deny_if/1" denies every call of every tool, so "t" is never looked at',
    ]);
    expect(said({ action: "deny", deny_if: [some] })).toEqual([
      '/tools/t/deny_if: "action" denies every call of this tool, so this is never looked at',
    ]);
    expect(said({ action: "hide", approval: {} })).toEqual([
      '/tools/t/approval: "action" hides this tool, so this is never looked at',
    ]);
  });

  it("is what a condition is the same for, and which list may be empty", () => {
    expect(said({ deny_if: [{ conditions: [x("in", []), { any: [] }] }] })).toEqual([
      "/tools/t/deny_if/0: this wall never denies anything",
      '/tools/t/deny_if/0/conditions/0: nothing is in an empty list, so "in" is the same for every value',
      '/tools/t/deny_if/0/conditions/1: an empty "any" never holds',
    ]);
    const each = x("eq", 1, "args.a[*].b[*].c");
    const passes = (list: string) =>
      `/tools/t/require/0/conditions/0: an empty list passes here, since all of its no elements do; require "length_gte" 1 of "${list}" too`;
    expect(said({ require: [{ conditions: [each] }] })).toEqual([passes("args.a")]);
    expect(said({ require: [{ conditions: [each, x("length_gte", 1, "args.a")] }] })).toEqual([passes("args.a[*].b")]);
  });

  it("is what a pattern lacks to say what it looks like", () => {
    const conditions = ["^a|b$", "a", "^a+"].map((pattern) => x("regex", pattern));
    const at = "/tools/t/require/0/conditions";
    expect(said({ require: [{ conditions }] })).toEqual([
      `${at}/0: an anchor binds only its own side of a "|"; put the alternatives in a group, as in "^(?:a|b)$"`,
      `${at}/1: this matches anywhere in a value, whatever stands around it; put "^" before and "$" behind it when it is all of the value`,
      `${at}/2: this says nothing about what follows the match; put "$" behind it when that is to be nothing`,
    ]);
  });

  it("is which limit refuses before another", () => {
    const limits = ["minute", "hour"].map((window, index) => ({ counter: "c", window, max: 60 ** index }));
    expect(said({ limits })).toEqual([
      '/tools/t/limits/1: this limit never refuses a call: "/tools/t/limits/0" counts the same and refuses before it',
    ]);
  });

  it("is what hides a name already", () => {
    expect(said({}, { hide: ["t", "ab", "a*", "t"] })).toEqual([
      '/tools/t: "hide" has "t", so this entry is never looked at',
      '/hide/1: "ab" is hidden already, by "a*"',
      '/hide/3: "t" is hidden already, further up in this list',
    ]);
    expect(said({}, { hide: ["t*"] })).toEqual(['/tools/t: "hide" has "t*", so this entry is never looked at']);
  });

  it("is what strict arguments deny of a tool that runs others", () => {
    const entry = { unwrap: { tool: "args.n", arguments: "args.p" }, arguments: "strict" };
    const inputSchema = { properties: { n: { type: "string" }, p: { type: "object" } } };
    expect(said(entry, {}, [{ name: "t", inputSchema }])).toEqual([
      '/tools/t/unwrap: strict arguments deny whatever "args.p" carries, since the schema of "t" names no member of it',
    ]);
  });

  it("is that a tool may run others, also where nothing says how", () => {
    expect(said({}, { default: "allow" }, [{ name: "run_tool" }, { name: "t" }])).toEqual([
      '/default: "run_tool" looks as if it ran other tools by name, past their rules; give it "unwrap": {"tool": "args.…", "arguments": "args.…"}, or deny it',
    ]);
  });
});

describe("names that mean nothing", () => {
  it("are hidden twice, or by a wider glob too", () => {
    const hide = ["a", "delete_*", "delete_user", "*_user_*", "*x", "delete_user_*", "a"];
    expect(of({}, { hide })).toEqual(["/hide/2", "/hide/5", "/hide/6"]);
  });

  it("are entries of tools that are hidden anyway", () => {
    const tools = { a: {}, "del_*": {}, "del_x*": {}, "*": {}, b: { action: "hide" }, c: {} };
    expect(pointers({ version: "1", default: "deny", hide: ["a", "b", "del_*"], tools })).toEqual([
      "/tools/a",
      "/tools/del_*",
      "/tools/del_x*",
    ]);
  });

  it("are of tools that the server does not list, with the one that may be meant", () => {
    const document = {
      version: "1",
      default: "deny",
      hide: ["drop_*", "gone"],
      tools: { create_invioce: {}, create_refund: {}, "get_*": {}, "put_*": {}, "create_*": {} },
    };
    const tools = ["create_invoice", "create_refund", "get_a"].map((name) => ({ name }));
    expect(advice(document, tools).map(({ pointer, message }) => `${pointer}: ${message}`)).toEqual([
      '/hide/0: "drop_*" matches no tool that the server lists',
      '/hide/1: "gone" is no tool that the server lists',
      '/tools/create_invioce: "create_invioce" is no tool that the server lists; did you mean "create_invoice"?',
      '/tools/put_*: "put_*" matches no tool that the server lists',
    ]);
    expect(advice(document)).toEqual([]);
    const outdone = { version: "1", default: "deny", tools: { "get_*": {}, get_a: {} } };
    expect(advice(outdone, tools).map(({ pointer, message }) => `${pointer}: ${message}`)).toEqual([
      '/tools/get_*: "get_*" applies to no tool: every tool that it matches has an entry that fits it better',
    ]);
  });
});

describe("rules that no call comes to", () => {
  it("stand behind a wall that always denies", () => {
    const entry = {
      deny_if: [some, always, some],
      require: [some],
      arguments: "strict",
      limits: [{ counter: "c", window: "day", max: 1 }],
      rate_limit: "1/day",
      unwrap: { tool: "args.a", arguments: "args.b" },
      approval: {},
    };
    expect(of(entry)).toEqual(
      ["deny_if/2", "require/0", "arguments", "limits", "rate_limit", "unwrap", "approval"].map(
        (each) => `/tools/t/${each}`,
      ),
    );
    expect(of({ require: [{ conditions: [{ any: [] }] }, some] })).toContain("/tools/t/require/1");
    expect(of({ require: [{ conditions: [x("in", [])] }, some] })).toContain("/tools/t/require/1");
    expect(of({ deny_if: [{ conditions: [{ not: { any: [] } }] }, some] })).toContain("/tools/t/deny_if/1");
    expect(of({ deny_if: [{ conditions: [x("not_in", [])] }, some] })).toContain("/tools/t/deny_if/1");
    expect(of({ deny_if: [{ conditions: [x("eq", 1), { all: [] }] }, some] })).toEqual([]);
  });

  it.each<readonly [string, object, boolean]>([
    ["require", { all: [x("in", []), x("eq", 1)] }, true],
    ["require", { all: [x("eq", 1), x("in", [])] }, true],
    ["require", { any: [x("in", []), x("in_cidr", [])] }, true],
    ["require", { any: [x("in", []), x("eq", 1)] }, false],
    ["require", { not: x("not_in", []) }, true],
    ["require", x("not_in", []), false],
    // An empty list lets it pass.
    ["require", x("in", [], "args.list[*]"), false],
    ["deny_if", { any: [x("eq", 1), x("not_in", [])] }, true],
    ["deny_if", { all: [x("eq", 1), x("not_in", [])] }, false],
    ["deny_if", { not: { all: [x("in", []), x("eq", 1)] } }, true],
    ["deny_if", { not: x("in_cidr", []) }, true],
    ["deny_if", x("not_in", [], "args.list[*]"), false],
    ["deny_if", x("in", []), false],
    ["deny_if", x("not_in", ["a"]), false],
  ])("stand behind a %s of %j: %j", (list, condition, behind) => {
    const found = of({ [list]: [{ conditions: [condition] }], rate_limit: "1/day" });
    expect(found.includes("/tools/t/rate_limit")).toBe(behind);
  });

  it("are all entries behind such a wall in all_tools", () => {
    const all_tools = { deny_if: [always], require: [some] };
    expect(of({ require: [some] }, { all_tools })).toEqual(["/tools/t", "/all_tools/require/0"]);
  });

  it("stand under an action that leaves nothing to decide", () => {
    for (const action of ["deny", "hide"]) {
      expect(of({ action, reason: "no", deny_if: [some], rate_limit: "1/day" })).toEqual([
        "/tools/t/deny_if",
        "/tools/t/rate_limit",
      ]);
      expect(of({ action })).toEqual([]);
    }
    expect(of({ action: "require_approval", deny_if: [some] })).toEqual([]);
  });

  it("are walls that never deny", () => {
    expect(of({ require: [always] })).toEqual(["/tools/t/require/0"]);
    expect(of({ deny_if: [{ conditions: [x("eq", 1), { not: { all: [] } }] }] })).toEqual(["/tools/t/deny_if/0"]);
    expect(of({ deny_if: [{ conditions: [{ any: [] }] }] })).toEqual([
      "/tools/t/deny_if/0",
      "/tools/t/deny_if/0/conditions/0",
    ]);
  });
});

describe("conditions about nothing", () => {
  it("are empty groups and lists, in walls and approvals", () => {
    const at = (list: string) => `/tools/t/${list}/0/conditions/0`;
    expect(of({ deny_if: [{ conditions: [x("in", [])] }] })).toEqual([at("deny_if")]);
    expect(of({ require: [{ conditions: [x("not_in_cidr", [])] }] })).toEqual([at("require")]);
    expect(of({ require: [{ conditions: [{ any: [{ not: { any: [] } }] }] }] })).toContain(
      `${at("require")}/any/0/not`,
    );
    expect(of({ approval: { when: [{ any: [] }] } })).toEqual(["/tools/t/approval/when/0"]);
  });

  it("are lists under [*] in a require, that may be empty", () => {
    const each = x("eq", 1, "args.to[*].n");
    const at = "/tools/t/require/0/conditions/0";
    expect(of({ require: [{ conditions: [each] }] })).toEqual([at]);
    expect(of({ deny_if: [{ conditions: [each] }] })).toEqual([]);
    expect(of({ require: [{ conditions: [{ any: [each, some.conditions[0]] }] }] })).toEqual([`${at}/any/0`]);
    const filling = [
      { require: [x("length_gte", 1, "args.to")] },
      { require: [x("length_gte", 2, 'args["to"]')] },
      { require: [x("exists", true, "args.to[0]")] },
      { deny_if: [x("length_lte", 0, "args.to")] },
      { deny_if: [x("eq", [], "args.to")] },
    ];
    for (const { require = [], deny_if = [] } of filling) {
      const walls = (conditions: readonly object[]) => conditions.map((condition) => ({ conditions: [condition] }));
      expect(of({ require: [{ conditions: [each] }, ...walls(require)], deny_if: walls(deny_if) })).toEqual([]);
      const all_tools = { require: walls(require), deny_if: walls(deny_if) };
      expect(of({ require: [{ conditions: [each] }] }, { all_tools })).toEqual([]);
    }
    for (const no of [
      x("length_gte", 0, "args.to"),
      x("length_gte", 1, "args.from"),
      { any: [x("length_gte", 1, "args.to")] },
      { not: x("length_lte", 0, "args.to") },
      x("length_lte", 0, "args.to"),
      x("exists", false, "args.to[0]"),
      x("exists", true, "args.to"),
      x("exists", true, "args.to[1]"),
      x("eq", [], "args.to"),
    ]) {
      expect(of({ require: [{ conditions: [each, no] }] })).toEqual([at]);
    }
    for (const no of [
      [x("eq", [], "args.to"), x("eq", 1)],
      [x("eq", [1], "args.to")],
      [x("eq", "", "args.to")],
      [x("neq", [], "args.to")],
      [x("length_gte", 0, "args.to")],
      [{ all: [x("length_lte", 0, "args.to")] }],
    ]) {
      expect(of({ require: [{ conditions: [each] }], deny_if: [{ conditions: no }] })).toEqual([at]);
    }
  });

  it("are lists in lists, each of them", () => {
    const each = x("eq", 1, "args.a[*].b[*]");
    const conditions = (...more: object[]) => of({ require: [{ conditions: [each, ...more] }] });
    expect(conditions(x("length_gte", 1, "args.a"))).toHaveLength(1);
    expect(conditions(x("length_gte", 1, "args.a"), x("length_gte", 1, "args.a[*].b"))).toEqual([]);
  });
});

describe("patterns that look as if they were to match all of a value", () => {
  const in_ = (list: "require" | "deny_if", pattern: string) =>
    of({ [list]: [{ conditions: [x("regex", pattern)] }] }).length === 1;

  it.each([
    "^a\\.b|c$",
    "^[a]|b$",
    "|^a$",
    "(?i)^a|b",
    "(?im)^a|b",
    "^dev|test$",
    "^a|b",
    "a|b$",
    "^(?:a|b)|c$",
    "^[(]|b$",
    "^(a)|b$",
    "\\Aa|b\\z",
    "a|$",
    "^a\\\\|b$",
  ])("%s binds an anchor to one side only", (pattern) => {
    expect([in_("require", pattern), in_("deny_if", pattern)]).toEqual([true, true]);
  });

  it.each([
    "[a-z]+",
    "prod-\\d+",
    "10\\.0\\.",
    "^[a-z0-9-]+",
    "a|b",
    "(?i)abc",
    "a\\$",
    "^a*",
    "^a?",
    "^a{2}",
    "^a.|^b+",
    "a.*b",
    "^.*a+",
    "^\\+a*",
    "a|[^b]",
    "x[$]|y",
  ])("%s lets more pass than it says, in a require", (pattern) => {
    expect([in_("require", pattern), in_("deny_if", pattern)]).toEqual([true, false]);
    expect(of({ deny_if: [{ conditions: [{ not: x("regex", pattern) }] }] })).toHaveLength(1);
    expect(of({ require: [{ conditions: [{ not: x("regex", pattern) }] }] })).toEqual([]);
    expect(of({ approval: { when: [x("regex", pattern)] } })).toEqual([]);
  });

  it.each([
    "^[a-z]+$",
    "^https://api\\.example\\.com/",
    "@example\\.com$",
    "^(?:a|b)$",
    ".*secret.*",
    "\\bword\\b",
    "^a.*",
    "^a.+",
    "^a+b",
    "a|.*b",
    "^a.*?",
    "^a\\+",
    "^a\\$",
    "a\\\\$",
    ".*a",
    ".+a",
    "a.*",
    "a.+",
    "$",
    "^[|]$",
    "^[\\]|]$",
    "^a\\|b$",
    "^(a|(b|c))$",
    "^a$|^b$",
    "\\A[a-z]+\\z",
    "(?i)^a$",
    "(?is)^a$",
  ])("%s says what it means", (pattern) => {
    expect([in_("require", pattern), in_("deny_if", pattern)]).toEqual([false, false]);
  });
});

describe("texts that look like such patterns", () => {
  it("are taken as they are where nothing matches them", () => {
    const conditions = ["eq", "starts_with", "contains"].map((op) => x(op, "^a|b$"));
    expect(of({ require: [{ conditions }], deny_if: [{ conditions }] })).toEqual([]);
  });
});

describe("limits that never refuse", () => {
  const limit = (window: unknown, max: number, more: object = {}) => ({ counter: "c", window, max, ...more });
  const idle = (...limits: object[]) => of({ limits }).map((pointer) => pointer.slice("/tools/t/limits/".length));

  it.each<readonly [string, readonly object[], readonly string[]]>([
    ["a longer window with room for all of the shorter ones", [limit("minute", 30), limit("hour", 1800)], ["1"]],
    ["a longer window that is tighter", [limit("minute", 30), limit("hour", 1799)], []],
    ["a shorter window as large as a longer one", [limit("second", 30), limit("minute", 30)], ["0"]],
    ["weeks, which begin where days do", [limit("day", 1), limit("week", 7)], ["1"]],
    ["weeks of seconds, which begin on Thursdays", [limit("week", 7), limit(604800, 7)], []],
    ["months, with as many days as they may have", [limit("day", 1), limit("month", 30)], []],
    ["months of 31 days", [limit("day", 1), limit("month", 31)], ["1"]],
    ["windows that cut each other", [limit(7, 1), limit(100_000, 14_286)], []],
    ["windows that cut each other, with room for one more", [limit(7, 1), limit(100_000, 14_287)], ["1"]],
    [
      "a rolling window beside the same by the calendar",
      [limit("day", 5, { align: "rolling" }), limit("day", 5)],
      ["1"],
    ],
    [
      "a rolling window with room for two by the calendar",
      [limit("day", 5), limit("day", 10, { align: "rolling" })],
      ["1"],
    ],
    ["a rolling window that is tighter than two", [limit("day", 5), limit("day", 9, { align: "rolling" })], []],
    ["one grant's share of what all have together", [limit("day", 5, { scope: "server" }), limit("day", 5)], ["1"]],
    ["what all have together, beside one grant's", [limit("day", 5), limit("day", 6, { scope: "server" })], []],
    ["one session's share of what a grant has", [limit("day", 5), limit("day", 5, { scope: "session" })], ["1"]],
    ["what a grant has, beside one session's", [limit("day", 5, { scope: "session" }), limit("day", 6)], []],
    ["months, which begin where hours do", [limit("hour", 1), limit("month", 744)], ["1"]],
    ["months, with one hour too few", [limit("hour", 1), limit("month", 743)], []],
    ["months, which begin within a week", [limit("week", 1), limit("month", 5)], []],
    ["months, which touch six weeks at most", [limit("week", 1), limit("month", 6)], ["1"]],
    ["31 days that touch three months at most", [limit("month", 1), limit(2_678_400, 3)], ["1"]],
    ["31 days that touch more than two months", [limit("month", 1), limit(2_678_400, 2)], []],
    [
      "rolling windows within a rolling one",
      [limit("minute", 1, { align: "rolling" }), limit("hour", 60, { align: "rolling" })],
      ["1"],
    ],
    [
      "an amount of the call's own beside a fixed one",
      [limit("minute", 1), limit("hour", 60, { increment_from: "args.n" })],
      [],
    ],
    [
      "a fixed amount beside one of the call's own",
      [limit("minute", 1, { increment_from: "args.n" }), limit("hour", 60)],
      [],
    ],
    ["another counter", [limit("minute", 30), { ...limit("hour", 9999), counter: "d" }], []],
    ["other amounts", [limit("minute", 30), limit("hour", 9999, { increment: 2 })], []],
    [
      "the same amounts",
      [limit("minute", 1, { increment_from: "args.n" }), limit("hour", 60, { increment_from: "args.n" })],
      ["1"],
    ],
  ])("know %s", (_, limits, expected) => {
    expect(idle(...limits)).toEqual(expected);
  });

  it("are only those whose counter is always taken from together with the other", () => {
    const document = (other: readonly object[]) => ({
      version: "1",
      default: "deny",
      tools: { a: { limits: [limit("minute", 1), limit("hour", 60)] }, b: { limits: other } },
    });
    expect(pointers(document([]))).toEqual(["/tools/a/limits/1"]);
    expect(pointers(document([limit("hour", 60)]))).toEqual([]);
    expect(pointers(document([limit("minute", 2), limit("hour", 60)]))).toEqual([]);
    expect(pointers(document([limit("minute", 2), limit("hour", 120)]))).toEqual(["/tools/b/limits/1"]);
    const wider = (each: number) => [limit("minute", each), limit("hour", 60)];
    const tools = { a: { limits: wider(2) }, b: { limits: wider(1) } };
    expect(pointers({ version: "1", default: "deny", tools })).toEqual([]);
    const denied = document([]);
    Object.assign(denied.tools.b, { action: "deny", limits: [limit("hour", 60)] });
    expect(pointers(denied)).toEqual(["/tools/a/limits/1", "/tools/b/limits"]);
    const shared = { all_tools: { limits: [limit("minute", 1)] } };
    expect(of({ limits: [limit("hour", 60)] }, shared)).toEqual(["/tools/t/limits/0"]);
  });
});

describe("tools that run others", () => {
  const schema = { properties: { tool_name: { type: "string" }, parameters: { title: "Parameters" } } };
  const unwrap = { tool: "args.tool_name", arguments: "args.parameters" };
  const told = (name: string, inputSchema?: object) =>
    pointers({ version: "1", default: "deny", tools: { [name]: {} } }, [
      { name, ...(inputSchema && { inputSchema: JSON.parse(JSON.stringify(inputSchema)) }) },
    ]).length > 0;

  it.each([
    "execute_advanced_tool",
    "exec_tool",
    "call_tool",
    "runTool",
    "mcp.invoke-tool",
    "dispatch_tool",
    "EXECUTE_TOOLS",
  ])("are told by the name %s", (name) => {
    expect(told(name)).toBe(true);
  });

  it.each([
    "find_tool",
    "get_run_tool",
    "list_run_tools",
    "find_call_tool",
    "search_exec_tools",
    "describe_call_tool",
    "show_run_tool",
    "info_run_tool",
    "call_tools_report",
    "execute_query",
    "tool",
    "run",
    "recall_tooling",
    "macro_generate_tool",
  ])("are not told by the name %s", (name) => {
    expect(told(name)).toBe(false);
  });

  it("are told by a schema that takes a tool's name and its arguments", () => {
    const properties = (given: object) => told("do_it", { properties: given });
    expect(told("do_it", schema)).toBe(true);
    expect(properties({ toolName: { type: "string" }, args: { type: "object" } })).toBe(true);
    expect(
      properties({
        tool: { anyOf: [{ type: "string" }] },
        arguments: { anyOf: [{ type: "object" }, { type: "null" }] },
      }),
    ).toBe(true);
    expect(properties({ tool_name: { type: "string" } })).toBe(false);
    expect(properties({ tool: { type: "string" }, arguments: { type: "integer" } })).toBe(false);
    expect(properties({ tool: { type: "object" }, arguments: { type: "object" } })).toBe(false);
  });

  it("are named where they can be called and nothing says what they run, with what would", () => {
    const tools = [{ name: "execute_tool", inputSchema: JSON.parse(JSON.stringify(schema)) }];
    const document = (entry: object | undefined, rest: object = {}) => ({
      version: "1",
      default: "deny",
      tools: entry === undefined ? {} : { execute_tool: entry },
      ...rest,
    });
    expect(advice(document({}), tools).map(({ pointer, message }) => `${pointer}: ${message}`)).toEqual([
      '/tools/execute_tool: "execute_tool" looks as if it ran other tools by name, past their rules; give it "unwrap": {"tool": "args.tool_name", "arguments": "args.parameters"}, or deny it',
    ]);
    expect(pointers(document({}))).toEqual(["/tools/execute_tool"]);
    expect(pointers(document(undefined, { default: "allow" }), tools)).toEqual(["/default"]);
    expect(pointers(document(undefined, { tools: { "exec*": {} } }), tools)).toEqual(["/tools/exec*"]);
    for (const safe of [{ unwrap }, { action: "deny" }, { action: "hide" }])
      expect(pointers(document(safe), tools)).toEqual([]);
    expect(pointers(document(undefined), tools)).toEqual([]);
    expect(pointers(document(undefined, { default: "allow", hide: ["exec*"] }), tools)).toEqual([]);
  });
});

describe("strict arguments of a tool that runs others", () => {
  const unwrap = { tool: "args.tool_name", arguments: "args.parameters" };
  const told = (parameters: unknown, entry: object = { unwrap, arguments: "strict" }, rest: object = {}) => {
    const inputSchema = JSON.parse(JSON.stringify({ properties: { tool_name: { type: "string" }, parameters } }));
    return of(entry, rest, [{ name: "t", inputSchema }]);
  };

  it("let nothing pass when its schema leaves what it carries free", () => {
    const at = ["/tools/t/unwrap"];
    expect(told({ title: "Parameters" })).toEqual(at);
    expect(told({ type: "object", additionalProperties: true })).toEqual(at);
    expect(told(true, { unwrap }, { all_tools: { arguments: "strict" } })).toEqual(at);
    expect(told(true, { unwrap })).toEqual([]);
    const deeper = { unwrap: { ...unwrap, arguments: "args.parameters.of" }, arguments: "strict" };
    expect(told(true, deeper)).toEqual([]);
    expect(told({ properties: { n: {} } })).toEqual([]);
    expect(told({ additionalProperties: { type: "string" } })).toEqual([]);
    expect(told({ anyOf: [{ type: "object" }] })).toEqual([]);
  });
});

describe("of every policy", { timeout: 120_000 }, () => {
  it("advice has a place and never throws", () => {
    const tools = fc.option(fc.array(fc.record({ name: toolName }), { maxLength: 5 }), { nil: undefined });
    fc.assert(
      fc.property(policy, tools, (document, listed) => {
        const text = textOf(document);
        for (const { line, column, message } of advice(text, listed)) {
          expect([line, column].every((each) => each > 0)).toBe(true);
          expect(message.length).toBeLessThan(500);
        }
      }),
      { numRuns: 2000 },
    );
  });

  it("what is said never to be looked at never decides", () => {
    fc.assert(
      fc.property(policy, toolName, argumentsText, (document, tool, args) => {
        const decision = decide(policyOf(textOf(document)), callOf(args, { tool, schemaOf }));
        if (decision.effect === "allow" || decision.effect === "hide") return;
        for (const { pointer, message } of advice(textOf(document))) {
          const dead =
            message.includes("never looked at") ||
            message.includes("before this is looked at") ||
            message.includes("never denies");
          if (!dead) continue;
          expect(decision.rule.startsWith(`${pointer}/`) || decision.rule === pointer).toBe(false);
        }
      }),
      { numRuns: 3000 },
    );
  });

  it("stays quick on a large one", () => {
    const limits = [
      { counter: "c", window: "minute", max: 5 },
      { counter: "c", window: "hour", max: 500 },
    ];
    const entries = Array.from({ length: 5000 }, (_, i) => [`tool_number_${i}`, { limits, require: [some] }]);
    const text = JSON.stringify({
      version: "1",
      default: "deny",
      hide: entries.map(([name]) => `${name}*x`),
      tools: Object.fromEntries(entries),
    });
    const read = readPolicy(text);
    if (!read.ok) throw new Error("the policy does not read");
    compilePolicy(read.document);
    const tools = Array.from({ length: 600 }, (_, index) => ({ name: `other_${index}` }));
    expect(warnings(text, read.document, tools).length).toBeGreaterThan(10_000);
  });
});
