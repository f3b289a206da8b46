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

  it.each([
    ["ab*", "a*", true],
    ["ba*", "a*", false],
    ["a*", "b*", false],
    ["*ab", "*b", true],
    ["*ba", "*b", false],
    ["*a", "*b", false],
    ["ab*", "a*b", true],
    ["*ba", "b*a", true],
    ["ab*c", "a*bc", true],
    ["ab*c", "a*cb", false],
    ["a*b*c", "a*d*c", true],
    ["*", "a*b", true],
  ])("%j and %j overlap as they begin and end, whichever comes first: %j", (one, other, expected) => {
    expect(overlap(readGlob(one), readGlob(other))).toBe(expected);
    expect(overlap(readGlob(other), readGlob(one))).toBe(expected);
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
  it.each([
    ["one that begins the same and ends with more", ["a*", "a*b"], "axb", "a*b"],
    ["one that ends the same and begins with more", ["*bc", "a*bc"], "axbc", "a*bc"],
    ["one with more between", ["ab*", "ab*c*"], "abxcx", "ab*c*"],
    ["a longer beginning before a shorter end", ["*d", "abc*"], "abcd", "abc*"],
    ["a longer end before a shorter beginning", ["a*", "*bcd"], "abcd", "*bcd"],
    ["a longer beginning before a shorter one, beside a long one with a short", ["x*yyyy*", "a*", "ab*"], "abc", "ab*"],
    ["a longer end before a shorter one, beside a long one with a short", ["*yyyy*x", "*c", "*bc"], "abc", "*bc"],
    ["a longer beginning before none", ["*", "a*"], "ab", "a*"],
    ["the name itself before every glob", ["abc*", "abc", "*abc"], "abc", "abc"],
    ["none that wants more than there is", ["*", "abc*", "*abc"], "bc", "*"],
    ["none at all", ["b*", "*b", "a*c*"], "ab*a", undefined],
  ])("is %s", (_, keys, candidate, expected) => {
    expect(namesOf(keys).find(candidate)).toBe(expected);
    expect(namesOf(keys.toReversed()).find(candidate)).toBe(expected);
  });

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

  it.each<readonly [readonly string[], readonly string[]]>([
    [["a*", "b*"], []],
    [["a*", "ab*"], []],
    // A name itself is no glob, and comes before all of them.
    [["abc", "abc*", "bc"], []],
    [
      ["a*", "*a", "*"],
      ["*a", "a*"],
    ],
    [
      ["a*xyz", "ab*uv", "abcd*"],
      ["a*xyz", "ab*uv", "abcd*"],
    ],
    [
      ["abc*", "ab*d", "b*cd"],
      ["ab*d", "abc*"],
    ],
    // Told apart by what they end with, better than by what they begin with.
    [
      ["*abc", "a*bc", "*xbc"],
      ["*abc", "*xbc", "a*bc"],
    ],
    // Behind "abc*d" come none that begin so, and no more that begin with "ab".
    [
      ["abb*d", "ab*bd", "abc*d", "ac*bd"],
      ["ab*bd", "abb*d", "abc*d"],
    ],
  ])("is found among %j in %j, each with another of them", (globs, tied) => {
    for (const given of [globs, globs.toReversed()]) {
      const found = ties(given);
      expect([...found.keys()].sort()).toEqual(tied);
      for (const [one, other] of found) {
        const [a, b] = [readGlob(one), readGlob(other)];
        expect([one === other, a.weight === b.weight, overlap(a, b)]).toEqual([false, true, true]);
      }
    }
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
