/** Whatever the comparison of schemas claims is tried with arguments, against the evaluator that judges calls. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isObject, type Json, type JsonObject } from "../../../../src/json/value.ts";
import { faultIn } from "../../../../src/policy/arguments/examine.ts";
import { changesBetween } from "../../../../src/tools/drift/drift.ts";
import { json, taking } from "./given.ts";

const values = fc.constantFrom<unknown[]>(
  "",
  "a",
  "ab",
  "abc",
  0,
  1,
  2,
  5,
  1.5,
  true,
  false,
  null,
  [],
  ["a"],
  [1, 1],
  [{ x: 1 }],
  {},
  { x: 1 },
  { x: "a" },
  { y: 1 },
  { x: 1, y: 2 },
);
const scalar = fc.constantFrom<unknown[]>("a", "ab", 1, 2, 1.5, true, null, { x: 1 });
const bound = fc.integer({ min: 0, max: 3 });
const types = fc.constantFrom("string", "integer", "number", "boolean", "null", "array", "object");

const { schema } = fc.letrec<{ schema: unknown }>((tie) => ({
  schema: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    fc.constantFrom<unknown[]>(
      true,
      {},
      { type: "string" },
      { type: "integer" },
      { $ref: "#/$defs/A" },
      { type: "object" },
    ),
    fc
      .record(
        {
          type: fc.oneof(types, fc.uniqueArray(types, { minLength: 1, maxLength: 3 })),
          enum: fc.array(scalar, { minLength: 1, maxLength: 3 }),
          const: scalar,
          minimum: bound,
          maximum: bound,
          exclusiveMinimum: bound,
          exclusiveMaximum: bound,
          multipleOf: fc.integer({ min: 1, max: 4 }),
          minLength: bound,
          maxLength: bound,
          pattern: fc.constantFrom("^a", "b"),
          format: fc.constantFrom("date", "email"),
          minItems: bound,
          maxItems: bound,
          uniqueItems: fc.boolean(),
          description: fc.constantFrom("one", "two"),
        },
        { requiredKeys: [] },
      )
      .map((each) => Object.fromEntries(Object.entries(each).slice(0, 4))),
    fc.record(
      {
        type: fc.constantFrom("array", ["array", "null"]),
        items: tie("schema"),
        maxItems: bound,
      },
      { requiredKeys: ["type"] },
    ),
    fc.record(
      {
        type: fc.constantFrom("object", ["object", "string"]),
        properties: fc.dictionary(fc.constantFrom("x", "y"), tie("schema"), { maxKeys: 2 }),
        required: fc.subarray(["x", "y"]),
        additionalProperties: fc.oneof(fc.boolean(), tie("schema")),
        minProperties: bound,
        maxProperties: bound,
        propertyNames: fc.constantFrom({ maxLength: 1 }, { pattern: "x" }),
      },
      { requiredKeys: ["type"] },
    ),
    fc
      .tuple(fc.constantFrom("anyOf", "oneOf", "allOf"), fc.array(tie("schema"), { minLength: 1, maxLength: 2 }))
      .map(([key, list]) => ({ [key]: list })),
    tie("schema").map((each) => ({ not: each })),
  ),
}));

const properties = fc.dictionary(fc.constantFrom("p", "q"), schema, { maxKeys: 2 });
const wrapped = fc.record(
  {
    type: fc.constant("object"),
    properties,
    required: fc.subarray(["p", "q"]),
    additionalProperties: fc.oneof(fc.boolean(), schema),
    $defs: fc.record({
      A: fc.oneof(schema, fc.constant({ type: "object", properties: { x: { $ref: "#/$defs/A" } } })),
    }),
  },
  { requiredKeys: ["type", "$defs"] },
);

/** The second is the first with a part or two drawn anew: two that are drawn apart have nothing in common. */
const pairs = fc
  .tuple(wrapped, wrapped, fc.subarray(["properties", "required", "additionalProperties", "$defs", "p", "q"]), schema)
  .map(([before, other, keys, fresh]) => {
    const after: Record<string, unknown> = { ...before };
    for (const key of keys) {
      if (key === "p" || key === "q")
        after.properties = { ...(before.properties ?? {}), [key]: altered(before.properties?.[key], fresh) };
      else after[key] = other[key as keyof typeof other];
    }
    return [json(before), json(after)] as const;
  });

/** A word more or less, which is what real changes look like. */
function altered(before: unknown, fresh: unknown): unknown {
  if (typeof before !== "object" || before === null || typeof fresh !== "object" || fresh === null) return fresh;
  const [first] = Object.keys(fresh);
  const { [first ?? ""]: _, ...less } = before as Record<string, unknown>;
  return first === undefined ? less : { ...before, [first]: (fresh as Record<string, unknown>)[first] };
}

const argumentSets = fc.array(fc.dictionary(fc.constantFrom("p", "q", "r"), values, { maxKeys: 3 }), {
  minLength: 20,
  maxLength: 40,
});

const takes = (schema: Json, args: JsonObject): boolean => faultIn(schema, args) === undefined;
const schemaIn = (definition: JsonObject): Json => definition.inputSchema ?? null;

describe("of a schema that changed", () => {
  test("what is called narrowed takes nothing that was refused, what is called widened refuses nothing that was taken, and what is called reworded does neither", () => {
    let proven = 0;
    fc.assert(
      fc.property(pairs, argumentSets, ([before, after], drawn) => {
        const [pinned, seen] = [taking({}), taking({})];
        pinned.inputSchema = before;
        seen.inputSchema = after;
        const kinds = changesBetween(pinned, seen)
          .map(({ kind }) => kind)
          .filter((kind) => kind.startsWith("schema ") || kind === "new required argument");
        const has = (...wanted: string[]) => kinds.some((kind) => wanted.includes(kind));
        const isNarrower = !has("schema widened", "schema changed", "new required argument");
        const isWider = !has("schema narrowed", "schema changed", "new required argument");
        if (has("schema narrowed", "schema widened") && (isNarrower || isWider)) proven++;
        for (const args of [{}, ...drawn].map((each) => json(each))) {
          const [was, is] = [takes(schemaIn(pinned), args), takes(schemaIn(seen), args)];
          if (isNarrower && is && !was) throw new Error(`called ${kinds} but takes ${JSON.stringify(args)}`);
          if (isWider && was && !is) throw new Error(`called ${kinds} but refuses ${JSON.stringify(args)}`);
        }
      }),
      { numRuns: 1_500 },
    );
    // Else it would have shown nothing.
    expect(proven).toBeGreaterThan(100);
  }, 60_000);
});

describe("a comparison", () => {
  test("never fails, whatever stands in the definitions", () => {
    const anything = fc.oneof(
      fc.jsonValue(),
      schema,
      fc.record(
        {
          properties: fc.dictionary(fc.string(), fc.jsonValue()),
          required: fc.jsonValue(),
          $ref: fc.constantFrom("#", "#/a", "x"),
        },
        { requiredKeys: [] },
      ),
    );
    const definition = fc.dictionary(
      fc.constantFrom("name", "title", "description", "inputSchema", "outputSchema", "annotations", "x"),
      anything,
    );
    fc.assert(
      fc.property(definition, definition, (before, after) => {
        const changes = changesBetween(json(before), json(after));
        expect(changes.every(({ text }) => /^[A-Z].*\.$/s.test(text))).toBe(true);
        expect(isObject(json(before))).toBe(true);
      }),
    );
  });

  test("of schemas made to be slow ends soon", () => {
    const branches = (depth: number): object =>
      depth === 0
        ? { type: "string" }
        : { anyOf: [1, 2, 3, 4].map((maxItems) => ({ type: "array", maxItems, items: branches(depth - 1) })) };
    const wide = (suffix: string) =>
      Object.fromEntries(
        Array.from({ length: 2_000 }, (_, at) => [`a${at}`, { type: "string", pattern: `${at}${suffix}` }]),
      );
    const start = performance.now();
    changesBetween(taking({ a: branches(5) }), taking({ a: { ...branches(5), title: "x", minItems: 1 } }));
    changesBetween(taking(wide("a")), taking(wide("b"), { additionalProperties: { type: "string" } }));
    expect(performance.now() - start).toBeLessThan(5_000);
  }, 30_000);
});
