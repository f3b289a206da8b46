import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readPattern } from "../../../src/policy/arguments/pattern.ts";
import { translate } from "../../../src/policy/arguments/translate.ts";

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
    ["^\\.$", "a", false],
    ["^\\é$", "é", true],
    ["^\\u{10FFFF}\\uD7FF\\uE000$", "\u{10ffff}\ud7ff\ue000", true],
    ["^\\cz\\cZ$", "\u001a\u001a", true],
    ["^[^a-c]$", "b", false],
    ["^[^^]$", "^", false],
    ["^[a^]$", "^", true],
    ["^[-a]$", "-", true],
    ["^[\\d-z]+$", "5-z", true],
    ["^[\\d-z]$", "a", false],
    // Where the class is not written as one in RE2, a dash behind it is no range either.
    ["^[\\s-z]+$", " -z", true],
    ["^[\\s-z]$", "a", false],
    ["^[\\da-c]$", "b", true],
    // The dash behind a class is itself, and so is what it joins, be it a dash.
    ["^[\\d-a-]+$", "5-a-", true],
    ["^[\\d--0]+$", "5-0", true],
    ["^[\\d--0]$", ".", false],
    ["^[\\d-\\w-]+$", "5-w", true],
    ["^a{02,03}b{00}c{010}$", `aaa${"c".repeat(10)}`, true],
    ["^a{01}$", "a{01}", false],
    ["^a{100}$", "a".repeat(10), false],
    ["^a{00001}$", "a", true],
    ["^[-\\s]$", "-", true],
    ["^[^-\\S]$", " ", true],
    ["^[^-\\s]$", "\n", false],
    ["^[\\n-\\r]$", "\v", true],
    ["^[\\n-\\r]$", "-", false],
    ["\\d[\\n-\\r]", "5\v", true],
    ["^[\\p{Lu}-z]+$", "A-z", true],
    ["^a{2,3}b{2}c{2,}$", "aaabbccc", true],
    ["^a{2,3}b{2}c{2,}$", "abbcc", false],
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
    ["the first half there is", "\\ud800"],
    ["the last half there is", "\\udfff"],
    ["a half as it is", "\ud83d"],
    ["what is behind the last character", "\\u{110000}"],
    ["a word's end in a class", "[\\B]"],
    ["an escape that is none", "\\q"],
    ["an escape that is none, in a class", "[\\q]"],
    ["a second dash behind a class, which is no range", "^[\\d-a-c]$"],
    ["a second dash behind a class of many", "^[\\s-\\w-z]$"],
    ["a dash before spaces in a class", "^[\\0-\\s]$"],
    ["a dash before all but spaces in a class", "^[^\\t-\\S]$"],
    ["more repetitions than there is a limit for", "^.{0,10000}$"],
    ["far more repetitions", `a{${"9".repeat(400)}}`],
    ["a place that is repeated", "^*a"],
    ["an end that is repeated", "a$+"],
    ["a word's end that is repeated", "a\\b?"],
    ["a place that is counted", "\\B{2}"],
    ["an open class that ends in an escape", "[a\\"],
    ["two open groups", "((a)"],
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

  it.each([
    ..."\\s \\S [\\s] [\\S] [^\\s] [^\\S] [^\\Sa] [\\sa] . [^] \\d \\D \\w \\W [\\d] [\\D] [\\w] [\\W] \\t \\n \\v \\f \\r [\\b]".split(
      " ",
    ),
    ..."Letter Uppercase_Letter Lowercase_Letter Mark Number Decimal_Number digit Punctuation Symbol Separator"
      .split(" ")
      .flatMap((name) => [`\\p{${name}}`, `\\P{${name}}`, `[\\p{${name}}]`]),
    ..."\\p{L} \\p{Nd} \\p{Script=Greek} \\p{sc=Latin}".split(" "),
  ])("match one character exactly where a browser's do: %s", (source) => {
    const spans = [
      ...[
        [0, 0x600],
        [0x1670, 0x1690],
        [0x1ff0, 0x2110],
        [0x2ff0, 0x3010],
        [0xfef0, 0xff20],
        [0x1f600, 0x1f601],
      ],
      ...[
        [0xd7ff, 0xd7ff],
        [0xe000, 0xe000],
        [0x10ffff, 0x10ffff],
      ],
    ] as const;
    const [ours, theirs] = [readPattern(`^${source}$`), new RegExp(`^${source}$`, "u")];
    const differing = spans.flatMap(([from, to]) =>
      Array.from({ length: to - from + 1 }, (_, nth) => String.fromCodePoint(from + nth)).filter(
        (character) => ours?.test(character) !== theirs.test(character),
      ),
    );
    expect(differing).toEqual([]);
  });

  it.each([
    ["a", 1],
    ["ab", 2],
    ["a|b", 3],
    ["\\d", 1],
    [".", 1],
    ["[abc]", 1],
    ["[^]", 1],
    ["\\p{L}", 20],
    ["[\\p{L}a\\d]", 20],
    ["[\\da\\p{L}]", 20],
    ["a*", 1],
    ["a+?", 1],
    ["a{3}", 3],
    ["a{2,5}", 5],
    ["a{4,}", 4],
    ["a{0}", 1],
    ["ab{3}", 4],
    ["\\p{L}{3}", 60],
    ["(ab)", 2],
    ["(ab){3}", 6],
    ["((a{2}b){3}c){2}", 20],
    ["(a)(b){2}c", 4],
    ["", 0],
  ])("are as large as what they repeat: %s", (source, size) => {
    expect(translate(source)?.size).toBe(size);
  });

  it("are judged up to a size of 2,500, and not one more", () => {
    expect(readPattern("a{1000}b{1000}c{500}")?.size).toBe(2_500);
    expect(readPattern("a{1000}b{1000}c{501}")).toBeUndefined();
  });

  it.each([")", "(", "a)", "(a", "[", "[]", "[]a]"])("are none where what opens does not close: %s", (source) => {
    expect(translate(source)).toBeUndefined();
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

  it("are judged as a browser judges them, or not at all, however they are put together", () => {
    const pieces = [
      "a",
      "b",
      "0",
      ".",
      "-",
      "/",
      "\\d",
      "\\s",
      "\\w",
      "\\D",
      "\\b",
      "\\-",
      "[",
      "[^",
      "]",
      "(",
      ")",
      "|",
    ];
    const more = ["^", "$", "*", "+", "?", "{1}", "{01}", "{0,02}", "{", "}", ","];
    const source = fc.array(fc.constantFrom(...pieces, ...more), { maxLength: 7 }).map((parts) => parts.join(""));
    const text = fc.constantFrom("", "a", "b", "ab", "0", "1", ".", "-", "/", " ", "a{01}", "a-", "{", "}", "[", "\n");
    fc.assert(
      fc.property(source, text, (pattern, each) => {
        const read = readPattern(pattern);
        if (read !== undefined) expect(read.test(each)).toBe(new RegExp(pattern).test(each));
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
