import { describe, expect, it, onTestFinished } from "vitest";
import { compileConditions, judgeAll, judgeEnd } from "../../../src/policy/condition.ts";
import { decide } from "../../../src/policy/decide.ts";
import { explain } from "../../../src/policy/explain.ts";
import { compileWall, denies } from "../../../src/policy/wall.ts";
import { callOf, DENIES, FAILS, faultsOf, HOLDS, judged, policyFor, policyOf } from "./given.ts";

const on = (op: string, value: unknown, path = "args.x") => ({ path, op, value });
const x = (text: string) => `{"x":${text}}`;

describe("eq and neq", () => {
  it.each([
    [42, "42.0", HOLDS],
    [42, "43", FAILS],
    [42, '"42"', FAILS],
    [null, "null", HOLDS],
    [null, "0", FAILS],
    [{ a: [1, { b: null }] }, '{"a":[1.0,{"b":null}]}', HOLDS],
    ["2026-01-01T00:00:00Z", '"2026-01-01T00:00:00.0Z"', FAILS],
  ])("compare %j with %s", (value, arg, outcome) => {
    expect(judged(on("eq", value), x(arg))).toEqual(outcome);
    expect(judged(on("neq", value), x(arg))).toEqual(outcome === HOLDS ? FAILS : HOLDS);
  });

  it("compare integers beyond 64 bits exactly, as the policy's text has them", () => {
    const text = (value: string) => {
      const wall = `{"conditions":[{"path":"args.x","op":"eq","value":${value}}]}`;
      const policy = policyOf(`{"version":"1","default":"deny","tools":{"t":{"deny_if":[${wall}]}}}`);
      return decide(policy, callOf('{"x":123456789012345678901234567891}')).effect;
    };
    expect(text("123456789012345678901234567891")).toBe("deny");
    expect(text("123456789012345678901234567890")).toBe("allow");
  });
});

describe("lt, lte, gt and gte", () => {
  it.each([
    ["lt", "99", HOLDS],
    ["lt", "100", FAILS],
    ["lte", "100.0", HOLDS],
    ["lte", "100.00000000000000000001", FAILS],
    ["gt", "100.00000000000000000001", HOLDS],
    ["gt", "100", FAILS],
    ["gte", "1e400", HOLDS],
    ["gte", "-1e400", FAILS],
    ["gt", '"500"', DENIES],
    ["gt", "true", DENIES],
    ["gt", "null", DENIES],
    ["gt", "[500]", DENIES],
    ["gt", '"2026-01-01T00:00:00Z"', DENIES],
  ])("%s 100 on %s", (op, arg, outcome) => {
    expect(judged(on(op, 100), x(arg))).toEqual(outcome);
  });

  it.each([
    ["lt", '"2026-01-31T12:00:00+01:00"', FAILS],
    ["lte", '"2026-01-31T12:00:00+01:00"', HOLDS],
    ["lt", '"2026-01-31T10:59:59.999999999999999999Z"', HOLDS],
    ["gt", '"2026-01-31T11:00:00.000000000000000001Z"', HOLDS],
    ["gt", '"2026-01-31T11:00:00.000Z"', FAILS],
    ["gt", '"2026-02-30T00:00:00Z"', DENIES],
    ["gt", '"2026-02-01"', DENIES],
    ["gt", '"2026-02-01T00:00:00"', DENIES],
    ["gt", '"2026-02-01T00:00Z"', DENIES],
    ["gt", '"2026-02-01 00:00:00Z"', DENIES],
    ["gt", "1769857200", DENIES],
  ])("%s 2026-01-31T11:00:00Z on %s", (op, arg, outcome) => {
    expect(judged(on(op, "2026-01-31T11:00:00Z"), x(arg))).toEqual(outcome);
  });

  it("want a number or a date-time in the policy", () => {
    for (const value of ["100", true, null, [1], "2026-02-30T00:00:00Z", "2026-01-01", ["2026-01-31T00:00:00Z"]]) {
      expect(faultsOf({ require: [{ conditions: [on("gt", value)] }] })).toHaveLength(1);
    }
  });
});

describe("in and not_in", () => {
  it.each([
    ['"a"', HOLDS],
    ["1.0", HOLDS],
    ['{"k":[]}', HOLDS],
    ["null", HOLDS],
    ['"b"', FAILS],
    ["2", FAILS],
    ['["a"]', FAILS],
  ])("look for %s", (arg, outcome) => {
    const list = ["a", 1, { k: [] }, null];
    expect(judged(on("in", list), x(arg))).toEqual(outcome);
    expect(judged(on("not_in", list), x(arg))).toEqual(outcome === HOLDS ? FAILS : HOLDS);
  });

  it("want a list, and find nothing in an empty one", () => {
    expect(faultsOf({ require: [{ conditions: [on("in", "a")] }] })).toHaveLength(1);
    expect(judged(on("in", []), x("1"))).toEqual(FAILS);
  });
});

describe("contains", () => {
  it.each([
    ["ell", '"hello"', HOLDS],
    ["", '"hello"', HOLDS],
    ["x", '"hello"', FAILS],
    ["\ud83d", '"😀"', FAILS],
    ["\u00e9", '"e\u0301"', FAILS],
    [1, "[2,1.0]", HOLDS],
    ["a", '["ab"]', FAILS],
    [1, '"1"', DENIES],
    ["a", '{"a":1}', DENIES],
    ["a", "5", DENIES],
    ["a", "null", DENIES],
  ])("%j in %s", (value, arg, outcome) => {
    expect(judged(on("contains", value), x(arg))).toEqual(outcome);
  });
});

describe("regex", () => {
  it.each([
    ["b+", '"abbc"', HOLDS],
    ["^b", '"abbc"', FAILS],
    ["^\\d+$", '"١٢"', FAILS],
    ["^.$", '"😀"', HOLDS],
    ["\\w", '"é"', FAILS],
    ["(?i)REFUND", '"refunded"', HOLDS],
    ["a", "{}", DENIES],
    ["a", "1", DENIES],
    ["a", "null", DENIES],
  ])("%s on %s", (pattern, arg, outcome) => {
    expect(judged(on("regex", pattern), x(arg))).toEqual(outcome);
  });

  it.each(["(?=a)", "(?!a)", "(?<=a)b", "(?<!a)b", "(a)\\1", "[", "a**", "(?<n>a)\\k<n>", "a{1001}"])(
    "refuses %s, which is not RE2",
    (pattern) => {
      expect(faultsOf({ require: [{ conditions: [on("regex", pattern)] }] })).toEqual([
        expect.stringMatching(/^\/tools\/t\/require\/0\/conditions\/0\/value: this is no RE2 pattern/),
      ]);
    },
  );

  it.each([
    ["(?=a)", true],
    ["(?!a)", true],
    ["(?<=a)b", true],
    ["(?<!a)b", true],
    ["(a)\\1", true],
    ["(?<n>a)\\k<n>", true],
    ["[", false],
    ["a**", false],
    ["(?x)a", false],
  ])("says of %s whether RE2 leaves it out for good: %j", (pattern, leftOut) => {
    const [fault = ""] = faultsOf({ require: [{ conditions: [on("regex", pattern)] }] });
    expect(fault.endsWith(" (back-references and look-around are not part of RE2)")).toBe(leftOut);
  });

  it("quotes no more than a short piece of a pattern that is none", () => {
    const [fault = ""] = faultsOf({ require: [{ conditions: [on("regex", `(${"a".repeat(5_000)}`)] }] });
    expect(fault).toMatch(/: this is no RE2 pattern: missing closing \): `\(a{100,200}$/);
  });

  it("takes time linear in the text, whatever the pattern", () => {
    const text = x(JSON.stringify(`${"a".repeat(50_000)}!`));
    expect(judged(on("regex", "^(a+)+$"), text)).toEqual(FAILS);
    expect(judged(on("regex", "(a|a)*b"), text)).toEqual(FAILS);
  });
});

describe("starts_with and ends_with", () => {
  it.each([
    ["starts_with", "/logs", '"/logs/x"', HOLDS],
    ["starts_with", "/tmp", '"/etc/tmp"', FAILS],
    ["ends_with", ".md", '"a.md"', HOLDS],
    ["ends_with", ".md", '"a.md "', FAILS],
    ["starts_with", "", '""', HOLDS],
    ["starts_with", "\ud83d", '"😀"', FAILS],
    ["ends_with", "\ude00", '"😀"', FAILS],
    ["starts_with", "a", '["a"]', DENIES],
    ["ends_with", "1", "1", DENIES],
    ["ends_with", "a", "null", DENIES],
  ])("%s %j on %s", (op, value, arg, outcome) => {
    expect(judged(on(op, value), x(arg))).toEqual(outcome);
  });

  it("want a string in the policy", () => {
    expect(faultsOf({ require: [{ conditions: [on("starts_with", 1), on("ends_with", ["a"])] }] })).toHaveLength(2);
  });
});

describe("length_lte and length_gte", () => {
  it.each([
    ["length_lte", 3, '"abc"', HOLDS],
    ["length_lte", 2, '"abc"', FAILS],
    ["length_lte", 1, '"😀"', HOLDS],
    ["length_gte", 2, '"😀"', FAILS],
    ["length_gte", 2, '"e\u0301"', HOLDS],
    ["length_gte", 2, '"\\ud83d\\ud83d"', HOLDS],
    ["length_gte", 1, "[]", FAILS],
    ["length_lte", 2.0, "[1,2]", HOLDS],
    ["length_gte", 1, '{"a":1}', HOLDS],
    ["length_lte", 0, "{}", HOLDS],
    ["length_lte", 5, "5", DENIES],
    ["length_lte", 5, "null", DENIES],
    ["length_lte", 5, "true", DENIES],
  ])("%s %j on %s", (op, value, arg, outcome) => {
    expect(judged(on(op, value), x(arg))).toEqual(outcome);
  });

  it.each([-1, 1.5, "3", null, 1e300])("want a whole number of 0 or more, unlike %j", (value) => {
    expect(faultsOf({ require: [{ conditions: [on("length_lte", value)] }] })).toHaveLength(1);
  });
});

describe("exists", () => {
  it.each([
    ["{}", FAILS],
    ['{"x":null}', FAILS],
    ['{"x":false}', HOLDS],
    ['{"x":""}', HOLDS],
  ])("asks whether %s has a value", (args, outcome) => {
    expect(judged(on("exists", true), args)).toEqual(outcome);
    expect(judged(on("exists", false), args)).toEqual(outcome === HOLDS ? FAILS : HOLDS);
  });

  it("can't be told below a value of the wrong type, and wants true or false", () => {
    expect(judged(on("exists", true, "args.x.y"), x('"s"'))).toEqual(DENIES);
    expect(judged(on("exists", false, "args.x.y"), x('"s"'))).toEqual(DENIES);
    expect(faultsOf({ require: [{ conditions: [on("exists", "true")] }] })).toHaveLength(1);
  });
});

describe("an absent value", () => {
  it.each([
    ["eq", 1, FAILS],
    ["lt", 1, FAILS],
    ["lte", 1, FAILS],
    ["gt", 1, FAILS],
    ["gte", 1, FAILS],
    ["in", [1], FAILS],
    ["contains", "a", FAILS],
    ["regex", "", FAILS],
    ["starts_with", "", FAILS],
    ["ends_with", "", FAILS],
    ["length_lte", 9, FAILS],
    ["length_gte", 0, FAILS],
    ["in_cidr", "::/0", FAILS],
    ["not_in_cidr", "::/0", DENIES],
    ["neq", 1, DENIES],
    ["not_in", [1], DENIES],
  ])("denies for %s as a careful reader expects", (op, value, outcome) => {
    for (const args of ["{}", '{"y":1}']) expect(judged(on(op, value), args)).toEqual(outcome);
    expect(judged(on(op, value, "args.x.deep.deeper"), '{"x":null}')).toEqual(outcome);
    expect(judged(on(op, value, "args.x[3]"), '{"x":[1]}')).toEqual(outcome);
  });
});

describe("paths", () => {
  it.each([
    ["args.a.b", '{"a":{"b":7}}'],
    ['args["any key"]', '{"any key":7}'],
    ['args["a.b"]["]"]', '{"a.b":{"]":7}}'],
    ['args["\\u0061\\"\\\\"]', '{"a\\"\\\\":7}'],
    ['args["0"]', '{"0":7}'],
    ["args.list[0]", '{"list":[7]}'],
    ["args.m[1][2].n", '{"m":[0,[0,0,{"n":7}]]}'],
    ["args.e-mail_2$", '{"e-mail_2$":7}'],
    ["args.ünï", '{"ünï":7}'],
  ])("%s leads into %s", (path, args) => {
    expect(judged(on("eq", 7, path), args)).toEqual(HOLDS);
  });

  it.each([
    ["args.x.y", '{"x":[1]}'],
    ["args.x.y", '{"x":5}'],
    ["args.x[0]", '{"x":{"0":1}}'],
    ["args.x[0]", '{"x":"s"}'],
  ])("%s can't be told in %s", (path, args) => {
    expect(judged(on("eq", 1, path), args)).toEqual(DENIES);
  });

  it.each([
    "",
    "arg",
    "args.",
    "args..a",
    "args.a b",
    "args[",
    "args[01]",
    "args[-1]",
    "args[a]",
    "args['a']",
    'args["a]',
    "args[]",
    ".a",
    "argsx",
    "tool.x",
    "tool[0]",
    "server[*]",
    "time.hour[0]",
    "grant",
    "grant.tag",
    "time.minute",
    "grant.tags.x",
    "args.a]",
    "args|xml",
    "args|jsonx",
    "args.a\u00a0b",
  ])("%j is no path", (path) => {
    expect(faultsOf({ require: [{ conditions: [on("exists", true, path)] }] })).toHaveLength(1);
  });

  it.each([
    ["tool", "t"],
    ["server", "billing"],
    ["grant.id", "g1"],
    ["grant.label", "laptop"],
    ["grant.tags", ["dev", "eu"]],
    ["grant.tags[1]", "eu"],
    ["time.hour", 0],
    ["time.weekday", 4],
    ["args", {}],
  ])("%s is of the call's context", (path, value) => {
    expect(judged(on("eq", value, path), "{}")).toEqual(HOLDS);
  });

  it("count hours and days in UTC, Sunday as 7", () => {
    const zone = process.env.TZ;
    process.env.TZ = "Asia/Tokyo";
    onTestFinished(() => {
      if (zone === undefined) delete process.env.TZ;
      else process.env.TZ = zone;
    });
    const sunday = Date.UTC(2026, 0, 4, 23, 59, 59, 999);
    const policy = policyFor({ require: [{ conditions: [on("eq", 7, "time.weekday"), on("eq", 23, "time.hour")] }] });
    expect(decide(policy, callOf("{}", { time: sunday })).effect).toBe("allow");
    expect(decide(policy, callOf("{}", { time: sunday + 1 })).effect).toBe("deny");
  });
});

describe("a condition that no policy that was read could hold", () => {
  it.each([
    ["a path that can't be read", "nowhere", 1],
    ["a value that does not fit the operator", "args.x", "many"],
    ["neither", "nowhere", "many"],
  ])("can't be told, nor can its opposite: %s", (_, path, value) => {
    const leaf = { kind: "leaf", path, operator: "gt", value } as const;
    for (const condition of [leaf, { kind: "not", of: leaf } as const]) {
      const terms = compileConditions([condition], "");
      for (const reading of ["deny_if", "require"] as const) {
        expect(judgeAll(terms, callOf('{"x":2}'), reading)).toBe("unknown");
        for (const term of terms) {
          expect(term.kind === "leaf" && judgeEnd(term.criterion, { kind: "absent" }, reading)).toBe("unknown");
        }
      }
    }
  });

  it("is denied in both kinds of walls, and says why", () => {
    const conditions = [{ kind: "leaf", path: "nowhere", operator: "eq", value: 1 }] as const;
    for (const reading of ["deny_if", "require"] as const) {
      const wall = compileWall({ conditions, onDeny: undefined }, "/x", reading, undefined);
      expect([denies(wall, callOf()), explain(wall, callOf())]).toEqual([
        true,
        "The arguments object is an object; this rule can only judge a rule that can be read there.",
      ]);
    }
  });
});
