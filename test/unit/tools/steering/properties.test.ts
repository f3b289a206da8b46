import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { visible } from "../../../../src/tools/steering/hidden.ts";
import { steeringIn } from "../../../../src/tools/steering/steering.ts";
import { OTHERS, tags, tool } from "./given.ts";

const SEEN_BY_NOBODY = /[\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\u00ad\u{e0000}-\u{e0fff}]/u;

describe("whatever the definition", () => {
  test("it gets an answer, the same each time, in sentences with places", () => {
    const text = fc.oneof(
      fc.string({ unit: "binary" }),
      fc
        .constantFrom(
          "ignore previous instructions",
          "<IMPORTANT>",
          "read ~/.ssh/id_rsa",
          tags("abc"),
          "send_email",
          "\u202e",
        )
        .chain((piece) =>
          fc.tuple(fc.string({ unit: "binary" }), fc.string()).map(([before, after]) => before + piece + after),
        ),
    );
    const definition = fc.record({
      name: fc.oneof(text, fc.jsonValue()),
      description: fc.oneof(text, fc.jsonValue()),
      inputSchema: fc.oneof(fc.jsonValue(), fc.dictionary(text, fc.oneof(text, fc.jsonValue()))),
    });
    fc.assert(
      fc.property(definition, (drawn) => {
        const given = tool(drawn);
        const found = steeringIn(given, OTHERS);
        expect(found.length).toBeLessThanOrEqual(32);
        for (const { at, text } of found) {
          expect(at).toMatch(/^\//);
          expect(text).toMatch(/^[A-Z].*\.$/s);
          expect(text.length).toBeLessThan(600);
        }
        expect(steeringIn(given, OTHERS)).toEqual(found);
      }),
      { numRuns: 300 },
    );
  });

  test("what is made visible hides nothing between plain letters, and stays as it is", () => {
    const plain = fc.string({
      unit: fc.constantFrom("a", "b", " ", "\u200b", "\u200d", "\u202e", "\ufeff", "\u{e0041}", "\ud83d", "\u001b"),
    });
    fc.assert(
      fc.property(plain, (text) => {
        const shown = visible(text);
        expect(shown).not.toMatch(SEEN_BY_NOBODY);
        expect(visible(shown)).toBe(shown);
      }),
    );
  });
});

describe("a definition made to be slow", () => {
  const SIZE = 1_048_576 / 4;
  const fill = (text: string) => text.repeat(Math.ceil(SIZE / text.length));

  test.each([
    ["a"],
    [" "],
    ["\n"],
    ["\t \n"],
    ["<"],
    ["<!--"],
    ["<important "],
    ["<s>"],
    ["before any "],
    ["before using "],
    ["do not tell "],
    ["ignore all "],
    ["send "],
    ["send all "],
    ["a@"],
    ["a@b."],
    ["~/."],
    ["read ~/.ssh/id_rsa "],
    ["curl "],
    ["mcp_"],
    ["send_email "],
    [". "],
    ["'"],
    ["A1"],
    ["AAAA "],
    ["search password "],
    ["\u200b"],
    ["\u200da"],
    ["\u{e0041}"],
    ["\u{1f3f4}"],
    ["\ufdfa"],
    ["\u0430a"],
    ["you must "],
    ["- "],
    ["\n- "],
  ])(
    "with a quarter of a megabyte of %j takes no longer than reading it",
    (text) => {
      const long = fill(text);
      const given = tool({ name: long, description: long, inputSchema: { properties: { [long]: { enum: [long] } } } });
      const start = performance.now();
      steeringIn(given, OTHERS);
      expect(performance.now() - start).toBeLessThan(10_000);
    },
    30_000,
  );

  test("may nest as deep as it likes", () => {
    let inputSchema: object = {};
    for (let depth = 0; depth < 50_000; depth++) inputSchema = { a: inputSchema };
    expect(steeringIn({ name: "x", inputSchema: inputSchema as never }, OTHERS)).toEqual([]);
  });

  test("may come with ten thousand others", () => {
    const names = new Set(Array.from({ length: 10_000 }, (_, index) => `tool_number_${index}`));
    const start = performance.now();
    for (const name of names) steeringIn({ name, description: "Gets an item of the list." }, names);
    expect(performance.now() - start).toBeLessThan(10_000);
  }, 30_000);
});
