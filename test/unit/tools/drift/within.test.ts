import { describe, expect, test } from "vitest";
import { isWithin } from "../../../../src/tools/drift/within.ts";
import { json } from "./given.ts";

const X = { type: "object", properties: { x: {} } };
const Y = { type: "object", properties: { y: {} } };

describe("every value of the first is one of the second", () => {
  test.each<[object, object]>([
    [{ type: "integer" }, { type: "number" }],
    [
      { type: "integer", multipleOf: 4 },
      { type: "integer", multipleOf: 2 },
    ],
    [{ type: "integer" }, { type: "number", multipleOf: 1 }],
    [
      { type: "number", exclusiveMinimum: 1 },
      { type: "number", minimum: 1 },
    ],
    [
      { type: "number", minimum: 2 },
      { type: "number", exclusiveMinimum: 1 },
    ],
    [{ const: 3 }, { type: "integer", maximum: 3 }],
    [{ enum: ["a", "b"] }, { type: "string", maxLength: 1 }],
    [{ type: "boolean" }, { enum: [true, false, null] }],
    [{ type: ["string", "null"] }, { anyOf: [{ type: "string" }, { type: "null" }] }],
    [{ type: ["integer", "null"] }, { oneOf: [{ type: "null" }, { type: "number" }] }],
    [{ oneOf: [X, Y] }, { anyOf: [X, Y] }],
    [{ anyOf: [{ type: "string" }, X] }, { type: ["string", "object"], properties: { x: {}, y: {} } }],
    [{ allOf: [{ type: "string" }] }, { type: "string" }],
    [
      { type: "array", items: false },
      { type: "array", items: { type: "string" } },
    ],
    [
      { type: "array", maxItems: 0, items: { type: "integer" } },
      { type: "array", items: { type: "string" } },
    ],
    [
      { type: "string", minimum: 1 },
      { type: "string", minimum: 5, maxItems: 1 },
    ],
  ])("%j and %j", (sub, sup) => {
    expect([isWithin(json(sub), json(sup), "strict"), isWithin(json(sub), json(sup), "declared")]).toEqual([
      true,
      true,
    ]);
  });
});

describe("it can't be shown", () => {
  test.each<[object, object]>([
    [{ type: "number" }, { type: "integer" }],
    [
      { type: "number", minimum: 1 },
      { type: "number", exclusiveMinimum: 1 },
    ],
    [
      { type: "number", maximum: 2 },
      { type: "number", exclusiveMaximum: 2 },
    ],
    [
      { type: "integer", multipleOf: 3 },
      { type: "integer", multipleOf: 2 },
    ],
    [{ enum: ["a", "bc"] }, { type: "string", maxLength: 1 }],
    [{ type: "string" }, { enum: ["a"] }],
    [
      { type: "string", pattern: "^a" },
      { type: "string", pattern: "^ab" },
    ],
    [{ type: "string" }, { oneOf: [{ type: "string" }, { type: ["string", "null"] }] }],
    [{ anyOf: [X, Y] }, { oneOf: [X, Y] }],
    // Together they name what neither names alone.
    [{ anyOf: [X, Y] }, { anyOf: [Y, { type: "object", properties: { x: {} }, maxProperties: 9 }] }],
    [{ type: "array" }, { type: "array", uniqueItems: true }],
    [{ type: "string" }, { type: "string", minLength: "3" }],
    [{ type: "string" }, { type: "strong" }],
    [X, { ...X, required: ["x"] }],
    [X, { ...X, minProperties: 1 }],
    [{ ...X, additionalProperties: { type: "string" } }, X],
    [
      { ...X, additionalProperties: { type: "string" } },
      { ...X, properties: { x: {}, y: { type: "integer" } }, additionalProperties: { type: "string" } },
    ],
    [{ not: X }, { not: { ...X, minProperties: 1 } }],
    [{ $ref: "#" }, { type: "string" }],
    [{ type: "string" }, { $ref: "#/nowhere" }],
    [
      { type: "object", properties: { x: { $id: "https://a.example" } } },
      { type: "object", properties: { x: { $id: "https://b.example" } } },
    ],
  ])("of %j and %j", (sub, sup) => {
    expect(isWithin(json(sub), json(sup), "declared")).toBe(false);
  });

  test("in one way of taking what is not named, where it can in the other", () => {
    const [open, more] = [
      json({ ...X, additionalProperties: true }),
      json({ type: "object", properties: { x: {}, y: { type: "string" } }, additionalProperties: true }),
    ];
    expect([isWithin(more, open, "declared"), isWithin(more, open, "strict")]).toEqual([true, false]);
    expect([isWithin(open, more, "declared"), isWithin(open, more, "strict")]).toEqual([false, true]);
  });
});
