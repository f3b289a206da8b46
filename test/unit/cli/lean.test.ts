/** The engine that is deployed judges as the library does, and is without what is never called. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import fc from "fast-check";
import { RE2JS } from "re2js";
import { beforeAll, describe, expect, it } from "vitest";

type Engine = { readonly compile: (pattern: string) => { readonly test: (text: string) => boolean } };
type Prune = (source: string, name: string, methods: readonly string[], unused?: readonly string[]) => string;

const whole = readFileSync(join(dirname(createRequire(import.meta.url).resolve("re2js")), "index.js"), "utf8");

/** Plain JavaScript, as wrangler runs it on any Node: loaded by name. */
const load = (file: string) => import(new URL(`../../../src/cli/lean/${file}`, import.meta.url).href);

describe("a pruned library", () => {
  let prune: Prune;
  beforeAll(async () => {
    ({ prune } = await load("prune.mjs"));
  });

  const LIBRARY = [
    "/** Used: gone, said a comment. */",
    "var Used = class Used {",
    ...["constructor() {", "\tthis.other();", "}", "other() {", '\treturn this["kept"];', "}"].map(
      (line) => `\t${line}`,
    ),
    ...["kept() {", "\treturn 1;", "}", "gone() {", "\treturn this.alsoGone();", "}"].map((line) => `\t${line}`),
    ...["alsoGone() {", "\treturn this.gone() + new Unused();", "}"].map((line) => `\t${line}`),
    "};",
    "var Unused = class Unused {",
    "\tstatic A = Used.a;",
    "};",
    "export { Unused, Used };",
    "",
  ].join("\n");

  it("has what is named, and nothing that only what is gone has named", () => {
    expect(prune(LIBRARY, "Used", ["gone"])).toContain("gone()");
    expect(prune(LIBRARY, "Used", ["gone"])).toContain("var Unused");
    const left = prune(LIBRARY.replace("this.gone() + ", ""), "Used", []);
    expect(left).toContain("other()");
    expect(left).toContain("kept()");
    expect(left).not.toMatch(/gone|Unused/i);
    expect(left).toContain("export { Used };");
  });

  it("is not made where it can't be told what is named", () => {
    expect(() => prune("var A = 1;\n", "A", [])).toThrow("no list of exports");
    expect(() => prune(`const { gone } = it;\n${LIBRARY}`, "Used", [])).toThrow("unpacks objects");
  });
});

describe("the engine of regular expressions", () => {
  let lean: Engine;
  let text: string;
  beforeAll(async () => {
    const { leanRe2 } = await load("re2.mjs");
    text = leanRe2(whole);
    ({ RE2JS: lean } = await import(`data:text/javascript,${encodeURIComponent(text)}`));
  });

  it("is smaller by what finds, replaces and splits", () => {
    expect(text.length).toBeLessThan(whole.length * 0.8);
    expect(text).not.toMatch(/\b(?:Matcher|RE2Set|replaceAll)\b/);
  });

  const piece = fc.constantFrom(
    ..."abzAZ09_- .\n\u00e9\u4e2d\ud83d\ude00".split(""),
    ...[
      "\\d",
      "\\w",
      "\\S",
      "\\b",
      "\\B",
      "^",
      "$",
      ".",
      "[a-z]",
      "[^b]",
      "\\p{L}",
      "\\PN",
      "[[:alpha:]]",
      "\\x{1F600}",
    ],
    ...["(a|bc)", "(?i:aB)", "(?:a*b)+", "a{2,5}?", "(x+x+)+y", "(?s).", "(?m)^", "*", "+", "?", "(", ")", "[", "\\1"],
  );
  const judged = (engine: Engine, pattern: string, texts: readonly string[]) => {
    try {
      const compiled = engine.compile(pattern);
      return texts.map((each) => compiled.test(each));
    } catch (error) {
      return String(error);
    }
  };

  it("judges every text as the whole library does, and refuses the same patterns in the same words", () => {
    const pattern = fc.array(piece, { minLength: 1, maxLength: 8 }).map((pieces) => pieces.join(""));
    const texts = fc.array(fc.oneof(fc.string({ unit: "binary", maxLength: 30 }), pattern), { maxLength: 6 });
    fc.assert(
      fc.property(pattern, texts, (source, each) => {
        const long = ["", `${"xa".repeat(300)}b`, ...each];
        expect(judged(lean, source, long)).toEqual(judged(RE2JS, source, long));
      }),
      { numRuns: 200 },
    );
  }, 30_000);
});
