import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Call, decide } from "../../../src/policy/decide.ts";
import { explainCall } from "../../../src/policy/explain-call.ts";
import type { ExplainedCondition, ExplainedStep } from "../../../src/policy/explained.ts";
import { everyOutcome, type Outcome, someOutcome } from "../../../src/policy/outcome.ts";
import { argumentsText, policy, textOf as policyText, schemaOf, toolName } from "./arbitrary.ts";
import { callOf, objectOf, policyFor, policyOf } from "./given.ts";

const gt = { path: "args.n", op: "gt", value: 10 };
const brief = (steps: readonly ExplainedStep[]) =>
  steps.map(
    ({ depth, kind, rule, outcome, reached }) =>
      `${depth} ${kind} ${rule} ${outcome}${reached ? "" : " (not reached)"}`,
  );

describe("the way of a call", () => {
  it("is told step by step, past the step that refuses too", () => {
    const compiled = policyFor(
      {
        deny_if: [{ conditions: [gt] }],
        require: [{ conditions: [{ path: "args.why", op: "exists", value: true }] }],
        arguments: "strict",
        approval: { when: [gt] },
        limits: [{ counter: "c", window: "day", max: 5, increment_from: "args.n", scope: "server", align: "rolling" }],
        rate_limit: "10/minute",
      },
      { all_tools: { limits: [{ counter: "all", window: 90, max: 0x10 }] } },
    );
    const explained = explainCall(compiled, callOf('{"n":11}'));
    expect(brief(explained.steps)).toEqual([
      "0 standing /tools/t passes",
      "0 wall /tools/t/deny_if/0 denies",
      "0 wall /tools/t/require/0 denies (not reached)",
      "0 arguments /tools/t/arguments denies (not reached)",
      "0 approval /tools/t/approval asks (not reached)",
      "0 limit /all_tools/limits/0 passes (not reached)",
      "0 limit /tools/t/limits/0 passes (not reached)",
      "0 limit /tools/t/rate_limit passes (not reached)",
    ]);
    expect(explained).toMatchObject({ effect: "deny", rule: "/tools/t/deny_if/0", text: explained.steps[1]?.text });
    expect(explained.steps.slice(5)).toMatchObject([
      { counter: "all", window: 90, align: "calendar", scope: "grant", max: "16", amount: "1" },
      { counter: "c", window: "day", align: "rolling", scope: "server", max: "5", amount: "11" },
      { counter: "t", window: "minute", max: "10", amount: "1" },
    ]);
    expect(explained.steps[3]).toMatchObject({ schema: "unknown" });
  });

  it("goes down into the calls inside, and up again to approvals and limits", () => {
    const compiled = policyOf({
      version: "1",
      default: "deny",
      tools: {
        run: { unwrap: { tool: "args.tool", arguments: "args.args" }, action: "require_approval", rate_limit: "1/day" },
        pay: { deny_if: [{ conditions: [gt] }], limits: [{ counter: "c", window: "day", max: 1 }] },
      },
    });
    const call = callOf('{"tool":"pay","args":{"n":1}}', { tool: "run" });
    const explained = explainCall(compiled, call);
    expect(brief(explained.steps)).toEqual([
      "0 standing /tools/run passes",
      "0 unwrap /tools/run/unwrap passes",
      "1 standing /tools/pay passes",
      "1 wall /tools/pay/deny_if/0 passes",
      "0 approval /tools/run/action asks",
      "0 limit /tools/run/rate_limit passes (not reached)",
      "1 limit /tools/pay/limits/0 passes (not reached)",
    ]);
    expect(explained.steps[1]).toMatchObject({ inner: { tool: "pay", arguments: objectOf('{"n":1}') } });
    expect(explained.steps[3]).toMatchObject({ tool: "pay", truth: "fails" });
  });

  it.each([
    ["a", "hide", "/hide/1"],
    ["b1", "hide", "/hide/0"],
    ["c", "hide", "/tools/c/action"],
    ["d", "deny", "/default"],
    ["e", "deny", "/tools/e"],
  ])("begins with how the tool %s stands, and by which rule", (tool, effect, rule) => {
    const document = {
      version: "1",
      default: "deny",
      hide: ["b*", "a"],
      tools: { c: { action: "hide" }, e: { action: "deny" } },
    };
    const explained = explainCall(policyOf(document), callOf("{}", { tool }));
    expect([explained.effect, explained.steps[0]?.rule]).toEqual([effect, rule]);
    expect(explained.steps).toHaveLength(tool === "e" ? 2 : 1);
  });

  it("names the first of several entries that hide the tool in the same words", () => {
    const document = { version: "1", default: "deny", hide: ["b", "a", "a"] };
    expect(explainCall(policyOf(document), callOf("{}", { tool: "a" })).steps[0]?.rule).toBe("/hide/1");
  });

  it("ends where the calls inside are too many", () => {
    const self = policyFor({ unwrap: { tool: "tool", arguments: "args" } });
    const { steps, ...outcome } = explainCall(self, callOf());
    expect(outcome).toMatchObject({ effect: "deny", rule: "/tools/t/unwrap" });
    expect(brief(steps.slice(-2))).toEqual(["4 standing /tools/t passes", "4 unwrap /tools/t/unwrap denies"]);
    expect(steps).toHaveLength(10);
  });

  it("is one step without a policy", () => {
    expect(brief(explainCall(null, callOf()).steps)).toEqual(["0 standing (no policy) denies"]);
  });

  it("ends at a hidden tool, of which nothing is told", () => {
    const hidden = policyFor({ action: "hide", reason: "A secret." });
    expect(explainCall(hidden, callOf())).toStrictEqual({
      effect: "hide",
      rule: "(hidden)",
      text: null,
      steps: [
        {
          ...{ depth: 0, tool: "t", rule: "/tools/t/action", outcome: "hides", text: null, reached: true },
          ...{ kind: "standing", standing: "hidden" },
        },
      ],
    });
  });

  it("begins with the default where no entry is for the tool", () => {
    const open = policyOf({ version: "1", default: "allow" });
    const first = { depth: 0, tool: "t", rule: "/default", reached: true, kind: "standing" };
    expect(explainCall(open, callOf())).toStrictEqual({
      ...{ effect: "allow", rule: null, text: null },
      steps: [{ ...first, outcome: "passes", text: null, standing: "listed" }],
    });
    const text = 'The policy does not list the tool "t", and denies every tool that it does not list.';
    expect(explainCall(policyOf({ version: "1", default: "deny" }), callOf())).toStrictEqual({
      ...{ effect: "deny", rule: "(default deny)", text },
      steps: [{ ...first, outcome: "denies", text, standing: "unlisted" }],
    });
  });

  it("goes by an action that denies", () => {
    const explained = explainCall(policyFor({ action: "deny", reason: "Not on Fridays." }), callOf());
    expect(explained.steps[1]).toStrictEqual({
      ...{ depth: 0, tool: "t", rule: "/tools/t/action", outcome: "denies", text: "Not on Fridays.", reached: true },
      kind: "action",
    });
  });

  it.each([
    ["pinned", "passes"],
    ["held", "denies"],
    ["unlisted", "hides"],
    ["unread", "denies"],
  ] as const)("goes by the tool's pin: %s %s", (pin, outcome) => {
    const { steps } = explainCall(policyFor({}), callOf("{}", { pinOf: () => pin }));
    expect(steps).toHaveLength(2);
    const step = { depth: 0, tool: "t", rule: "(definition)", outcome, reached: true, kind: "pin", pin };
    expect(steps[1]).toStrictEqual({ ...step, text: outcome === "denies" ? expect.any(String) : null });
  });

  it("ends at a limit whose amount can't be read", () => {
    const limit = { counter: "c", window: "day", max: 5, increment_from: "args.n" };
    const explained = explainCall(policyFor({ limits: [limit] }), callOf('{"n":"x"}'));
    expect(explained.steps[1]).toStrictEqual({
      ...{ depth: 0, tool: "t", rule: "/tools/t/limits/0", outcome: "denies", text: explained.text, reached: true },
      ...{ kind: "limit", counter: "c", window: "day", align: "calendar", scope: "grant", max: "5", amount: null },
    });
    expect(explained.text).toMatch(/^The argument "n" is the string "x"; the limit "c" counts it/);
  });

  it("says whether the schema of strict arguments is known", () => {
    const schema = (known: Partial<Call>) => {
      const step = explainCall(policyFor({ arguments: "strict" }), callOf("{}", known)).steps[1];
      return step?.kind === "arguments" ? `${step.schema} ${step.outcome}` : step?.kind;
    };
    expect(schema({ schemaOf: () => objectOf('{"properties":{}}') })).toBe("known passes");
    expect(schema({ schemaOf: () => undefined })).toBe("unknown denies");
    expect(schema({})).toBe("unknown denies");
  });
});

describe("a condition on the way", () => {
  const conditionsOf = (conditions: readonly object[], args: string, list = "deny_if") => {
    const step = explainCall(policyFor({ [list]: [{ conditions }] }), callOf(args)).steps[1];
    return step?.kind === "wall" ? step.conditions : [];
  };

  it("is told as it is written, with what was seen and what came of it", () => {
    expect(conditionsOf([gt, { path: "args.a.b", op: "neq", value: "x" }], '{"n":1e400,"a":[1]}')).toEqual([
      {
        kind: "leaf",
        pointer: "/tools/t/deny_if/0/conditions/0",
        outcome: "holds",
        path: "args.n",
        op: "gt",
        value: 10,
        negated: false,
        seen: [{ kind: "value", value: objectOf('{"n":1e400}').n, outcome: "holds" }],
      },
      {
        kind: "leaf",
        pointer: "/tools/t/deny_if/0/conditions/1",
        outcome: "unknown",
        path: "args.a.b",
        op: "neq",
        value: "x",
        negated: false,
        seen: [{ kind: "astray", value: [1], wanted: "an object", outcome: "unknown" }],
      },
    ]);
  });

  it("shows every element under [*], and an absent value as it counts in its list", () => {
    const each = { path: "args.list[*].n", op: "neq", value: 1 };
    const seen = (list: string) =>
      conditionsOf([each], '{"list":[{"n":1},{}]}', list).map(
        (condition) => condition.kind === "leaf" && condition.seen,
      );
    expect(seen("deny_if")).toEqual([
      [
        { kind: "value", value: 1, outcome: "fails" },
        { kind: "absent", outcome: "holds" },
      ],
    ]);
    expect(seen("require")).toMatchObject([[{}, { kind: "absent", outcome: "fails" }]]);
  });

  it("of an approval stands under its when", () => {
    const steps = explainCall(policyFor({ approval: { when: [gt] } }), callOf('{"n":11}')).steps;
    expect(steps[1]).toMatchObject({
      kind: "approval",
      outcome: "asks",
      conditions: [{ pointer: "/tools/t/approval/when/0" }],
    });
  });

  it("of an approval counts as in a deny_if: any element asks, and so does what is absent where it must not differ", () => {
    const asked = (condition: object, args: string) => {
      const step = explainCall(policyFor({ approval: { when: [condition] } }), callOf(args)).steps[1];
      return step?.kind === "approval" ? [step.truth, step.conditions[0]?.outcome, step.outcome] : [];
    };
    expect(asked({ path: "args.list[*]", op: "gt", value: 1 }, '{"list":[1,2]}')).toEqual(["holds", "holds", "asks"]);
    expect(asked({ path: "args.x", op: "neq", value: 1 }, "{}")).toEqual(["holds", "holds", "asks"]);
    expect(asked({ path: "args.x", op: "neq", value: 1 }, '{"x":1}')).toEqual(["fails", "fails", "passes"]);
  });

  it("has not read away, with pointers to where it is written", () => {
    const written = { not: { any: [gt, { not: { all: [gt, { path: "args.m", op: "exists", value: true }] } }] } };
    const at = "/tools/t/deny_if/0/conditions/0";
    expect(conditionsOf([written], '{"n":1,"m":1}')).toMatchObject([
      {
        kind: "all",
        pointer: `${at}/not`,
        of: [
          { kind: "leaf", pointer: `${at}/not/any/0`, negated: true, op: "gt", outcome: "holds" },
          {
            kind: "all",
            pointer: `${at}/not/any/1/not`,
            of: [
              { pointer: `${at}/not/any/1/not/all/0`, negated: false, outcome: "fails" },
              { pointer: `${at}/not/any/1/not/all/1`, negated: false, outcome: "holds" },
            ],
          },
        ],
      },
    ]);
  });
});

describe("of every policy and every call, what is explained", { timeout: 120_000 }, () => {
  const together = (conditions: readonly ExplainedCondition[]): Outcome => everyOutcome(conditions, agreed);

  /** The outcome of a condition, once it was found to follow from its parts. */
  const agreed = (condition: ExplainedCondition): Outcome => {
    if (condition.kind !== "leaf") {
      const whole = condition.kind === "all" ? everyOutcome(condition.of, agreed) : someOutcome(condition.of, agreed);
      expect(condition.outcome).toBe(whole);
    } else if (condition.seen.length === 1) expect(condition.outcome).toBe(condition.seen[0]?.outcome);
    return condition.outcome;
  };

  it("is what is decided, follows from its parts, and is JSON", () => {
    fc.assert(
      fc.property(policy, toolName, argumentsText, (document, tool, args) => {
        const compiled = policyOf(policyText(document));
        const call = callOf(args, { tool, schemaOf });
        const decision = decide(compiled, call);
        const { steps, ...outcome } = explainCall(compiled, call);
        expect(outcome.effect).toBe(decision.effect);
        expect(outcome.rule).toBe(decision.effect === "allow" ? null : decision.rule);
        expect(outcome.text).toBe("text" in decision ? decision.text : null);
        const refusing = steps.findIndex((step) => step.outcome !== "passes");
        expect(steps.map(({ reached }) => reached)).toEqual(
          steps.map((_, index) => refusing === -1 || index <= refusing),
        );
        for (const step of steps) {
          if (step.kind === "wall") {
            expect(step.truth).toBe(together(step.conditions));
            expect(step.outcome === "passes").toBe(step.truth === (step.reading === "deny_if" ? "fails" : "holds"));
          }
          if (step.kind === "approval") expect(step.outcome === "passes").toBe(together(step.conditions) === "fails");
        }
        if (decision.effect === "allow") {
          const rules = steps.flatMap((step) => (step.kind === "limit" ? step.rule : []));
          expect(rules).toEqual(decision.limits.map(({ rule }) => rule));
        }
        expect(() => JSON.stringify(steps)).not.toThrow();
      }),
      { numRuns: 3000 },
    );
  });
});
