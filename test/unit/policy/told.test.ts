import { describe, expect, it, test } from "vitest";
import { decide } from "../../../src/policy/decide.ts";
import { nearest } from "../../../src/policy/suggest.ts";
import {
  allowanceText,
  deniedText,
  heldTo,
  limitText,
  secondsToWait,
  unknownToolText,
} from "../../../src/policy/told.ts";
import { callOf, policyFor, policyOf, textOf } from "./given.ts";

const DATE = "2026-01-01T00:00:00Z";
const DATES = 'a date-time like "2026-01-31T00:00:00Z"';
const NETS = "an address or a network that is wholly inside or wholly outside";
const LENGTHS = "a string, a list or an object";
/** How lists are shown. */
const LISTS = new Map([
  ["[1]", "a list of one item"],
  ["[1,2]", "a list of 2 items"],
  ["[2,3]", "a list of 2 items"],
  ["[1,2,3,4]", "a list of 4 items"],
]);

function said(list: "deny_if" | "require", conditions: readonly unknown[], args: string): string {
  return textOf(decide(policyFor({ [list]: [{ conditions }] }), callOf(args)));
}

describe("what an operator says of a value", () => {
  /** What it says, what it says when it does not hold, and what it can judge; an argument for which it holds, one for which not. */
  test.each<[string, unknown, string, string, string | null, string, string]>([
    ["eq", 1, "is 1", "is not 1", null, "1", "2"],
    ["neq", "a", 'is not "a"', 'is "a"', null, '"b"', '"a"'],
    ["lt", 5, "is below 5", "is at least 5", "a number", "4", "5"],
    ["lte", 5, "is at most 5", "is above 5", "a number", "5", "6"],
    ["gt", 5, "is above 5", "is at most 5", "a number", "6", "5"],
    ["gte", 5, "is at least 5", "is below 5", "a number", "5", "4"],
    ["lt", DATE, `is before "${DATE}"`, `is at or after "${DATE}"`, DATES, '"2025-01-01T00:00:00Z"', `"${DATE}"`],
    ["lte", DATE, `is at or before "${DATE}"`, `is after "${DATE}"`, DATES, `"${DATE}"`, '"2027-01-01T00:00:00Z"'],
    ["gt", DATE, `is after "${DATE}"`, `is at or before "${DATE}"`, DATES, '"2027-01-01T00:00:00Z"', `"${DATE}"`],
    ["gte", DATE, `is at or after "${DATE}"`, `is before "${DATE}"`, DATES, `"${DATE}"`, '"2025-01-01T00:00:00Z"'],
    ["in", [1, 2], "is one of 1, 2", "is none of 1, 2", null, "1", "3"],
    ["in", [1], "is one of 1", "is none of 1", null, "1", "3"],
    ["not_in", ["a"], 'is none of "a"', 'is one of "a"', null, '"b"', '"a"'],
    ["in", [1, 2, 3, 4, 5], "is one of 1, 2, 3, 4, 5", "is none of 1, 2, 3, 4, 5", null, "1", "6"],
    [
      ...(["in", [1, 2, 3, 4, 5, 6, 7]] as const),
      ...(["is one of 1, 2, 3, 4, 5 and 2 more", "is none of 1, 2, 3, 4, 5 and 2 more", null, "7", "8"] as const),
    ],
    ["contains", "a", 'contains "a"', 'does not contain "a"', "a string or a list", '"ab"', '"b"'],
    ["contains", 1, "contains 1", "does not contain 1", "a list", "[1]", "[2,3]"],
    ["regex", "^a", 'matches "^a"', 'does not match "^a"', "a string", '"ab"', '"b"'],
    ["starts_with", "a", 'starts with "a"', 'does not start with "a"', "a string", '"ab"', '"b"'],
    ["ends_with", "b", 'ends with "b"', 'does not end with "b"', "a string", '"ab"', '"ba"'],
    ["in_cidr", "10.0.0.0/8", 'lies in "10.0.0.0/8"', 'lies outside "10.0.0.0/8"', NETS, '"10.0.0.1"', '"11.0.0.1"'],
    ["not_in_cidr", "::/0", 'lies outside "::/0"', 'lies in "::/0"', NETS, '"1.1.1.1"', '"::2"'],
    [
      ...(["in_cidr", ["10.0.0.0/8", "::/0"], 'lies in "10.0.0.0/8", "::/0"'] as const),
      ...(['lies outside "10.0.0.0/8", "::/0"', NETS, '"::2"', '"11.0.0.1"'] as const),
    ],
    ["length_lte", 3, "has a length of at most 3", "has a length of at least 4", LENGTHS, '"abc"', "[1,2,3,4]"],
    ["length_gte", 3, "has a length of at least 3", "has a length of at most 2", LENGTHS, '"abc"', "[1,2]"],
    ["exists", true, "is present", "is absent", null, "1", "null"],
    ["exists", false, "is absent", "is present", null, "null", "1"],
  ])("%s %j: it %s", (op, value, says, denies, wants, holds, fails) => {
    const condition = { path: "args.x", op, value };
    const not = { not: condition };
    const came = (argument: string) => (argument.startsWith("[") ? LISTS.get(argument) : argument);
    const denied = (when: string, otherwise: string, argument: string) =>
      `The argument "x" is ${came(argument)}; this rule denies it when it ${when}, and lets it pass when it ${otherwise}.`;
    const required = (what: string, argument: string) =>
      `The argument "x" is ${came(argument)}; this rule requires that it ${what}.`;
    expect(said("deny_if", [condition], `{"x":${holds}}`)).toBe(denied(says, denies, holds));
    expect(said("deny_if", [not], `{"x":${fails}}`)).toBe(denied(denies, says, fails));
    expect(said("require", [condition], `{"x":${fails}}`)).toBe(required(says, fails));
    expect(said("require", [not], `{"x":${holds}}`)).toBe(required(denies, holds));
    if (wants === null) return;
    const judges = `The argument "x" is true; this rule can only judge ${wants} there.`;
    for (const list of ["deny_if", "require"] as const) {
      expect(said(list, [condition], '{"x":true}')).toBe(judges);
      expect(said(list, [not], '{"x":true}')).toBe(judges);
    }
  });
});

describe("what a denial names", () => {
  test.each([
    ["args", "The arguments object is an object"],
    ["args.a", 'The argument "a" is an object'],
    ["args.a.b-c", 'The argument "a.b-c" is a list of one item'],
    ['args["a"]["b.c"]', 'The argument "a[\\"b.c\\"]" is null'],
    ['args["x y"]', 'The argument "[\\"x y\\"]" is true'],
    ['args["y z"].n', 'The argument "[\\"y z\\"].n" is 8'],
    ["args.a.b-c[0]", 'The argument "a.b-c[0]" is the first'],
    ["args.j|json.n", 'The argument "j|json.n" is 7'],
    ["tool", 'The tool\'s name is "t"'],
    ["server", 'The server is "billing"'],
    ["grant.id", 'The grant\'s id is "g1"'],
    ["grant.label", 'The grant\'s label is "laptop"'],
    ["grant.tags", "The list of the grant's tags is a list of 2 items"],
    ["grant.tags[1]", 'The grant\'s tag is "eu"'],
    ["time.hour", "The hour of the day (UTC) is 0"],
    ["time.weekday", "The day of the week (UTC, Monday is 1) is 4"],
  ])("is where its path leads: %s", (path, label) => {
    const args = '{"a":{"b-c":["first"],"b.c":null},"x y":true,"y z":{"n":8},"j":"{\\"n\\":7}"}';
    const text = said("require", [{ path, op: "in", value: [] }], args);
    expect(text).toBe(`${label.replace("the first", '"first"')}; this rule requires that it is one of an empty list.`);
  });

  test.each([
    ["args.a.b", '{"a":"s"}', 'an object is needed on the way to it, and the string "s" stands there'],
    ["args.a.b", '{"a":[1,2]}', "an object is needed on the way to it, and a list of 2 items stands there"],
    ["args.a[0]", '{"a":{}}', "a list is needed on the way to it, and an object stands there"],
    ["args.a[*]", '{"a":7}', "a list is needed on the way to it, and the number 7 stands there"],
    ["args.a|json", '{"a":true}', "a string that is JSON is needed on the way to it, and true stands there"],
    ["args.a|json", '{"a":"{"}', 'a string that is JSON is needed on the way to it, and the string "{" stands there'],
  ])("is what stood in the way of %s in %s", (path, args, why) => {
    const written = path.replace("args.", "");
    for (const list of ["deny_if", "require"] as const) {
      expect(said(list, [{ path, op: "eq", value: 1 }], args)).toBe(
        `The argument "${written}" can't be reached: ${why}.`,
      );
    }
  });

  it("is the element that settled it", () => {
    const each = { path: "args.list[*]", op: "gt", value: 5 };
    expect(said("deny_if", [each], '{"list":[1,"x",7,8]}')).toBe(
      'The argument "list[*]" is 7 in one of its elements; this rule denies it when it is above 5, and lets it pass when it is at most 5.',
    );
    expect(said("deny_if", [each], '{"list":[1,"x"]}')).toBe(
      'The argument "list[*]" is the string "x" in one of its elements; this rule can only judge a number there.',
    );
    expect(said("require", [each], '{"list":[7,"x",1]}')).toBe(
      'The argument "list[*]" is 1 in one of its elements; this rule requires that it is above 5.',
    );
    expect(said("require", [{ ...each, path: "args.list[*].n" }], '{"list":[{}]}')).toBe(
      'The argument "list[*].n" is absent in one of its elements; this rule requires that it is above 5.',
    );
  });
});

describe("what a wall says", () => {
  const [a, b, c, d] = ["a", "b", "c", "d"].map((name) => ({ path: `args.${name}`, op: "eq", value: 1 }));
  const others = { path: "args.n", op: "gt", value: 5 };

  it("is that it denies every call, where it has no conditions", () => {
    const always = "This rule denies every call that it applies to, whatever the arguments.";
    expect(said("deny_if", [], "{}")).toBe(always);
    expect(said("deny_if", [{ all: [] }], "{}")).toBe(always);
  });

  it("is that a condition does not hold, where none can be named", () => {
    expect(said("require", [{ any: [] }], "{}")).toBe("A condition of this rule does not hold.");
  });

  it("is which condition failed, and whether another would have been enough", () => {
    expect(said("require", [{ all: [a, b] }, c], '{"a":1,"b":2,"c":2}')).toBe(
      'The argument "b" is 2; this rule requires that it is 1.',
    );
    expect(said("require", [c, { any: [a, b] }], '{"c":1}')).toBe(
      'The argument "a" is absent; this rule requires that it is 1. It is one of several conditions of which one is enough.',
    );
  });

  it("is what could not be told, before what holds", () => {
    expect(said("deny_if", [a, others], '{"a":1,"n":"x"}')).toBe(
      'The argument "n" is the string "x"; this rule can only judge a number there.',
    );
    expect(said("deny_if", [{ any: [others, a] }], '{"a":1,"n":"x"}')).toBe(
      'The argument "a" is 1; this rule denies it when it is 1, and lets it pass when it is not 1.',
    );
  });

  it("is no more of a condition than that it holds, where it stands beside what always does", () => {
    expect(said("deny_if", [a, { all: [] }], '{"a":1}')).toBe(
      'This rule denies a call in which the argument "a" is 1 (here: 1).',
    );
  });

  it("is which conditions hold together, three of them at most", () => {
    expect(said("deny_if", [a, { path: "grant.label", op: "eq", value: "laptop" }], '{"a":1}')).toBe(
      'This rule denies a call in which the argument "a" is 1 (here: 1) and the grant\'s label is "laptop" (here: "laptop").',
    );
    expect(said("deny_if", [{ any: [a, b, c] }], '{"a":1,"b":1,"c":1}')).toBe(
      'This rule denies a call in which the argument "a" is 1 (here: 1) and the argument "b" is 1 (here: 1) and the argument "c" is 1 (here: 1).',
    );
    expect(said("deny_if", [a, { not: b }, { not: c }, { not: d }], '{"a":1}')).toBe(
      'This rule denies a call in which the argument "a" is 1 (here: 1) and the argument "b" is not 1 (here: absent) and the argument "c" is not 1 (here: absent), and 1 more of its conditions hold.',
    );
  });
});

describe("what is quoted", () => {
  const came = (argument: string) =>
    said("require", [{ path: "args.x", op: "exists", value: false }], `{"x":${argument}}`).replace(
      /^The argument "x" is (.*); this rule requires that it is absent\.$/s,
      "$1",
    );

  test.each([
    ['"a\\"b"', '"a\\"b"'],
    [JSON.stringify("x".repeat(60)), `"${"x".repeat(60)}"`],
    [JSON.stringify("x".repeat(61)), `"${"x".repeat(59)}…"`],
    [JSON.stringify(`${"x".repeat(58)}😀😀`), `"${"x".repeat(58)}…"`],
    ["9".repeat(60), "9".repeat(60)],
    ["9".repeat(61), `${"9".repeat(59)}…`],
    ["1.50", "1.50"],
    ["-0.5", "-0.5"],
    ["[]", "a list of 0 items"],
    ["[[1,2]]", "a list of one item"],
    ["{}", "an object"],
    ["false", "false"],
  ])("is a short piece: %s", (argument, quoted) => {
    expect(came(argument)).toBe(quoted);
  });
});

describe("what is said of an amount that can't be counted", () => {
  const limit = { counter: "money", window: "day", max: 500, increment_from: "args.n" };

  test.each([
    ["{}", 'The argument "n" is absent'],
    ['{"n":null}', 'The argument "n" is null'],
    ['{"n":"5"}', 'The argument "n" is the string "5"'],
    ['{"n":-1}', 'The argument "n" is the number -1'],
    ['{"n":0.0000001}', 'The argument "n" is the number 1e-7'],
  ])("is what came, and what is wanted: %s", (args, why) => {
    const decision = decide(policyFor({ limits: [limit] }), callOf(args));
    expect(textOf(decision)).toMatch(
      new RegExp(
        `^${why.replaceAll(/[.()]/g, "\\$&").replace("1e-7", "(1e-7|0\\.0000001)")}; the limit "money" counts it`,
      ),
    );
    expect(textOf(decision)).toMatch(
      / counts it \(at most 500\), so it has to be a number of 0 or more with at most six decimal places\.$/,
    );
  });
});

describe("what is said of a tool", () => {
  it("that has to wait for a human, is asked for or is hidden", () => {
    expect(textOf(decide(policyFor({ action: "require_approval" }), callOf()))).toBe(
      "A human has to approve this call before it may run.",
    );
    expect(textOf(decide(policyFor({ action: "deny" }), callOf()))).toBe(
      'The policy denies every call of the tool "t", whatever its arguments.',
    );
    expect(textOf(decide(null, callOf()))).toBe("This grant has no policy, so it may call nothing.");
    expect(textOf(decide(policyOf({ version: "1", default: "deny" }), callOf()))).toBe(
      'The policy does not list the tool "t", and denies every tool that it does not list.',
    );
    expect(unknownToolText("x")).toBe("Unknown tool: x");
    expect(deniedText("No.")).toBe("[POLICY DENIED] No.");
  });
});

describe("what is said of a limit", () => {
  const demand = {
    rule: "/tools/t/limits/0",
    counter: "money",
    window: "minute",
    align: "calendar",
    scope: "grant",
    max: 5_000_000n,
    amount: 1_500_000n,
  } as const;
  const reached = {
    used: 4_500_000n,
    max: 5_000_000n,
    resetAt: Date.UTC(2026, 0, 1, 0, 1),
    retryAfterMs: 1_001,
  };

  it("is how much is allowed and used, and when to try again", () => {
    expect(limitText(demand, reached)).toBe(
      "[POLICY DENIED] Limit reached: at most 5 per minute for this grant, and 4.5 used. Try again in 2 seconds, after 2026-01-01T00:01:00.000Z.",
    );
    expect(limitText(demand, { ...reached, retryAfterMs: 1_000 })).toMatch(/ Try again in 1 second, after /);
  });

  it("is that waiting won't help, where the call alone is too much", () => {
    expect(limitText({ ...demand, amount: 5_000_001n }, reached)).toBe(
      "[POLICY DENIED] Limit reached: at most 5 per minute for this grant, and this call alone counts 5.000001. Waiting won't help; ask for less.",
    );
    expect(limitText({ ...demand, amount: 5_000_000n }, reached)).toMatch(/ and 4\.5 used\. Try again /);
  });

  test.each([
    ["per day for this grant", { window: "day", align: "calendar", scope: "grant" }],
    ["within any 90 seconds for this session", { window: 90, align: "rolling", scope: "session" }],
    ["per week for all grants of this server together", { window: "week", align: "calendar", scope: "server" }],
  ] as const)("names its window and whom it is for: %s", (text, limit) => {
    expect(allowanceText("5", limit)).toBe(`at most 5 ${text}`);
  });

  test.each([
    [0, 1],
    [-5, 1],
    [1_000, 1],
    [1_001, 2],
    [59_999, 60],
  ])("asks to wait whole seconds, never too few: %d ms are %d s", (ms, seconds) => {
    expect(secondsToWait(ms)).toBe(seconds);
  });

  it("is of the grant where there is no session", () => {
    const ofSession = { ...demand, scope: "session" } as const;
    expect(heldTo(ofSession, null)).toEqual({ ...demand, scope: "grant" });
    expect(heldTo(ofSession, "s")).toBe(ofSession);
    expect(heldTo(demand, null)).toBe(demand);
    const ofServer = { ...demand, scope: "server" } as const;
    expect(heldTo(ofServer, null)).toBe(ofServer);
  });
});

describe("what may have been meant", () => {
  const NAMES = ["deny_if", "require", "limits", "a"];

  test.each([
    ["denyIf", "deny_if"],
    ["DENY-IF", "deny_if"],
    ["dney_if", "deny_if"],
    ["deny_fi", "deny_if"],
    ["dny_if", "deny_if"],
    ["den_y_iff", "deny_if"],
    ["require", "require"],
    ["rquire", "require"],
    ["reqire", "require"],
    ["erquire", "require"],
    ["rqeuier", "require"],
    ["limit", "limits"],
    ["limitsss", "limits"],
    ["b", "a"],
    ["", "a"],
    ["unlike", undefined],
    ["limitation", undefined],
    ["require".repeat(6), undefined],
  ])("by %j is %j", (name, meant) => {
    expect(nearest(name, NAMES)).toBe(meant);
  });

  // A swap is of two neighbours, and counts as one mistake.
  test.each([
    ["ab", "ba", true],
    ["ab", "ca", false],
    ["ab", "bc", false],
    ["bacdef", "abcdef", true],
    ["bacdxf", "abcdef", true],
    ["bacdxx", "abcdef", false],
  ])("by %j may be %j: %j", (name, known, near) => {
    expect(nearest(name, [known])).toBe(near ? known : undefined);
  });

  it("is the nearest of all, and of equally near ones the first", () => {
    expect(nearest("limits", ["limit", "limits", "limitss"])).toBe("limits");
    expect(nearest("limi", ["limix", "limit"])).toBe("limix");
    expect(nearest("limit", ["limix", "limiz"])).toBe("limix");
  });

  it("is not looked for where the name is longer than 40 characters", () => {
    const long = "x".repeat(40);
    expect(nearest(long, [`${long}y`])).toBe(`${long}y`);
    expect(nearest(`${long}x`, [`${long}y`])).toBeUndefined();
  });
});
