import { describe, expect, it } from "vitest";
import { readPolicy } from "../../../src/policy/read.ts";
import { faultsOf, policyOf, problemsOf } from "./given.ts";

const MINIMAL = { version: "1", default: "deny" };

describe("reading a policy", () => {
  it("takes the smallest document there is", () => {
    expect(readPolicy('{"version":"1","default":"deny"}').ok).toBe(true);
  });

  it("gives one canonical text to documents that say the same", () => {
    const one = readPolicy('{"version":"1", "default":"deny","tools":{"b":{},"a":{}}}');
    const two = readPolicy('{ "default":"deny","tools":{"a":{ },"b":{}},\n"version":"1"}');
    expect(one.ok && one.canonical).toBe('{"default":"deny","tools":{"a":{},"b":{}},"version":"1"}');
    expect(two.ok && two.canonical).toBe(one.ok && one.canonical);
  });

  it("takes every descriptive field where it belongs", () => {
    const entry = {
      description: "d",
      reason: "r",
      arguments: "open",
      require: [{ description: "d", conditions: [] }],
      deny_if: [],
      limits: [{ description: "d", counter: "c", window: 90, max: 1, scope: "grant", align: "calendar" }],
    };
    const document = { $schema: "x", ...MINIMAL, description: "d", hide: ["h"], all_tools: { description: "d" } };
    expect(faultsOf(entry, document)).toEqual([]);
  });

  it("keeps __proto__ and its like as names of their own", () => {
    const read = readPolicy('{"version":"1","default":"deny","tools":{"__proto__":{},"constructor":{},"toString":{}}}');
    expect(read.ok && [...read.document.tools.keys()]).toEqual(["__proto__", "constructor", "toString"]);
  });
});

describe("what is wrong with a policy", () => {
  it("is reported all at once, in the order of the text, with line and column", () => {
    const text = [
      '{ "version": "2",',
      '  "tools": { "a": { "denyIf": [], "limits": [ {"counter":"c","window":"year","max":0} ] },',
      '             "a": {},',
      '             "": { "action": "maybe" } },',
      '  "defualt": "deny" }',
    ].join("\n");
    expect(problemsOf(text).map(({ line, column, pointer }) => `${line}:${column} ${pointer}`)).toEqual([
      "1:1 ",
      "1:14 /version",
      "2:21 /tools/a/denyIf",
      "2:71 /tools/a/limits/0/window",
      "2:84 /tools/a/limits/0/max",
      "3:14 /tools/a",
      "4:14 /tools/",
      "4:30 /tools//action",
      "5:3 /defualt",
    ]);
  });

  it("is told in the order of the text whatever it is, within a line too", () => {
    const places = (text: string) =>
      problemsOf(text).map(({ line, column, pointer }) => `${line}:${column} ${pointer}`);
    expect(places('{"version":"2","default":"deny","default":"deny"}')).toEqual(["1:12 /version", "1:33 /default"]);
    expect(places('{"version":"1","version":"1",\n"default":"no"}')).toEqual(["1:16 /version", "2:11 /default"]);
    expect(places('{"version":"1","version":"1",\n"default":}')).toEqual(["1:16 ", "2:11 "]);
  });

  it("is a repeated key even where all else is right, at any depth", () => {
    const repeated = (text: string) => problemsOf(text).map(({ pointer, message }) => `${pointer}: ${message}`);
    expect(repeated('{"version":"1","default":"deny","default":"deny"}')).toEqual([
      '/default: the key "default" is repeated',
    ]);
    expect(repeated('{"version":"1","default":"deny","tools":{"a":{},"\\u0061":{"action":"deny"}}}')).toEqual([
      '/tools/a: the key "a" is repeated',
    ]);
    const inValue = '{"path":"args.x","op":"eq","value":{"k":1,"k":1}}';
    expect(repeated(`{"version":"1","default":"deny","all_tools":{"require":[{"conditions":[${inValue}]}]}}`)).toEqual([
      '/all_tools/require/0/conditions/0/value/k: the key "k" is repeated',
    ]);
  });

  it("is half a surrogate pair in a glob, though not in a name", () => {
    expect(problemsOf({ ...MINIMAL, hide: ["\ud83d"], tools: { "\ude00": {} } })).toEqual([]);
    expect(problemsOf({ ...MINIMAL, hide: ["\ud83d*"], tools: { "*\ude00": {} } })).toHaveLength(2);
  });

  it("names the nearest field, operator and word that would have been right", () => {
    const faults = faultsOf({
      dennyif: [],
      action: "allw",
      deny_if: [{ conditions: [{ path: "arg.x", op: "equals", value: 1 }] }],
    });
    expect(faults).toContainEqual(expect.stringMatching(/^\/tools\/t\/dennyif: .*did you mean "deny_if"\?$/));
    expect(faults).toContainEqual(expect.stringMatching(/^\/tools\/t\/action: .*did you mean "allow"\?$/));
    expect(faults).toContainEqual(expect.stringMatching(/conditions\/0\/path: .*did you mean "args"\?$/));
    expect(faults).toContainEqual(expect.stringMatching(/conditions\/0\/op: .*"eq", "neq".*found "equals"/));
  });

  it("includes an unfit value beside a mistyped path", () => {
    const faults = faultsOf({ deny_if: [{ conditions: [{ path: "nowhere", op: "gt", value: "many" }] }] });
    expect(faults.map((fault) => fault.split(":")[0])).toEqual([
      "/tools/t/deny_if/0/conditions/0/path",
      "/tools/t/deny_if/0/conditions/0/value",
    ]);
  });

  it.each([
    ["nothing", ""],
    ["a comment", '{"version":"1",/* no */"default":"deny"}'],
    ["a trailing comma", '{"version":"1","default":"deny",}'],
    ["a byte order mark", '\ufeff{"version":"1","default":"deny"}'],
    ["65 levels", `{"version":"1","default":"deny","record":${"[".repeat(64)}${"]".repeat(64)}}`],
    ["a list", "[]"],
    ["more than 1 MiB", `{"version":"1","default":"deny","description":"${"é".repeat(530_000)}"}`],
  ])("is said of %s", (_, text) => {
    expect(problemsOf(text)).toHaveLength(1);
  });

  it.each([
    ["a wall without conditions", { require: [{}] }, "/tools/t/require/0"],
    ["a wall that is no object", { require: ["no"] }, "/tools/t/require/0"],
    ["walls that are no list", { deny_if: {} }, "/tools/t/deny_if"],
    [
      "a condition without value",
      { require: [{ conditions: [{ path: "args.x", op: "eq" }] }] },
      "/tools/t/require/0/conditions/0",
    ],
    ["an entry that is null", null, "/tools/t"],
    ["a reason that is no text", { reason: 1 }, "/tools/t/reason"],
    ["an empty counter", { limits: [{ counter: "", window: "day", max: 1 }] }, "/tools/t/limits/0/counter"],
    ["a limit without max", { limits: [{ counter: "c", window: "day" }] }, "/tools/t/limits/0"],
    ["a fractional max", { limits: [{ counter: "c", window: "day", max: 1.5 }] }, "/tools/t/limits/0/max"],
    ["a max above 10^12", { limits: [{ counter: "c", window: "day", max: 1e12 + 1 }] }, "/tools/t/limits/0/max"],
    ["a window of no length", { limits: [{ counter: "c", window: 0, max: 1 }] }, "/tools/t/limits/0/window"],
    ["a window above a month", { limits: [{ counter: "c", window: 2678401, max: 1 }] }, "/tools/t/limits/0/window"],
    ["a window as text", { limits: [{ counter: "c", window: "60", max: 1 }] }, "/tools/t/limits/0/window"],
    [
      "an increment of 0",
      { limits: [{ counter: "c", window: 1, max: 1, increment: 0 }] },
      "/tools/t/limits/0/increment",
    ],
    [
      "seven decimal places",
      { limits: [{ counter: "c", window: 1, max: 1, increment: 0.0000001 }] },
      "/tools/t/limits/0/increment",
    ],
    [
      "two increments",
      { limits: [{ counter: "c", window: 1, max: 1, increment: 1, increment_from: "args.n" }] },
      "/tools/t/limits/0",
    ],
    [
      "[*] for an amount",
      { limits: [{ counter: "c", window: 1, max: 1, increment_from: "args[*]" }] },
      "/tools/t/limits/0/increment_from",
    ],
  ])("is said of %s", (_, entry, pointer) => {
    expect(problemsOf({ ...MINIMAL, tools: { t: entry } }).map((problem) => problem.pointer)).toEqual([pointer]);
  });

  it("includes limits that would share one count by accident", () => {
    const limit = (counter: string, window: unknown) => ({ counter, window, max: 1 });
    expect(faultsOf({ limits: [limit("c", "minute"), limit("c", "hour"), limit("c", 60)] })).toEqual([
      expect.stringContaining('/tools/t/limits/2: this limit would share its count with "/tools/t/limits/0"'),
    ]);
    expect(faultsOf({ limits: [limit("c", "day")] }, { all_tools: { limits: [limit("c", 86400)] } })).toHaveLength(1);
    expect(faultsOf({ limits: [limit("c", "week"), limit("c", 604800)] })).toEqual([]);
  });

  it("takes limits for different ones when only scope or align sets them apart, and knows their defaults", () => {
    const limit = (more: object) => ({ counter: "c", window: "day", max: 1, ...more });
    const apart = [
      limit({}),
      limit({ scope: "session" }),
      limit({ scope: "server" }),
      limit({ align: "rolling" }),
      limit({ scope: "server", align: "rolling" }),
    ];
    expect(faultsOf({ limits: apart })).toEqual([]);
    for (const each of apart) {
      expect(faultsOf({ limits: [...apart, each] })).toHaveLength(1);
      expect(faultsOf({ limits: [each] }, { all_tools: { limits: apart } })).toHaveLength(1);
    }
    expect(faultsOf({ limits: [limit({}), limit({ scope: "grant", align: "calendar" })] })).toHaveLength(1);
  });

  it("is said of limits of all tools where they stand", () => {
    const limits = [
      { counter: "c", window: "day", max: 1 },
      { counter: "c", window: "day", max: 2 },
    ];
    expect(faultsOf({}, { all_tools: { limits } })).toEqual([
      '/all_tools/limits/1: this limit would share its count with "/all_tools/limits/0" (same counter, window, align and scope); give one another name',
    ]);
  });

  it("is not that limits share a count, as long as it can't be told which count is theirs", () => {
    const twice = (limit: unknown) => faultsOf({ limits: [limit, limit] }).map((fault) => fault.split(":")[0]);
    expect(twice({ counter: 7, window: "day", max: 1 })).toEqual([
      "/tools/t/limits/0/counter",
      "/tools/t/limits/1/counter",
    ]);
    expect(twice({ counter: "c", window: "year", max: 1 })).toEqual([
      "/tools/t/limits/0/window",
      "/tools/t/limits/1/window",
    ]);
    expect(twice(7)).toEqual(["/tools/t/limits/0", "/tools/t/limits/1"]);
  });

  it.each([
    ["", "x"],
    ["of two bytes to a character", "é"],
  ])("is that it is longer than 1 MiB, and not that it is as long %s", (_, character) => {
    const text = (bytes: number) => {
      const empty = '{"version":"1","default":"deny","description":""}';
      const rest = bytes - empty.length;
      const most = character.repeat(Math.floor(rest / Buffer.byteLength(character)));
      return empty.replace('""}', `"${most}${"x".repeat(rest - Buffer.byteLength(most))}"}`);
    };
    expect(Buffer.byteLength(text(1_048_576))).toBe(1_048_576);
    expect(problemsOf(text(1_048_576))).toEqual([]);
    expect(problemsOf(text(1_048_577))).toEqual([
      { pointer: "", line: 1, column: 1, message: "a policy is at most 1 MiB long" },
    ]);
  });

  it("includes a wall and an approval of more than 100 conditions", () => {
    const conditions = (count: number) =>
      Array.from({ length: count }, () => ({ path: "args", op: "exists", value: true }));
    const wall = (count: number) => ({ require: [{ conditions: conditions(count) }] });
    const approval = (count: number) => ({ approval: { when: conditions(count) } });
    expect([...faultsOf(wall(100)), ...faultsOf(approval(100)), ...faultsOf({}, { all_tools: wall(100) })]).toEqual([]);
    expect(faultsOf(wall(101))).toEqual(["/tools/t/require/0: at most 100 conditions fit one wall; here are 101"]);
    expect(faultsOf({}, { all_tools: wall(101) })).toEqual([
      "/all_tools/require/0: at most 100 conditions fit one wall; here are 101",
    ]);
    expect(faultsOf(approval(101))).toEqual([
      "/tools/t/approval: at most 100 conditions fit one approval; here are 101",
    ]);
  });

  it("includes more than 5,000 tools", () => {
    const tools = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, index) => [`t${index}`, {}]));
    expect(problemsOf({ ...MINIMAL, tools: tools(5000) })).toEqual([]);
    expect(problemsOf({ ...MINIMAL, tools: tools(5001) })).toMatchObject([
      { pointer: "/tools", message: "at most 5000 tools fit a policy; here are 5001" },
    ]);
  });

  it("includes all_tools fields that only a tool has", () => {
    expect(problemsOf({ ...MINIMAL, all_tools: { action: "deny" } }).map(({ pointer }) => pointer)).toEqual([
      "/all_tools/action",
    ]);
  });

  it("stays quick and short on a document full of mistakes", () => {
    const text = JSON.stringify({
      ...MINIMAL,
      tools: Object.fromEntries(Array.from({ length: 4000 }, (_, i) => [`t${i}`, { ["x".repeat(100)]: 1 }])),
    });
    const problems = problemsOf(text);
    expect(problems).toHaveLength(4000);
    expect(Math.max(...problems.map(({ message }) => message.length))).toBeLessThan(200);
  });
});

describe("what is recorded of arguments", () => {
  it.each(["keys", "hash", "redacted", "full"])("is what the policy says: %s", (choice) => {
    expect(policyOf({ ...MINIMAL, record: { arguments: choice } }).record).toEqual({ arguments: choice });
  });

  it.each([
    ["nothing", {}],
    ["nothing of arguments", { record: {} }],
  ])("is their names where it says %s", (_, rest) => {
    expect(policyOf({ ...MINIMAL, ...rest }).record).toEqual({ arguments: "keys" });
  });

  it.each([
    ["full", '/record: expected a record, an object, found the string "full"'],
    [null, "/record: expected a record, an object, found null"],
    [{ arguments: "none" }, expect.stringMatching(/^\/record\/arguments: expected "keys", "hash", "redacted", "full"/)],
    [{ arguments: ["full"] }, expect.stringMatching(/^\/record\/arguments: expected .*, found a list/)],
    [{ arguments: "Full" }, expect.stringMatching(/^\/record\/arguments: .*did you mean "full"\?$/)],
    [{ argument: "full" }, expect.stringMatching(/^\/record\/argument: .*did you mean "arguments"\?$/)],
  ])("is refused in any other form, with its place: %j", (record, fault) => {
    expect(faultsOf({}, { record })).toEqual([fault]);
  });

  it("is said at the top, and of all tools alike", () => {
    const record = { arguments: "full" };
    expect(faultsOf({ record })).toEqual([expect.stringMatching(/^\/tools\/t\/record: /)]);
    expect(faultsOf({}, { all_tools: { record } })).toEqual([expect.stringMatching(/^\/all_tools\/record: /)]);
  });
});
