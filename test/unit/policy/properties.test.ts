import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type CompiledPolicy, compilePolicy } from "../../../src/policy/compile.ts";
import { type Decision, decide, isListed } from "../../../src/policy/decide.ts";
import { readPolicy } from "../../../src/policy/read.ts";
import {
  argumentsText,
  condition,
  jsonText,
  leaf,
  type PolicyText,
  policy,
  schemaOf,
  textOf,
  toolName,
  wall,
} from "./arbitrary.ts";
import { callOf, judged, policyOf, verdict } from "./given.ts";

const RUNS = { numRuns: 2000 };
/** Thousands of policies take seconds on a slow machine; that is no failure. */
const PATIENT = { timeout: 120_000 };

const decided = (text: string, tool: string, args: string) => decide(policyOf(text), callOf(args, { tool, schemaOf }));

/** How much a decision lets happen. */
const openness = ({ effect }: Decision) => ["hide", "deny", "approval", "allow"].indexOf(effect);

describe("of every policy and every call", PATIENT, () => {
  it("list and call agree: what is hidden or unlisted is not listed, and all else is", () => {
    fc.assert(
      fc.property(policy, toolName, argumentsText, (document, tool, args) => {
        const compiled = policyOf(textOf(document));
        const decision = decide(compiled, callOf(args, { tool, schemaOf }));
        const unlisted = ["hide (hidden)", "deny (default deny)"].includes(verdict(decision));
        // A listed tool that runs others may be refused because one of those is not listed.
        const runs = compiled.entryOf(tool)?.rules().unwrap !== undefined;
        if (decision.effect === "hide" || !runs) expect(isListed(compiled, tool)).toBe(!unlisted);
        else if (!isListed(compiled, tool)) expect(unlisted).toBe(true);
      }),
      RUNS,
    );
  });

  it("no argument of any kind makes a decision throw or speak at length", () => {
    fc.assert(
      fc.property(policy, toolName, jsonText, jsonText, (document, tool, a, list) => {
        const decision = decided(textOf(document), tool, `{"a":${a},"list":${list},"b":{"c":${a}}}`);
        if (decision.effect === "deny") expect(decision.text.length).toBeLessThan(1500);
      }),
      RUNS,
    );
  });

  it("one more wall never lets more happen", () => {
    const owner = fc.constantFrom("all_tools", "tool");
    const kind = fc.constantFrom<"require" | "deny_if">("require", "deny_if");
    fc.assert(
      fc.property(
        policy,
        toolName,
        argumentsText,
        wall,
        owner,
        kind,
        fc.boolean(),
        (document, tool, args, extra, at, list, first) => {
          const before = decided(textOf(document), tool, args);
          const after = decided(textOf(withWall(document, extra, at, list, first)), tool, args);
          expect(openness(after)).toBeLessThanOrEqual(openness(before));
        },
      ),
      RUNS,
    );
  });

  it("the order of keys never matters, and makes no other version", () => {
    fc.assert(
      fc.property(policy, toolName, argumentsText, fc.integer(), (document, tool, args, seed) => {
        const text = textOf(document);
        const shuffled = shuffledKeys(text, seed);
        expect(decided(shuffled, tool, shuffledKeys(args, seed))).toEqual(decided(text, tool, args));
        const [one, two] = [readPolicy(text), readPolicy(shuffled)];
        expect(two.ok && two.canonical).toBe(one.ok && one.canonical);
      }),
      RUNS,
    );
  });

  it("the canonical text means what the document means", () => {
    fc.assert(
      fc.property(policy, toolName, argumentsText, (document, tool, args) => {
        const read = readPolicy(textOf(document));
        if (!read.ok) throw new Error("the policy does not read");
        expect(decided(read.canonical, tool, args)).toEqual(
          decide(compilePolicy(read.document), callOf(args, { tool, schemaOf })),
        );
      }),
      RUNS,
    );
  });

  it("deciding once leaves nothing behind that the next decision could see", () => {
    fc.assert(
      fc.property(
        policy,
        fc.array(fc.tuple(toolName, argumentsText), { minLength: 2, maxLength: 4 }),
        (document, calls) => {
          const fresh = (): CompiledPolicy => policyOf(textOf(document));
          const shared = fresh();
          for (const [tool, args] of calls) decide(shared, callOf(args, { tool, schemaOf }));
          for (const [tool, args] of calls) {
            expect(decide(shared, callOf(args, { tool, schemaOf }))).toEqual(
              decide(fresh(), callOf(args, { tool, schemaOf })),
            );
          }
        },
      ),
      { numRuns: 1000 },
    );
  });
});

describe("of every condition and every argument", PATIENT, () => {
  it("not twice is not at all", () => {
    fc.assert(
      fc.property(condition, argumentsText, (each, args) => {
        expect(judged({ not: { not: each } }, args)).toEqual(judged(each, args));
      }),
      RUNS,
    );
  });

  it("no deny_if and no require lets both a condition and its opposite pass", () => {
    fc.assert(
      // Under [*] an empty list lets both kinds pass: there is no element to object to.
      fc.property(
        leaf.filter((each) => !JSON.stringify(each).includes("[*]")),
        argumentsText,
        (each, args) => {
          const [plain, negated] = [judged(each, args), judged({ not: each }, args)];
          expect([plain.require, negated.require]).toContain("deny");
        },
      ),
      RUNS,
    );
  });

  it("a group of one is that one", () => {
    fc.assert(
      fc.property(condition, argumentsText, (each, args) => {
        expect(judged({ all: [each] }, args)).toEqual(judged(each, args));
        expect(judged({ any: [each] }, args)).toEqual(judged(each, args));
      }),
      { numRuns: 1000 },
    );
  });

  it("the order within a group never matters", () => {
    fc.assert(
      fc.property(fc.array(condition, { maxLength: 4 }), argumentsText, (parts, args) => {
        for (const kind of ["all", "any"]) {
          expect(judged({ [kind]: parts.toReversed() }, args)).toEqual(judged({ [kind]: parts }, args));
        }
      }),
      { numRuns: 1000 },
    );
  });

  it("what an operator can't judge passes no wall", () => {
    const texts = fc.constantFrom('"x"', "true", "null", "[]", "{}", '"500"', '"1e3"');
    const numbers = fc.constantFrom("5", "true", "null", "1e400", "{}");
    const both = { deny_if: "deny", require: "deny" };
    fc.assert(
      fc.property(
        texts,
        numbers,
        fc.constantFrom("lt", "lte", "gt", "gte"),
        fc.constantFrom("regex", "starts_with", "ends_with"),
        (text, number, order, affix) => {
          for (const negate of [false, true]) {
            const maybe = (each: object) => (negate ? { not: each } : each);
            expect(judged(maybe({ path: "args.x", op: order, value: 1 }), `{"x":${text}}`)).toEqual(both);
            expect(judged(maybe({ path: "args.x", op: affix, value: "a" }), `{"x":${number}}`)).toEqual(both);
            expect(judged(maybe({ path: "args.x", op: "in_cidr", value: "::/0" }), `{"x":${text}}`)).toEqual(both);
            expect(judged(maybe({ path: "args.x", op: "length_gte", value: 1 }), '{"x":5}')).toEqual(both);
          }
        },
      ),
    );
  });
});

describe("of every text", PATIENT, () => {
  it("reading it answers a document or problems that have a place in it, and never throws", () => {
    const mangled = fc
      .tuple(policy.map(textOf), fc.nat(), fc.constantFrom("", "}", '"', ",", "x", '"a":1,', "1e9", "null"), fc.nat(4))
      .map(([text, at, piece, cut]) => text.slice(0, at % text.length) + piece + text.slice((at % text.length) + cut));
    fc.assert(
      fc.property(fc.oneof(mangled, jsonText, fc.string({ unit: "binary" })), (text) => {
        const read = readPolicy(text);
        if (read.ok) return;
        const lines = text.split("\n");
        expect(read.problems.length).toBeGreaterThan(0);
        for (const { line, column, message } of read.problems) {
          expect(column - 1).toBeLessThanOrEqual((lines[line - 1] ?? "").length);
          expect(column).toBeGreaterThan(0);
          expect(message).not.toBe("");
        }
      }),
      RUNS,
    );
  });
});

function withWall(
  document: PolicyText,
  extra: object,
  owner: string,
  kind: "require" | "deny_if",
  first: boolean,
): PolicyText {
  const put = (walls: readonly object[] = []) => (first ? [extra, ...walls] : [...walls, extra]);
  if (owner === "all_tools")
    return { ...document, all_tools: { ...document.all_tools, [kind]: put(document.all_tools[kind]) } };
  const widened = document.tools.map(([name, entry]) => {
    const walls: unknown = entry[kind];
    return [name, { ...entry, [kind]: put(Array.isArray(walls) ? walls : []) }] as const;
  });
  return { ...document, tools: widened };
}

/** The same document with the members of every object in another order. Works on the text, to keep every digit. */
function shuffledKeys(text: string, seed: number): string {
  const value: unknown = JSON.parse(text, (_, each: unknown, context?: { source?: string }) =>
    typeof each === "number" ? rawJson(context?.source ?? "") : each,
  );
  return JSON.stringify(reordered(value, seed));
}

function rawJson(source: string): unknown {
  return (JSON as unknown as { rawJSON(text: string): unknown }).rawJSON(source);
}

function reordered(value: unknown, seed: number): unknown {
  if (Array.isArray(value)) return value.map((each) => reordered(each, seed));
  if (typeof value !== "object" || value === null || isRaw(value)) return value;
  const members = Object.entries(value).map(([key, each]) => [key, reordered(each, seed)] as const);
  const turned = members.length === 0 ? 0 : Math.abs(seed) % members.length;
  const result: Record<string, unknown> = Object.create(null);
  for (const [key, each] of [...members.slice(turned), ...members.slice(0, turned)].reverse()) result[key] = each;
  return result;
}

function isRaw(value: object): boolean {
  return (JSON as unknown as { isRawJSON(value: unknown): boolean }).isRawJSON(value);
}
