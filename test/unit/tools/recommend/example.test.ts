import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import type { Json } from "../../../../src/json/value.ts";
import { faultIn } from "../../../../src/policy/arguments/examine.ts";
import { exampleFor, misfitFor } from "../../../../src/tools/recommend/example.ts";
import { anyTool } from "./given.ts";

function taking(schema: Json): Json {
  return { type: "object", properties: { x: schema, other: { type: "string" } }, required: ["x"] };
}

describe("example arguments", () => {
  it("are what is required and nothing else", () => {
    expect(exampleFor(taking({ type: "string" }))).toEqual({ x: "example" });
    expect(exampleFor({ type: "object", properties: { x: {} } })).toEqual({});
  });

  test.each<[Json, Json]>([
    [{ const: 7 }, 7],
    [{ enum: [null, "b", "c"] }, "b"],
    [{ type: ["null", "integer"] }, 1],
    [{ type: "boolean" }, false],
    [{ type: "null" }, null],
    [{ type: "integer", minimum: 10 }, 10],
    [{ type: "integer", exclusiveMinimum: 10, multipleOf: 4 }, 12],
    [{ type: "number", maximum: -2.5 }, -2.5],
    [{ type: "number", exclusiveMinimum: 0, exclusiveMaximum: 1 }, 0.5],
    [{ type: "string", minLength: 10 }, "exampleeee"],
    [{ type: "string", maxLength: 3 }, "exa"],
    [{ type: "string", format: "ipv4" }, "192.0.2.1"],
    [{ type: "string", format: "date-time" }, "2026-01-31T12:00:00Z"],
    [{ type: "string", format: "uuid" }, "123e4567-e89b-12d3-a456-426614174000"],
    [{ type: "string", pattern: "^\\d{4}$" }, "1234"],
    [{ type: "array", items: { type: "integer" } }, []],
    [{ type: "array", items: { type: "integer" }, minItems: 2, uniqueItems: true }, [1, 2]],
    [{ anyOf: [{ type: "null" }, { type: "string" }] }, "example"],
    [{ oneOf: [{ type: "integer", minimum: 5 }] }, 5],
    [{ allOf: [{ properties: { a: { type: "integer" } } }, { required: ["a"] }], type: "object" }, { a: 1 }],
    [{ type: "object", properties: { a: { type: "string" }, b: {} }, required: ["a"] }, { a: "example" }],
  ])("fit %j", (schema, value) => {
    expect(exampleFor(taking(schema))).toEqual({ x: value });
  });

  it("follow references, round in circles too", () => {
    const node: Json = { type: "object", properties: { next: { $ref: "#/$defs/node" }, id: { type: "string" } } };
    expect(exampleFor({ ...refTo("node"), $defs: { node: { ...node, required: ["id"] } } })).toEqual({
      x: { id: "example" },
    });
    expect(exampleFor({ ...refTo("node"), $defs: { node: { ...node, required: ["next"] } } })).toBeUndefined();
  });

  it("are none where a schema takes nothing, or was not given", () => {
    expect(exampleFor(false)).toBeUndefined();
    expect(exampleFor(undefined)).toBeUndefined();
    expect(exampleFor(taking({ type: "string", pattern: "^[Q]{7}$" }))).toBeUndefined();
  });

  it("are found in time whatever the schema", () => {
    const wide: Json = { type: "object", properties: {}, required: [] };
    for (const key of "abcdefgh") {
      Object.assign(wide.properties ?? {}, { [key]: { $ref: "#" } });
      if (Array.isArray(wide.required)) wide.required.push(key);
    }
    const start = performance.now();
    exampleFor(wide);
    expect(performance.now() - start).toBeLessThan(2_000);
  });

  test("pass whenever there are some, and misfits never do", () => {
    fc.assert(
      fc.property(anyTool, ({ inputSchema }) => {
        if (inputSchema === undefined) return;
        const [example, misfit] = [exampleFor(inputSchema), misfitFor(inputSchema)];
        if (example !== undefined) expect(faultIn(inputSchema, example)).toBeUndefined();
        if (misfit !== undefined) expect(faultIn(inputSchema, misfit)).toBeDefined();
      }),
    );
  });
});

function refTo(name: string): { [key: string]: Json } {
  return { type: "object", properties: { x: { $ref: `#/$defs/${name}` } }, required: ["x"] };
}
