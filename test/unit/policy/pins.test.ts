/** What a pin means for a decision: held tools run for nobody, and what the rules refuse needs no pin. */
import { describe, expect, it, vi } from "vitest";
import type { Pin } from "../../../src/policy/call.ts";
import { compilePolicy } from "../../../src/policy/compile.ts";
import { decide } from "../../../src/policy/decide.ts";
import { explainCall } from "../../../src/policy/explain-call.ts";
import { readPolicy } from "../../../src/policy/read.ts";

function policy(tools: object, more: object = {}) {
  const read = readPolicy(JSON.stringify({ version: "1", default: "deny", tools, ...more }));
  if (!read.ok) throw new Error(JSON.stringify(read.problems));
  return compilePolicy(read.document);
}

const callOf = (tool: string, pinOf: (tool: string) => Pin, args = {}) => ({
  ...{ tool, arguments: args, server: "s", time: 0, pinOf },
  grant: { id: "g", label: "l", tags: [] },
});

describe("a call that the rules let pass", () => {
  const open = policy({ t: {} });

  it.each([
    ["pinned", { effect: "allow" }],
    ["held", { effect: "deny", rule: "(definition changed)" }],
    ["unlisted", { effect: "hide", rule: "(unknown tool)" }],
    ["unread", { effect: "deny", rule: "(definition unknown)", wants: { tool: "t", what: "pin" } }],
  ] as const)("of a tool that is %s comes to %j", (pin, decision) => {
    expect(
      decide(
        open,
        callOf("t", () => pin),
      ),
    ).toMatchObject(decision);
    expect(
      explainCall(
        open,
        callOf("t", () => pin),
      ).effect,
    ).toBe(decision.effect);
  });
});

describe("a call of a tool that is not what an operator has seen", () => {
  it.each([
    [
      "held",
      'The definition of the tool "t" changed or is new, and no operator has accepted it yet, so nobody may call it. Other tools are not concerned.',
    ],
    ["unread", 'The server could not be asked what the tool "t" is, so the call was refused. Try again shortly.'],
  ] as const)("is told why it is refused: %s", (pin, text) => {
    expect(
      decide(
        policy({ t: {} }),
        callOf("t", () => pin),
      ),
    ).toMatchObject({ effect: "deny", text });
  });

  it("is told no more than that there is no such tool, where the server lists none", () => {
    const decision = decide(
      policy({ t: {} }),
      callOf("t", () => "unlisted"),
    );
    expect(decision).toEqual({ effect: "hide", rule: "(unknown tool)" });
  });
});

describe("a call that the rules refuse", () => {
  it.each([
    ["hidden", policy({ t: { action: "hide" } }), "(hidden)"],
    ["unlisted", policy({}), "(default deny)"],
    ["denied", policy({ t: { action: "deny" } }), "/tools/t/action"],
    ["walled", policy({ t: { deny_if: [{ conditions: [] }] } }), "/tools/t/deny_if/0"],
  ])("is refused by them alone: %s", (_, compiled, rule) => {
    const pinOf = vi.fn((): Pin => "held");
    expect(decide(compiled, callOf("t", pinOf))).toMatchObject({ rule });
    expect(pinOf).not.toHaveBeenCalled();
  });
});

describe("a call inside another", () => {
  const meta = policy({
    run: { unwrap: { tool: "args.name", arguments: "args.with" } },
    t: {},
    deep: { action: "hide" },
  });
  const inner = (tool: string, pin: Pin) =>
    decide(
      meta,
      callOf("run", (asked) => (asked === "run" ? "pinned" : pin), { name: tool, with: {} }),
    );

  it("does not run a tool that is held", () => {
    expect(inner("t", "held")).toMatchObject({ effect: "deny", rule: "(definition changed)" });
  });

  it("runs a tool that the server does not list, where the policy does", () => {
    expect(inner("t", "unlisted")).toMatchObject({ effect: "allow" });
    expect(inner("other", "unlisted")).toMatchObject({ rule: "(default deny)" });
  });

  it("is looked up before it is decided", () => {
    expect(inner("t", "unread")).toMatchObject({ wants: { tool: "t", what: "inner pin" } });
    expect(inner("deep", "unread")).toMatchObject({ rule: "(hidden)" });
  });
});
