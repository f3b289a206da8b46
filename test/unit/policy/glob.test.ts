import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decide, isListed } from "../../../src/policy/decide.ts";
import { matches, overlap, readGlob } from "../../../src/policy/glob.ts";
import { namesOf } from "../../../src/policy/names.ts";
import { ties } from "../../../src/policy/ties.ts";
import { callOf, policyOf, problemsOf, verdict } from "./given.ts";

/** Two letters and the star: small enough that all names up to a length can be listed. */
const globText = fc.stringMatching(/^[ab*]{0,6}$/).filter((text) => text.includes("*"));
const name = fc.stringMatching(/^[ab]{0,7}$/);

/** A second opinion: the engine's own expressions. */
function asRegExp(glob: string): RegExp {
  return new RegExp(`^${glob.replaceAll("*", "[^]*")}$`);
}

const NAMES = [""];
for (let from = 0, length = 1; length <= 9; length++) {
  const upTo = NAMES.length;
  for (; from < upTo; from++) NAMES.push(`${NAMES[from]}a`, `${NAMES[from]}b`);
}

describe("a glob", () => {
  it("matches exactly what the same regular expression matches", () => {
    fc.assert(
      fc.property(globText, name, (text, candidate) => {
        expect(matches(readGlob(text), candidate)).toBe(asRegExp(text).test(candidate));
      }),
      { numRuns: 5000 },
    );
  });

  it.each([
    ["*", "", true],
    ["*", "any\nthing", true],
    ["get_*", "get_", true],
    ["get_*", "GET_x", false],
    ["a*a", "a", false],
    ["*a*a*", "a", false],
    ["a.c*", "abc", false],
    ["a?*", "ab", false],
    ["[a]*", "a", false],
    ["**", "x", true],
    ["caf\u00e9*", "cafe\u0301s", false],
  ])("%j knows no special character but the star: %j", (text, candidate, matched) => {
    expect(matches(readGlob(text), candidate)).toBe(matched);
  });

  it("takes time linear in a name, whatever the stars", () => {
    expect(matches(readGlob(`${"a*".repeat(50)}b`), "a".repeat(1_000_000))).toBe(false);
  });

  it("overlaps another when some name matches both", () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[ab*]{1,4}$/), fc.stringMatching(/^[ab*]{1,4}$/), (a, b) => {
        fc.pre(a.includes("*") && b.includes("*"));
        const [first, second] = [asRegExp(a), asRegExp(b)];
        const witness = NAMES.some((candidate) => first.test(candidate) && second.test(candidate));
        expect(overlap(readGlob(a), readGlob(b))).toBe(witness);
      }),
      { numRuns: 2000 },
    );
  });
});

describe("which entry applies", () => {
  it("is the exact name, else the glob with the most literal characters", () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.oneof(globText, name), { maxLength: 8 }), name, (keys, candidate) => {
        fc.pre(ties(keys).size === 0);
        const weight = (key: string) => (key === candidate ? 100 : key.replaceAll("*", "").length);
        const fitting = keys.filter((key) => (key.includes("*") ? asRegExp(key).test(candidate) : key === candidate));
        const best = fitting.sort((a, b) => weight(b) - weight(a))[0];
        expect(namesOf(keys).find(candidate)).toBe(best);
      }),
      { numRuns: 5000 },
    );
  });

  it("replaces a lighter one whole, and names its key as written", () => {
    const policy = policyOf({
      version: "1",
      default: "deny",
      hide: ["*_secret", "debug"],
      tools: {
        "*": { action: "deny" },
        "get_*": { deny_if: [{ conditions: [] }] },
        get_user: {},
        "get_/~*": { action: "deny" },
      },
    });
    const decided = (tool: string) => verdict(decide(policy, callOf("{}", { tool })));
    expect(decided("get_user")).toBe("allow");
    expect(decided("get_other")).toBe("deny /tools/get_*/deny_if/0");
    expect(decided("get_/~x")).toBe("deny /tools/get_~1~0*/action");
    expect(decided("delete_x")).toBe("deny /tools/*/action");
    expect(decided("get_secret")).toBe("hide (hidden)");
    expect(decided("debug")).toBe("hide (hidden)");
    expect(isListed(policy, "get_secret")).toBe(false);
    expect(isListed(policy, "delete_x")).toBe(true);
  });

  it("hides everything with a star alone", () => {
    const policy = policyOf({ version: "1", default: "allow", hide: ["*"], tools: { a: {} } });
    expect(verdict(decide(policy, callOf("{}", { tool: "a" })))).toBe("hide (hidden)");
  });
});

describe("a tie between globs", () => {
  it("is found where, and only where, a name matches two of the same weight", () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.stringMatching(/^[ab]{0,2}\*[ab]{0,2}\*?$/), { maxLength: 6 }), (globs) => {
        const tied = globs.filter((one) =>
          globs.some(
            (other) =>
              one !== other &&
              readGlob(one).weight === readGlob(other).weight &&
              NAMES.some((candidate) => asRegExp(one).test(candidate) && asRegExp(other).test(candidate)),
          ),
        );
        expect([...ties(globs).keys()].sort()).toEqual(tied.sort());
      }),
      { numRuns: 2000 },
    );
  });

  it("is a validation error at each of the two", () => {
    const tools = { "get_*": {}, "*_all": {}, "get_**": {}, "put_*": {}, "*": {} };
    expect(problemsOf({ version: "1", default: "deny", tools }).map(({ pointer }) => pointer)).toEqual([
      "/tools/get_*",
      "/tools/*_all",
      "/tools/get_**",
      "/tools/put_*",
    ]);
    expect(problemsOf({ version: "1", default: "deny", tools: { "get_*": {}, "put_*": {}, "*_every": {} } })).toEqual(
      [],
    );
    expect(problemsOf({ version: "1", default: "deny", hide: ["a*", "*a"] })).toEqual([]);
  });
});
