import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readPattern } from "../../../src/policy/arguments/pattern.ts";

const CHARACTERS = [
  "a",
  "b",
  "Z",
  "0",
  "_",
  "-",
  ".",
  " ",
  "\n",
  "\u2028",
  "\u00a0",
  "\ufeff",
  "é",
  "😀",
  "[",
  "]",
  "{",
];

describe("patterns of a schema", () => {
  it.each([
    ["^[a-z0-9-]+$", "a-b", true],
    ["^[\\w-.]+$", "a-b.c", true],
    ["^\\S+$", "a\u00a0b", false],
    ["^.$", "\u2028", false],
    ["^[^]$", "\n", true],
    ["^\\u0041\\x42\\u{1F600}$", "AB😀", true],
    ["^\\ud83d\\ude00$", "😀", true],
    ["^[\\u4e00-\\u9fa5]+$", "中文", true],
    ["^\\cA\\0$", "\u0001\u0000", true],
    ["^[\\b]$", "\b", true],
    ["^\\p{Letter}\\p{Lu}\\p{Script=Greek}$", "éÉλ", true],
    ["^[[:alpha:]]$", "a]", true],
    ["^a{,2}$", "a{,2}", true],
    ["^{$", "{", true],
    ["(?<year>\\d{4})", "2026", true],
    ["a$", "a\n", false],
    ["\\-\\/\\_\\@", "-/_@", true],
  ])("%s on %j: %s", (pattern, text, expected) => {
    expect(readPattern(pattern)?.test(text)).toBe(expected);
  });

  it.each([
    ["look-ahead", "(?=a)"],
    ["look-behind", "(?<!a)b"],
    ["a back-reference", "(a)\\1"],
    ["a named back-reference", "(?<n>a)\\k<n>"],
    ["what only RE2 knows", "(?i)a"],
    ["RE2's own escapes", "\\Aa\\z"],
    ["RE2's quoting", "\\Qa*\\E"],
    ["half a surrogate pair", "\\ud83d"],
    ["nothing that matches", "[]"],
    ["an open group", "(a"],
    ["a closed group", "a)"],
    ["an open class", "[a"],
    ["a lone backslash", "\\"],
    ["too many repetitions", "(?:a{500}){500}"],
    ["too large a pattern", "(?:[ab]{900}c){3}"],
    ["too long a pattern", "a".repeat(1001)],
  ])("are not judged with %s", (_, pattern) => {
    expect(readPattern(pattern)).toBeUndefined();
  });

  it("match what a browser's regular expressions match", () => {
    const atom = fc.oneof(
      fc.constantFrom(
        "a",
        "b",
        "Z",
        "0",
        "-",
        "\\.",
        "é",
        "😀",
        ".",
        "\\d",
        "\\D",
        "\\w",
        "\\W",
        "\\s",
        "\\S",
        "\\b",
        "^",
        "$",
      ),
      fc.constantFrom(
        "[ab]",
        "[^a]",
        "[\\s0]",
        "[^\\s]",
        "[\\S]",
        "[^\\S]",
        "[\\w-]",
        "[a-z]",
        "[^]",
        "\\u00e9",
        "\\u{1F600}",
        "[\\]\\[]",
      ),
    );
    const pattern = fc.letrec<{ any: string }>((tie) => ({
      any: fc.oneof(
        { maxDepth: 3 },
        atom,
        fc.tuple(tie("any"), tie("any")).map(([a, b]) => a + b),
        fc.tuple(tie("any"), tie("any")).map(([a, b]) => `(?:${a}|${b})`),
        fc
          .tuple(tie("any"), fc.constantFrom("*", "+", "?", "{2}", "{1,2}", "{2,}", "*?"))
          .map(([a, b]) => `(${a})${b}`),
      ),
    })).any;
    const text = fc.array(fc.constantFrom(...CHARACTERS), { maxLength: 6 }).map((parts) => parts.join(""));
    fc.assert(
      fc.property(pattern, text, (source, each) => {
        expect(readPattern(source)?.test(each)).toBe(new RegExp(source, "u").test(each));
      }),
      { numRuns: 5000 },
    );
  });

  it("answer in time linear in the text, whatever the pattern", () => {
    for (const source of ["^(a+)+$", "(x+x+)+y", "^(a|aa)+$", "^(.*?,){11}P"]) {
      expect(readPattern(source)?.test(`${"a".repeat(50_000)}!`)).toBe(false);
    }
  });
});
