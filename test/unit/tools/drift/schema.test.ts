import { describe, expect, test } from "vitest";
import { directionOf } from "../../../../src/tools/drift/schema-direction.ts";
import { json, kinds, taking, texts, tool } from "./given.ts";

const TEXT = { type: "string" };

describe("an argument", () => {
  test.each<[string, object, object, string[]]>([
    ["that is new", {}, { a: TEXT }, ["high: schema widened"]],
    ["that is gone", { a: TEXT }, {}, ["low: schema narrowed"]],
    ["that takes another type too", { a: TEXT }, { a: { type: ["string", "null"] } }, ["high: schema widened"]],
    ["that takes one type less", { a: { type: ["string", "null"] } }, { a: TEXT }, ["low: schema narrowed"]],
    ["that takes another type", { a: TEXT }, { a: { type: "integer" } }, ["high: schema changed"]],
    ["with a choice more", { a: { enum: ["x"] } }, { a: { enum: ["x", "y"] } }, ["high: schema widened"]],
    ["with a choice less", { a: { enum: ["x", "y"] } }, { a: { enum: ["y"] } }, ["low: schema narrowed"]],
    ["with other choices", { a: { enum: ["x", "y"] } }, { a: { enum: ["y", "z"] } }, ["high: schema changed"]],
    ["whose pattern is gone", { a: { ...TEXT, pattern: "^a" } }, { a: TEXT }, ["high: schema widened"]],
    ["whose format is gone", { a: { ...TEXT, format: "uuid" } }, { a: TEXT }, ["high: schema widened"]],
    [
      "that may be larger",
      { a: { type: "integer", maximum: 9 } },
      { a: { type: "integer", maximum: 99 } },
      ["high: schema widened"],
    ],
    [
      "that may be longer",
      { a: { ...TEXT, maxLength: 9 } },
      { a: { ...TEXT, maxLength: 8 } },
      ["low: schema narrowed"],
    ],
    ["that is any number now", { a: { type: "integer" } }, { a: { type: "number" } }, ["high: schema widened"]],
    ["that may be anything now", { a: TEXT }, { a: {} }, ["high: schema widened"]],
    ["that may be null now", { a: TEXT }, { a: { anyOf: [TEXT, { type: "null" }] } }, ["high: schema widened"]],
    [
      "of which lists hold more",
      { a: { type: "array", items: { enum: [1] } } },
      { a: { type: "array", items: { type: "integer" } } },
      ["high: schema widened"],
    ],
    [
      "whose choices are in another order",
      { a: { enum: ["x", "y"] } },
      { a: { enum: ["y", "x"] } },
      ["low: schema reworded"],
    ],
  ])("%s", (_, before, after, expected) => {
    expect(kinds(taking({ ...before }), taking({ ...after }))).toEqual(expected);
  });

  test("deep inside another one is found", () => {
    const nested = (more: object) => taking({ filter: { type: "object", properties: { q: { ...TEXT, ...more } } } });
    expect(texts(nested({ maxLength: 5 }), nested({}))).toEqual([
      'The argument "filter" takes more than before: properties/q/maxLength was 5 and is absent.',
    ]);
  });

  test("that must be given now, be it new or not", () => {
    const free = taking({ a: TEXT });
    const bound = taking({ a: TEXT }, { required: ["a"] });
    expect(kinds(free, bound)).toEqual(["high: new required argument"]);
    expect(kinds(bound, free)).toEqual(["medium: schema widened"]);
    expect(texts(taking({}), bound)).toEqual(['It takes a new argument and must be given it: "a", "string".']);
    expect(kinds(taking({}), taking({}, { required: ["ghost"] }))).toContain("high: new required argument");
  });

  test("that is not named is taken or not", () => {
    const shut = taking({ a: TEXT }, { additionalProperties: false });
    const open = taking({ a: TEXT }, { additionalProperties: true });
    expect(texts(shut, open)).toEqual(["Arguments that it does not name were not taken and are taken."]);
    expect(kinds(open, shut)).toEqual(["low: schema narrowed"]);
    // Nothing is named by saying nothing of the others.
    expect(kinds(shut, taking({ a: TEXT }))).toEqual(["low: schema reworded"]);
  });

  test("may be taken by the name of any other", () => {
    const any = { additionalProperties: { type: "integer" } };
    expect(kinds(taking({ a: TEXT }, any), taking({}, any))).toEqual(["high: schema changed"]);
  });

  test("that does something else when it is left out", () => {
    expect(
      kinds(
        taking({ dry_run: { type: "boolean", default: true } }),
        taking({ dry_run: { type: "boolean", default: false } }),
      ),
    ).toEqual(["high: default changed"]);
    expect(texts(taking({ n: { default: 1 } }), taking({ n: { default: 2 } }))).toEqual([
      'What is taken where "n" is left out was 1 and is 2.',
    ]);
  });

  test("is described in other words", () => {
    expect(
      texts(taking({ a: { ...TEXT, description: "One" } }), taking({ a: { ...TEXT, description: "Two" } })),
    ).toEqual(['What its schema says in words is different: "a".']);
  });

  test("may be named like a word of schemas", () => {
    expect(kinds(taking({ description: TEXT }), taking({ description: { type: "integer" } }))).toEqual([
      "high: schema changed",
    ]);
    expect(kinds(taking({ default: TEXT }), taking({}))).toEqual(["low: schema narrowed"]);
  });

  test("with a word that nobody knows may have changed in any way", () => {
    expect(kinds(taking({ a: TEXT }), taking({ a: { ...TEXT, nullable: true } }))).toEqual(["high: schema changed"]);
    expect(kinds(taking({ a: TEXT }), taking({ a: { ...TEXT, "x-order": 1 } }))).toEqual(["low: schema reworded"]);
  });
});

describe("a schema with more to it", () => {
  const referring = (definition: object) => taking({ a: { $ref: "#/$defs/A" } }, { $defs: { A: definition } });

  test("is followed where it refers", () => {
    expect(kinds(referring({ ...TEXT, maxLength: 3 }), referring(TEXT))).toEqual(["high: schema widened"]);
    expect(kinds(referring(TEXT), taking({ a: TEXT }))).toEqual(["low: schema reworded"]);
  });

  test("may refer to itself", () => {
    const tree = (value: object) => referring({ type: "object", properties: { value, next: { $ref: "#/$defs/A" } } });
    expect(kinds(tree({ type: "integer" }), tree({ type: "number" }))).toEqual(["high: schema widened"]);
    expect(kinds(tree({ type: "number" }), tree({ type: "integer" }))).toEqual(["low: schema narrowed"]);
    expect(kinds(referring({ $ref: "#/$defs/A" }), referring(TEXT))).toEqual(["high: schema changed"]);
  });

  test("is not called narrowed where that can't be shown", () => {
    const when = (then: object) => taking({ a: TEXT }, { if: { required: ["a"] }, then });
    expect(kinds(when({ maxProperties: 1 }), when({ maxProperties: 2 }))).toEqual(["high: schema changed"]);
  });

  test("that is no object any more, or none at all", () => {
    expect(kinds(tool(), tool({ inputSchema: "any" }))).toEqual(["high: schema changed"]);
    expect(kinds(tool({ inputSchema: 1 }), tool({ inputSchema: 1 }))).toEqual([]);
  });

  test("keeps its name", () => {
    const named = (properties: object) => json({ $id: "https://x.example/s", type: "object", properties });
    expect(directionOf(named({}), named({ a: TEXT }))).toBe("widened");
  });
});
