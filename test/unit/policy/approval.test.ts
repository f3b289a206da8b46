import { describe, expect, it } from "vitest";
import { decide } from "../../../src/policy/decide.ts";
import { counterLabel } from "../../../src/policy/limit.ts";
import { callOf, faultsOf, policyFor, policyOf, textOf, verdict } from "./given.ts";

const decided = (entry: object, args = "{}") => decide(policyFor(entry), callOf(args));
const gt = { path: "args.n", op: "gt", value: 10 };

describe("approval", () => {
  it("is asked about every call by the action, and by an approval without a condition", () => {
    expect(verdict(decided({ action: "require_approval" }))).toBe("approval /tools/t/action");
    expect(verdict(decided({ approval: {} }))).toBe("approval /tools/t/approval");
    expect(verdict(decided({ approval: { when: [] } }))).toBe("approval /tools/t/approval");
  });

  it("is asked when its conditions hold, or can't be told", () => {
    const asking = { approval: { when: [gt], timeout: "30m", reason: "Above 10 a human decides." } };
    expect(verdict(decided(asking, '{"n":11}'))).toBe("approval /tools/t/approval");
    expect(verdict(decided(asking, '{"n":"11"}'))).toBe("approval /tools/t/approval");
    expect(verdict(decided(asking, '{"n":10}'))).toBe("allow");
    expect(verdict(decided(asking))).toBe("allow");
    expect(textOf(decided(asking, '{"n":11}'))).toBe("Above 10 a human decides.");
  });

  it("reads its conditions as a deny_if does: any element, and absent is not equal", () => {
    const any = { approval: { when: [{ ...gt, path: "args.list[*]" }] } };
    expect(verdict(decided(any, '{"list":[1,11]}'))).toBe("approval /tools/t/approval");
    expect(verdict(decided(any, '{"list":[1]}'))).toBe("allow");
    expect(verdict(decided({ approval: { when: [{ path: "args.x", op: "neq", value: 1 }] } }))).toBe(
      "approval /tools/t/approval",
    );
  });

  it("is asked by the action even where the conditions of the approval do not hold", () => {
    const both = { action: "require_approval", approval: { when: [gt] }, reason: "Ask first." };
    expect(verdict(decided(both, '{"n":11}'))).toBe("approval /tools/t/approval");
    expect(verdict(decided(both, '{"n":1}'))).toBe("approval /tools/t/action");
    expect(textOf(decided(both, '{"n":1}'))).toBe("Ask first.");
  });

  it("is never asked about a call that a wall denies anyway, nor is its reason given for one", () => {
    const decision = decided(
      { action: "require_approval", reason: "Ask first.", deny_if: [{ conditions: [gt] }] },
      '{"n":11}',
    );
    expect(verdict(decision)).toBe("deny /tools/t/deny_if/0");
    expect(textOf(decision)).not.toContain("Ask first.");
  });

  it("comes before limits", () => {
    const limits = [{ counter: "c", window: "day", max: 1, increment_from: "args.n" }];
    expect(verdict(decided({ approval: {}, limits }))).toBe("approval /tools/t/approval");
  });

  it.each(["30", "0m", "m", "1.5h", "30 m", "1w", "-1m", ""])("wants a duration, unlike %j", (timeout) => {
    expect(faultsOf({ approval: { timeout } })).toEqual([expect.stringContaining("/tools/t/approval/timeout: ")]);
  });

  it("refuses fields it does not know", () => {
    expect(faultsOf({ approval: { wen: [] } })).toEqual([expect.stringContaining('did you mean "when"?')]);
  });
});

describe("rate_limit", () => {
  const demands = (rate: unknown, tool = "t", key = "t") => {
    const policy = policyOf({ version: "1", default: "deny", tools: { [key]: { rate_limit: rate } } });
    const decision = decide(policy, callOf("{}", { tool }));
    return decision.effect === "allow" ? decision.limits : [];
  };

  it.each([
    [{ max: 10, window: 60 }, "minute"],
    [{ max: 10, window: "minute" }, "minute"],
    ["10/minute", "minute"],
    ["10/60", "minute"],
    ["10/90", 90],
    ["10/second", "second"],
    ["10/604800", 604800],
  ])("%j is short for one limit", (rate, window) => {
    expect(demands(rate)).toEqual([
      {
        rule: "/tools/t/rate_limit",
        counter: "rate_limit t",
        window,
        align: "calendar",
        scope: "grant",
        max: 10_000_000n,
        amount: 1_000_000n,
      },
    ]);
  });

  it("counts all tools of a glob together, under the key as written", () => {
    const [one] = demands("5/hour", "get_a", "get_*");
    const [two] = demands("5/hour", "get_b", "get_*");
    expect(one).toEqual(two);
    expect(one?.rule).toBe("/tools/get_*/rate_limit");
    expect(counterLabel(one?.counter ?? "")).toBe("get_*");
  });

  it("stands beside limits, and never shares a counter with one", () => {
    const entry = { rate_limit: "5/hour", limits: [{ counter: "t", window: "hour", max: 1 }] };
    const decision = decided(entry);
    expect(decision.effect === "allow" && decision.limits.map(({ rule, counter }) => [rule, counter])).toEqual([
      ["/tools/t/limits/0", "t"],
      ["/tools/t/rate_limit", "rate_limit t"],
    ]);
    expect(faultsOf({ limits: [{ counter: "rate_limit t", window: "hour", max: 1 }] })).toHaveLength(1);
  });

  it.each([
    "10",
    "10/",
    "/minute",
    "0/minute",
    "010/minute",
    "10/year",
    "10 / minute",
    "1.5/minute",
    "10/0",
    "10/minutes",
    "1e3/minute",
    "1000000000001/day",
    10,
    ["10/minute"],
  ])("%j is no rate", (rate) => {
    expect(faultsOf({ rate_limit: rate })).toEqual([expect.stringContaining("/tools/t/rate_limit: ")]);
  });

  it("wants exactly max and window", () => {
    expect(faultsOf({ rate_limit: { max: 10 } })).toHaveLength(1);
    expect(faultsOf({ rate_limit: { max: 10, window: 60, scope: "grant" } })).toHaveLength(1);
    expect(faultsOf({ rate_limit: { max: 0, window: 60 } })).toHaveLength(1);
  });
});
