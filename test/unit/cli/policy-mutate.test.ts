import { describe, expect, test } from "vitest";
import { mutants } from "../../../src/cli/policy/mutants.ts";
import { runCases } from "../../../src/cli/policy/run-cases.ts";
import { type Mutation, mutate } from "../../../src/cli/policy/survivors.ts";
import { casesByOwner } from "../../../src/cli/policy/touched.ts";
import { canonicalJson } from "../../../src/json/canonical.ts";
import { parseJson } from "../../../src/json/parse.ts";
import type { Json } from "../../../src/json/value.ts";
import { readCases } from "../../../src/policy/cases.ts";
import { policyOf } from "../policy/given.ts";

const ABOUT = { server: "s", schemaOf: () => undefined };

function json(value: unknown): Json {
  const parsed = parseJson(typeof value === "string" ? value : JSON.stringify(value));
  if (!parsed.ok) throw new Error(parsed.fault.reason);
  return parsed.value;
}

/** `pointer  change` of every mutant of a policy whose tool `t` has this entry, but for those of the policy's frame. */
function changes(entry: object): string[] {
  const document = json({ version: "1", default: "deny", tools: { t: entry } });
  return [...mutants(document)]
    .filter(({ pointer }) => pointer.startsWith("/tools/t/"))
    .map(({ pointer, change }) => `${pointer.slice("/tools/t/".length)}: ${change}`);
}

function condition(op: string, value: unknown): string[] {
  const all = changes({ require: [{ conditions: [{ path: "args.x", op, value }] }] });
  return all.filter((each) => each.includes("conditions")).map((each) => each.slice(each.indexOf(": ") + 2));
}

function surviving(policy: object, ...cases: readonly object[]): Mutation {
  const read = readCases(JSON.stringify(cases.map((each) => ({ name: "case", ...each }))));
  if (!read.ok) throw new Error(JSON.stringify(read.problems));
  const steps = mutate(json({ version: "1", default: "deny", ...policy }), read.cases, {
    server: "s",
    schemaOf: () => undefined,
  });
  let step = steps.next();
  while (!step.done) step = steps.next();
  return step.value;
}

describe("a mutant", () => {
  test.each([
    ["gt", 1, ["gt → gte"]],
    ["gte", 1, ["gte → gt"]],
    ["lt", 1, ["lt → lte"]],
    ["lte", 1, ["lte → lt"]],
    ["eq", 1, ["eq → neq"]],
    ["neq", 1, ["neq → eq"]],
    ["in", [1], ["in → not_in"]],
    ["not_in", [1], ["not_in → in"]],
    ["exists", true, ["exists true → false"]],
    ["contains", "a", ["contains → not contains"]],
    ["regex", "a", ["regex → not regex"]],
    ["starts_with", "a", ["starts_with → not starts_with"]],
    ["ends_with", "a", ["ends_with → not ends_with"]],
    ["in_cidr", "10.0.0.0/8", ["in_cidr → not_in_cidr"]],
    ["not_in_cidr", "10.0.0.0/8", ["not_in_cidr → in_cidr"]],
    ["length_lte", 5, ["length_lte 5 → 4", "length_lte 5 → 6"]],
  ])("turns %s %j", (op, value, expected) => {
    expect(condition(op, value)).toEqual(expected);
  });

  test("drops walls, conditions and members of groups, and moves and drops limits", () => {
    const leaf = (op: string) => ({ path: "args.x", op, value: 1 });
    expect(
      changes({
        deny_if: [{ conditions: [{ any: [leaf("eq"), { not: leaf("gt") }] }] }],
        limits: [{ counter: "c", window: "day", max: 7 }],
        rate_limit: "10/minute",
      }),
    ).toEqual([
      "deny_if/0: wall dropped",
      "deny_if/0/conditions/0: condition dropped",
      "deny_if/0/conditions/0/any/0: condition dropped",
      "deny_if/0/conditions/0/any/0/op: eq → neq",
      "deny_if/0/conditions/0/any/1: condition dropped",
      "deny_if/0/conditions/0/any/1/not/op: gt → gte",
      "limits/0/max: max 7 → 6",
      "limits/0/max: max 7 → 8",
      "limits/0: limit dropped",
      "rate_limit: max 10 → 9",
      "rate_limit: max 10 → 11",
      "rate_limit: limit dropped",
    ]);
  });

  test("changes actions, and drops approvals and unwraps", () => {
    expect(changes({ action: "hide" })).toEqual(["action: action hide → allow"]);
    expect(changes({ action: "deny" })).toEqual(["action: action deny → allow"]);
    expect(
      changes({
        unwrap: { tool: "args.a", arguments: "args.b" },
        approval: { when: [{ path: "args.x", op: "gt", value: 1 }] },
      }),
    ).toEqual([
      "unwrap: unwrap dropped",
      "approval: approval dropped",
      "approval/when/0: condition dropped",
      "approval/when/0/op: gt → gte",
    ]);
  });

  test("changes the policy's frame too", () => {
    const document = json({
      version: "1",
      default: "allow",
      hide: ["a", "b"],
      all_tools: { limits: [{ counter: "c", window: "day", max: 2 }] },
      tools: { t: {} },
    });
    const all = [...mutants(document)];
    expect(all.map(({ pointer, change }) => `${pointer} ${change}`)).toEqual([
      "/default default allow → deny",
      "/hide/0 hide entry dropped",
      "/hide/1 hide entry dropped",
      "/all_tools/limits/0/max max 2 → 1",
      "/all_tools/limits/0/max max 2 → 3",
      "/all_tools/limits/0 limit dropped",
      "/tools/t tool entry dropped",
    ]);
    expect(canonicalJson(all[1]?.document ?? null)).toContain('"hide":["b"]');
    expect(canonicalJson(all[6]?.document ?? null)).toContain('"tools":{}');
  });

  test("differs from the policy in one place, and leaves the policy as it is", () => {
    const text =
      '{"default":"deny","tools":{"__proto__":{"limits":[{"max":5.0}]},"t":{"action":"deny"}},"version":"1"}';
    const document = json(text);
    const all = [...mutants(document)].map((mutant) => canonicalJson(mutant.document));
    expect(canonicalJson(document)).toBe(text);
    expect(new Set(all).size).toBe(all.length);
    expect(all).toContain(text.replace("5.0", "6"));
    expect(all).toContain(text.replace('"action":"deny"', '"action":"allow"'));
  });
});

describe("cases are tested", () => {
  const policy = { tools: { t: { deny_if: [{ conditions: [{ path: "args.x", op: "gt", value: 100 }] }] } } };
  const call = (x: number) => ({ call: { tool: "t", arguments: { x } } });
  const deny = { effect: "deny", rule: "/tools/t/deny_if/0" };
  const unlisted = { call: { tool: "u" }, expect: { effect: "deny", rule: "(default deny)" } };

  test("by mutants that none of them notices", () => {
    const loose = surviving(policy, { ...call(5), expect: { effect: "allow" } }, { ...call(500), expect: deny });
    expect(loose.survivors).toEqual([
      { pointer: "/default", change: "default deny → allow" },
      { pointer: "/tools/t/deny_if/0/conditions/0/op", change: "gt → gte" },
    ]);
    const tight = surviving(
      policy,
      { ...call(100), expect: { effect: "allow" } },
      { ...call(101), expect: deny },
      unlisted,
    );
    expect(tight).toEqual({ tried: 5, skipped: 0, survivors: [] });
  });

  test("each only on what it has to do with, which is as good as on everything", () => {
    const branching = {
      default: "allow",
      hide: ["secret", "old_*"],
      all_tools: { limits: [{ counter: "all", window: "day", max: 3 }] },
      tools: {
        "get_*": { deny_if: [{ conditions: [{ path: "args.x", op: "gt", value: 1 }] }] },
        get_one: { rate_limit: "2/minute" },
        gone: { action: "hide" },
        run: { unwrap: { tool: "args.tool", arguments: "args.with" } },
        old_one: { action: "deny" },
      },
    };
    const named = ["secret", "old_one", "get_one", "get_two", "gone", "other"];
    const cases = named.flatMap((tool) => [
      { call: { tool }, expect: { effect: "hide" } },
      { call: { tool }, times: 3, expect: { effect: "limit" } },
      { call: { tool, arguments: { x: 2 } }, expect: { effect: "deny" } },
      { call: { tool: "run", arguments: { tool, with: { x: 2 } } }, expect: { effect: "allow" } },
      { before: [{ call: { tool: "get_two" }, times: 2 }], call: { tool }, times: 2, expect: { effect: "limit" } },
    ]);
    const read = readCases(JSON.stringify(cases.map((each) => ({ name: "case", ...each }))));
    if (!read.ok) throw new Error(JSON.stringify(read.problems));
    const document = json({ version: "1", ...branching });
    const actuals = (of: Json) =>
      runCases(policyOf(canonicalJson(of)), read.cases, ABOUT).map(({ actual }) => JSON.stringify(actual));
    const before = actuals(document);
    const concerned = casesByOwner(policyOf(canonicalJson(document)), read.cases, ABOUT);
    for (const mutant of mutants(document)) {
      const after = actuals(mutant.document);
      const changed = read.cases.filter((_, index) => after[index] !== before[index]);
      expect(concerned.get(mutant.owner) ?? []).toEqual(expect.arrayContaining(changed));
    }
  });

  test("by valid policies only; the others are counted", () => {
    const one = { tools: { t: { rate_limit: "1/minute" } } };
    const cases = [
      { call: { tool: "t" }, expect: { effect: "allow" } },
      { call: { tool: "t" }, times: 2, expect: { effect: "limit" } },
    ];
    expect(surviving(one, ...cases)).toEqual({
      tried: 4,
      skipped: 1,
      survivors: [{ pointer: "/default", change: "default deny → allow" }],
    });
  });
});
