import { describe, expect, it } from "vitest";
import { decide, isListed } from "../../../src/policy/decide.ts";
import { compileLimit, demand } from "../../../src/policy/limit.ts";
import { callOf, policyFor, policyOf, textOf, verdict } from "./given.ts";

const FALSE = { path: "args.no", op: "exists", value: true };
const TRUE = { path: "args.no", op: "exists", value: false };
const wall = (...conditions: object[]) => ({ conditions });

describe("who may be called at all", () => {
  it("is nobody without a policy", () => {
    expect(verdict(decide(null, callOf()))).toBe("deny (no policy)");
    expect(isListed(null, "t")).toBe(false);
  });

  it("hides by the hide list and by action, before all else", () => {
    const policy = policyOf({
      version: "1",
      default: "allow",
      hide: ["a", "both"],
      tools: { both: { action: "deny" }, b: { action: "hide" } },
    });
    for (const tool of ["a", "b", "both"]) {
      expect(decide(policy, callOf("{}", { tool }))).toEqual({ effect: "hide", rule: "(hidden)" });
      expect(isListed(policy, tool)).toBe(false);
    }
  });

  it("denies and does not list what the policy does not name, under default deny", () => {
    const policy = policyFor({});
    const call = callOf("{}", { tool: "other" });
    expect(verdict(decide(policy, call))).toBe("deny (default deny)");
    expect(textOf(decide(policy, call))).toContain('"other"');
    expect(isListed(policy, "other")).toBe(false);
    expect(verdict(decide(policy, callOf()))).toBe("allow");
    expect(isListed(policy, "t")).toBe(true);
  });

  it("lets pass what the policy does not name under default allow, within the walls of all tools", () => {
    const policy = policyOf({
      version: "1",
      default: "allow",
      all_tools: { deny_if: [wall({ path: "args.x", op: "eq", value: 1 })] },
    });
    expect(verdict(decide(policy, callOf('{"x":2}', { tool: "any" })))).toBe("allow");
    expect(verdict(decide(policy, callOf('{"x":1}', { tool: "any" })))).toBe("deny /all_tools/deny_if/0");
  });

  it("keeps a denied tool listed, so that a model can read why", () => {
    const policy = policyFor({ action: "deny", reason: "Not on Fridays." });
    expect(decide(policy, callOf())).toEqual({ effect: "deny", rule: "/tools/t/action", text: "Not on Fridays." });
    expect(isListed(policy, "t")).toBe(true);
  });

  it("takes __proto__, constructor and toString for ordinary names", () => {
    const policy = policyFor({});
    for (const tool of ["__proto__", "constructor", "toString", "hasOwnProperty"]) {
      expect(verdict(decide(policy, callOf("{}", { tool })))).toBe("deny (default deny)");
    }
    const named = policyOf(
      '{"version":"1","default":"deny","tools":{"__proto__":{"require":[{"conditions":[{"path":"args.__proto__.constructor","op":"eq","value":1}]}]}}}',
    );
    expect(verdict(decide(named, callOf('{"__proto__":{"constructor":1}}', { tool: "__proto__" })))).toBe("allow");
    expect(verdict(decide(named, callOf("{}", { tool: "__proto__" })))).toBe("deny /tools/__proto__/require/0");
  });

  it("tells names apart that only look alike, and takes any length", () => {
    const long = "n".repeat(10_000);
    const policy = policyOf({ version: "1", default: "deny", tools: { "caf\u00e9": {}, [long]: {}, "\ud83d": {} } });
    expect(isListed(policy, "caf\u00e9")).toBe(true);
    expect(isListed(policy, "cafe\u0301")).toBe(false);
    expect(isListed(policy, long)).toBe(true);
    expect(isListed(policy, "\ud83d")).toBe(true);
    const decision = decide(policy, callOf("{}", { tool: `${long}x` }));
    expect(verdict(decision)).toBe("deny (default deny)");
    expect(textOf(decision).length).toBeLessThan(200);
  });

  it("escapes names in rules as RFC 6901 wants it", () => {
    const policy = policyOf({ version: "1", default: "deny", tools: { "a/b~c": { deny_if: [wall()] } } });
    expect(verdict(decide(policy, callOf("{}", { tool: "a/b~c" })))).toBe("deny /tools/a~1b~0c/deny_if/0");
  });
});

describe("the order of walls", () => {
  const lists = [
    ["all_tools", "deny_if"],
    ["all_tools", "require"],
    ["t", "deny_if"],
    ["t", "require"],
  ] as const;
  const denying = { deny_if: [wall(FALSE), wall(TRUE)], require: [wall(TRUE), wall(FALSE)] };

  it.each(lists.map((_, index) => index))("names the first denial: owner before kind, from list %i on", (from) => {
    const owners: Record<string, Record<string, unknown>> = { all_tools: {}, t: {} };
    for (const [owner, kind] of lists.slice(from)) Object.assign(owners[owner] ?? {}, { [kind]: denying[kind] });
    const [owner, kind] = lists[from] ?? lists[0];
    const pointer = owner === "t" ? "/tools/t" : "/all_tools";
    const policy = policyFor(owners.t, { all_tools: owners.all_tools });
    expect(verdict(decide(policy, callOf()))).toBe(`deny ${pointer}/${kind}/1`);
  });

  it("puts action deny before every wall", () => {
    const policy = policyFor({ action: "deny" }, { all_tools: { deny_if: [wall()] } });
    expect(verdict(decide(policy, callOf()))).toBe("deny /tools/t/action");
  });

  it("takes empty conditions as holding", () => {
    expect(verdict(decide(policyFor({ deny_if: [wall()] }), callOf()))).toBe("deny /tools/t/deny_if/0");
    expect(verdict(decide(policyFor({ require: [wall()] }), callOf()))).toBe("allow");
  });

  it("ANDs the conditions of one wall, and a part that can't be told changes nothing that is decided without it", () => {
    const unknown = { path: "args.s", op: "gt", value: 1 };
    const deny = (...conditions: object[]) =>
      verdict(decide(policyFor({ deny_if: [wall(...conditions)] }), callOf('{"s":"x"}')));
    expect(deny(TRUE, FALSE)).toBe("allow");
    expect(deny(unknown, FALSE)).toBe("allow");
    expect(deny(FALSE, unknown)).toBe("allow");
    expect(deny(TRUE, unknown)).toBe("deny /tools/t/deny_if/0");
    expect(verdict(decide(policyFor({ require: [wall(TRUE, unknown)] }), callOf('{"s":"x"}')))).toBe(
      "deny /tools/t/require/0",
    );
  });
});

describe("what a denial says", () => {
  const say = (entry: object, args: string) => textOf(decide(policyFor(entry), callOf(args)));
  const gt = { path: "args.amount", op: "gt", value: 100 };

  it("is the wall's own text, else the entry's reason, else a sentence with what came and what would pass", () => {
    expect(
      say({ reason: "Too much.", deny_if: [{ conditions: [gt], on_deny: "At most 100." }] }, '{"amount":250}'),
    ).toBe("At most 100.");
    expect(say({ reason: "Too much.", deny_if: [wall(gt)] }, '{"amount":250}')).toBe("Too much.");
    expect(say({ deny_if: [wall(gt)] }, '{"amount":250}')).toBe(
      'The argument "amount" is 250; this rule denies it when it is above 100, and lets it pass when it is at most 100.',
    );
  });

  it("is ours where the author's text is empty", () => {
    const ours = say({ deny_if: [wall(gt)] }, '{"amount":250}');
    expect(say({ reason: "", deny_if: [{ conditions: [gt], on_deny: "" }] }, '{"amount":250}')).toBe(ours);
    expect(say({ reason: "Too much.", deny_if: [{ conditions: [gt], on_deny: "" }] }, '{"amount":250}')).toBe(
      "Too much.",
    );
    expect(say({ action: "deny", reason: "" }, "{}")).toBe(
      'The policy denies every call of the tool "t", whatever its arguments.',
    );
  });

  it("says which type came and which is wanted when it can't tell", () => {
    expect(say({ deny_if: [wall(gt)] }, '{"amount":"500"}')).toBe(
      'The argument "amount" is the string "500"; this rule can only judge a number there.',
    );
    expect(say({ deny_if: [wall({ ...gt, path: "args.a.b" })] }, '{"a":[1]}')).toBe(
      `The argument "a.b" can't be reached: an object is needed on the way to it, and a list of one item stands there.`,
    );
  });

  it("says what is missing", () => {
    expect(say({ require: [wall({ path: "args.why", op: "exists", value: true })] }, "{}")).toBe(
      'The argument "why" is absent; this rule requires that it is present.',
    );
  });

  it("names the conditions that hold together", () => {
    const text = say({ deny_if: [wall(gt, { path: "args.to", op: "neq", value: "me" })] }, '{"amount":250,"to":"you"}');
    expect(text).toBe(
      'This rule denies a call in which the argument "amount" is above 100 (here: 250) and the argument "to" is not "me" (here: "you").',
    );
  });

  it("names no more than three conditions", () => {
    const conditions = ["a", "b", "c", "d", "e"].map((name) => ({ path: `args.${name}`, op: "eq", value: 1 }));
    const text = say({ deny_if: [wall(...conditions)] }, '{"a":1,"b":1,"c":1,"d":1,"e":1}');
    expect(text).toContain('"c" is 1 (here: 1), and 2 more of its conditions hold.');
    expect(text).not.toContain('"d"');
  });

  it("quotes no more than a short piece of an argument", () => {
    const huge = JSON.stringify({ amount: "😀".repeat(100_000) });
    const texts = [
      say({ deny_if: [wall(gt)] }, huge),
      say({ deny_if: [wall({ path: "args.amount", op: "neq", value: "x".repeat(5000) })] }, huge),
      say({ deny_if: [wall(gt)] }, `{"amount":${"9".repeat(100_000)}}`),
    ];
    expect(texts[0]).not.toContain("\\ud83d");
    for (const text of texts) {
      expect(text.length).toBeLessThan(400);
      expect(text.isWellFormed()).toBe(true);
    }
  });
});

describe("what a call asks of the counters", () => {
  const limits = (entry: object, args = "{}", rest: object = {}) => decide(policyFor(entry, rest), callOf(args));

  it("is one of each limit, all_tools' first", () => {
    const decision = limits({ limits: [{ counter: "mine", window: 60, max: 30, increment: 0.5 }] }, "{}", {
      all_tools: { limits: [{ counter: "all", window: "week", max: 1000000000000 }] },
    });
    expect(decision).toEqual({
      effect: "allow",
      limits: [
        {
          rule: "/all_tools/limits/0",
          counter: "all",
          window: "week",
          align: "calendar",
          scope: "grant",
          max: 10n ** 18n,
          amount: 1_000_000n,
        },
        {
          rule: "/tools/t/limits/0",
          counter: "mine",
          window: "minute",
          align: "calendar",
          scope: "grant",
          max: 30_000_000n,
          amount: 500_000n,
        },
      ],
    });
  });

  it.each([
    [1, "second"],
    [2, 2],
    [60, "minute"],
    [3600, "hour"],
    [86_400, "day"],
    // A week begins on Monday, and so many seconds from 1970 on a Thursday.
    [604_800, 604_800],
    [2_678_400, 2_678_400],
    ["second", "second"],
    ["month", "month"],
  ])("is in a window of %j the same as in one of %j", (window, same) => {
    const decision = limits({ limits: [{ counter: "c", window, max: 1 }], rate_limit: { max: 1, window } });
    expect(decision.effect === "allow" && decision.limits.map((each) => each.window)).toEqual([same, same]);
  });

  it("is at most 10^12, of a rate as of a limit", () => {
    const most = 1_000_000_000_000;
    const decision = limits({ limits: [{ counter: "c", window: "day", max: most }], rate_limit: `${most}/day` });
    expect(decision.effect === "allow" && decision.limits.map(({ max }) => max)).toEqual([10n ** 18n, 10n ** 18n]);
  });

  it("says whose calls are counted, and by which windows", () => {
    const decision = limits({
      limits: [
        { counter: "c", window: "day", max: 1, scope: "session", align: "rolling" },
        { counter: "c", window: "day", max: 1, scope: "server" },
      ],
      rate_limit: "1/day",
    });
    expect(decision.effect === "allow" && decision.limits.map(({ scope, align }) => [scope, align])).toEqual([
      ["session", "rolling"],
      ["server", "calendar"],
      ["grant", "calendar"],
    ]);
  });

  const refunds = { limits: [{ counter: "refunds", window: "day", max: 500, increment_from: "args.amount" }] };

  it("is the amount that stands in the arguments, exactly", () => {
    for (const [amount, millionths] of [
      ["40.000001", 40_000_001n],
      ["0", 0n],
      ["-0.0", 0n],
      ["1.50000000", 1_500_000n],
    ] as const) {
      const decision = limits(refunds, `{"amount":${amount}}`);
      expect(decision.effect === "allow" && decision.limits[0]?.amount).toBe(millionths);
    }
  });

  it("is more than any limit allows for an amount that is too large to count", () => {
    const decision = limits(refunds, '{"amount":1e400}');
    expect(decision.effect === "allow" && (decision.limits[0]?.amount ?? 0n) > 10n ** 18n).toBe(true);
  });

  it("is more than any limit allows where no path leads to an amount", () => {
    const limit = { counter: "c", window: "day", max: 5, scope: "grant", align: "calendar" } as const;
    const demanded = demand(compileLimit({ ...limit, increment: { from: "nowhere" } }, "/x"), callOf());
    expect(demanded.ok && demanded.demand.amount).toBe(10n ** 19n);
  });

  it("is more than any limit allows for an increment of that size", () => {
    const tools = '{"t":{"limits":[{"counter":"c","window":"day","max":5,"increment":1e400}]}}';
    const decision = decide(policyOf(`{"version":"1","default":"deny","tools":${tools}}`), callOf());
    expect(decision.effect === "allow" && decision.limits.map(({ amount }) => amount)).toEqual([10n ** 19n]);
  });

  it.each([
    "{}",
    '{"amount":null}',
    '{"amount":"40"}',
    '{"amount":-1}',
    '{"amount":0.0000001}',
    '{"amount":[1]}',
    '{"amount":1e-999999999999}',
  ])("is denied at the limit when there is no amount: %s", (args) => {
    const decision = limits(refunds, args);
    expect(verdict(decision)).toBe("deny /tools/t/limits/0");
    expect(textOf(decision)).toContain('The argument "amount" is');
  });
});
