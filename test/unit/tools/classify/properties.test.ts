import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CLASSES, compareClasses } from "../../../../src/tools/classify/class.ts";
import { type Classification, classify } from "../../../../src/tools/classify/classify.ts";

const WORDS = (
  "get list create update delete send run order refund status history report payment token query script user draft " +
  "connection issue import monitor log check and or transfer file select data call test backup search x restart"
).split(" ");
const DANGEROUS =
  "delete purge wipe execute exec reboot deploy pay refund charge drop revoke terminate destroy kill".split(" ");

const names = fc.array(fc.constantFrom(...WORDS), { minLength: 1, maxLength: 5 });
const descriptions = fc.constantFrom(
  undefined,
  "Get a thing",
  "Creates and deletes it",
  "Run a report",
  "Read-only SQL",
);
const severer = (a: Classification, b: Classification) => compareClasses(a.class, b.class);

describe("whatever the tool", () => {
  it("a hint that it only reads never lowers its class", () => {
    fc.assert(
      fc.property(
        names,
        descriptions,
        fc.option(fc.boolean(), { nil: undefined }),
        (words, description, destructiveHint) => {
          const name = words.join("_");
          const hints = destructiveHint === undefined ? {} : { destructiveHint };
          const without = classify({ name, description, annotations: hints });
          expect(classify({ name, description, annotations: { ...hints, readOnlyHint: true } })).toEqual(without);
        },
      ),
    );
  });

  it("a dangerous verb in front of or behind its name never lowers its class", () => {
    fc.assert(
      fc.property(names, fc.constantFrom(...DANGEROUS), descriptions, (words, verb, description) => {
        const before = classify({ name: words.join("_"), description });
        expect(severer(classify({ name: [verb, ...words].join("_"), description }), before)).toBeGreaterThanOrEqual(0);
        expect(severer(classify({ name: [...words, verb].join("_"), description }), before)).toBeGreaterThanOrEqual(0);
      }),
      { numRuns: 5_000 },
    );
  });

  it("case and separators do not matter", () => {
    const capital = (word: string) => word.charAt(0).toUpperCase() + word.slice(1);
    fc.assert(
      fc.property(names, (words) => {
        const snake = classify({ name: words.join("_") });
        const camel = words.map((word, at) => (at === 0 ? word : capital(word))).join("");
        for (const name of [words.join("-"), words.join("."), words.join("/"), words.join("_").toUpperCase(), camel]) {
          expect(classify({ name })).toEqual(snake);
        }
      }),
    );
  });

  it("it gets a class, a confidence between 0 and 1 and a reason, the same each time", () => {
    const anything = fc.record({
      name: fc.string({ unit: "binary" }),
      description: fc.oneof(fc.string({ unit: "binary" }), fc.jsonValue()),
      inputSchema: fc.oneof(fc.jsonValue(), fc.record({ properties: fc.dictionary(fc.string(), fc.jsonValue()) })),
      annotations: fc.jsonValue(),
    });
    fc.assert(
      fc.property(anything, (drawn) => {
        const tool = JSON.parse(JSON.stringify(drawn));
        const answer = classify(tool);
        expect(CLASSES).toContain(answer.class);
        expect(answer.confidence).toBeGreaterThan(0);
        expect(answer.confidence).toBeLessThan(1);
        expect(answer.evidence[0]?.class).toBe(answer.class);
        expect(answer.evidence.every(({ text }) => text.length > 0)).toBe(true);
        expect(classify(tool)).toEqual(answer);
      }),
    );
  });
});

describe("a tool made to be slow", () => {
  const MEGABYTE = 1_048_576;
  const fill = (text: string) => text.repeat(Math.ceil(MEGABYTE / text.length));

  /** Milliseconds for the best of three runs. */
  function took(work: () => unknown): number {
    const times = [1, 2, 3].map(() => {
      const start = performance.now();
      work();
      return performance.now() - start;
    });
    return Math.min(...times);
  }

  it.each([
    ["a"],
    [" "],
    ["\n"],
    ["any "],
    ["delete, "],
    ["not "],
    ["DELETE "],
    ["to: "],
    [". "],
    ["can't be "],
    ["Ａ-"],
    ["create and "],
  ])("with a megabyte of %j takes no longer than reading it", (text) => {
    const long = fill(text);
    const params = Object.fromEntries(Array.from({ length: 20_000 }, (_, at) => [`${text}${at}`, { enum: [text] }]));
    const tool = {
      name: long,
      description: long,
      inputSchema: { properties: { ...params, action: { description: long } } },
    };
    expect(took(() => classify(tool))).toBeLessThan(2_000);
  });

  it("may nest its schema as deep as it likes", () => {
    let inputSchema: object = {};
    for (let depth = 0; depth < 50_000; depth++) inputSchema = { properties: { a: inputSchema }, items: inputSchema };
    expect(classify({ name: "get_x", inputSchema: inputSchema as never }).class).toBe("read");
  });
});
