import { describe, expect, test } from "vitest";
import { parseJson } from "../../../src/json/parse.ts";
import { decide } from "../../../src/policy/decide.ts";
import { callOf, policyFor, textOf } from "./given.ts";

/** Under this name alone, since an object with a key of it looks like a promise. */
const THEN = "then";
const STRICT = policyFor({ arguments: "strict" });

/** What is said of a call whose one argument `a` has this schema; nothing where it passes. */
function said(schema: unknown, value: string): string {
  const parsed = parseJson(JSON.stringify({ properties: { a: schema }, $defs: { x: { type: "null" } } }));
  if (!parsed.ok) throw new Error("the schema is no JSON");
  return textOf(decide(STRICT, callOf(`{"a":${value}}`, { schemaOf: () => parsed.value })));
}

describe("a value that does not fit a keyword", () => {
  test.each<[unknown, string, string]>([
    [{ type: "string" }, "1", 'The argument "a" is the number 1; the tool\'s schema wants a string there.'],
    [{ type: "number" }, '"x"', 'The argument "a" is the string "x"; the tool\'s schema wants a number there.'],
    [{ type: "integer" }, "1.5", 'The argument "a" is the number 1.5; the tool\'s schema wants a whole number there.'],
    [{ type: "boolean" }, "null", 'The argument "a" is null; the tool\'s schema wants true or false there.'],
    [{ type: "object" }, "[]", 'The argument "a" is a list of 0 items; the tool\'s schema wants an object there.'],
    [{ type: "array" }, "{}", 'The argument "a" is an object; the tool\'s schema wants a list there.'],
    [{ type: "null" }, "false", 'The argument "a" is false; the tool\'s schema wants null there.'],
    [
      { type: ["string", "null"] },
      "1",
      'The argument "a" is the number 1; the tool\'s schema wants a string or null there.',
    ],
    [{ type: ["string", "string"] }, "1", 'The argument "a" is the number 1; the tool\'s schema wants a string there.'],
    [{ const: 7 }, "8", 'The argument "a" is the number 8; the tool\'s schema wants 7 there.'],
    [{ const: { b: 1 } }, "1", 'The argument "a" is the number 1; the tool\'s schema wants an object there.'],
    [{ enum: [7] }, "8", 'The argument "a" is the number 8; the tool\'s schema wants 7 there.'],
    [{ enum: ["x", 7] }, "8", 'The argument "a" is the number 8; the tool\'s schema wants one of "x", 7 there.'],
    [{ enum: [] }, "8", 'The argument "a" is the number 8; the tool\'s schema wants one of an empty list there.'],
    [{ minimum: 3 }, "2", 'The argument "a" is the number 2; the tool\'s schema wants a number of at least 3 there.'],
    [{ maximum: 3 }, "4", 'The argument "a" is the number 4; the tool\'s schema wants a number of at most 3 there.'],
    [
      { exclusiveMinimum: 3 },
      "3",
      'The argument "a" is the number 3; the tool\'s schema wants a number above 3 there.',
    ],
    [
      { exclusiveMaximum: 3 },
      "3",
      'The argument "a" is the number 3; the tool\'s schema wants a number below 3 there.',
    ],
    [{ multipleOf: 3 }, "4", 'The argument "a" is the number 4; the tool\'s schema wants a multiple of 3 there.'],
    [
      { minLength: 1 },
      '""',
      'The argument "a" is the string ""; the tool\'s schema wants a string of at least 1 character there.',
    ],
    [
      { minLength: 2 },
      '"x"',
      'The argument "a" is the string "x"; the tool\'s schema wants a string of at least 2 characters there.',
    ],
    [
      { maxLength: 1 },
      '"xy"',
      'The argument "a" is the string "xy"; the tool\'s schema wants a string of at most 1 character there.',
    ],
    [
      { maxLength: 0 },
      '"xy"',
      'The argument "a" is the string "xy"; the tool\'s schema wants a string of at most 0 characters there.',
    ],
    [
      { pattern: "^b" },
      '"x"',
      'The argument "a" is the string "x"; the tool\'s schema wants a string that matches "^b" there.',
    ],
    [
      { minProperties: 1 },
      "{}",
      'The argument "a" is an object; the tool\'s schema wants an object of at least 1 member there.',
    ],
    [
      { minProperties: 2 },
      "{}",
      'The argument "a" is an object; the tool\'s schema wants an object of at least 2 members there.',
    ],
    [
      { maxProperties: 0, properties: { b: {} } },
      '{"b":1}',
      'The argument "a" is an object; the tool\'s schema wants an object of at most 0 members there.',
    ],
    [
      { maxProperties: 1, properties: { b: {}, c: {} } },
      '{"b":1,"c":1}',
      'The argument "a" is an object; the tool\'s schema wants an object of at most 1 member there.',
    ],
    [{ required: ["b"] }, "{}", 'The argument "a.b" is absent; the tool\'s schema requires it.'],
    [
      { required: ["c", "b"], properties: { b: { type: "integer" }, c: { type: ["string", "null"] } } },
      '{"b":1}',
      'The argument "a.c" is absent; the tool\'s schema requires it, as a string or null.',
    ],
    [
      { required: ["b"], properties: { b: true } },
      "{}",
      'The argument "a.b" is absent; the tool\'s schema requires it.',
    ],
    [
      { required: ["b"], properties: { b: { type: "text" } } },
      "{}",
      'The argument "a.b" is absent; the tool\'s schema requires it.',
    ],
    [
      { dependentRequired: { b: ["c"] }, properties: { b: {} } },
      '{"b":1}',
      'The argument "a.c" is absent; the tool\'s schema requires it.',
    ],
    [
      { dependencies: { b: ["c"] }, properties: { b: {}, c: { type: "null" } } },
      '{"b":1}',
      'The argument "a.c" is absent; the tool\'s schema requires it, as null.',
    ],
    [
      { dependencies: { b: { required: ["c"] } }, properties: { b: {} } },
      '{"b":1}',
      'The argument "a.c" is absent; the tool\'s schema requires it.',
    ],
    [
      { dependentSchemas: { b: { required: ["c"] } }, properties: { b: {} } },
      '{"b":1}',
      'The argument "a.c" is absent; the tool\'s schema requires it.',
    ],
    [
      { properties: { b: { type: "null" } } },
      '{"b":1}',
      'The argument "a.b" is the number 1; the tool\'s schema wants null there.',
    ],
    [
      { patternProperties: { "^b": { type: "null" } } },
      '{"bc":1}',
      'The argument "a.bc" is the number 1; the tool\'s schema wants null there.',
    ],
    [
      { properties: { b: { minimum: 1 } }, patternProperties: { "^b": { maximum: 3 } } },
      '{"b":4}',
      'The argument "a.b" is the number 4; the tool\'s schema wants a number of at most 3 there.',
    ],
    [
      { additionalProperties: { type: "null" } },
      '{"b":1}',
      'The argument "a.b" is the number 1; the tool\'s schema wants null there.',
    ],
    [
      { properties: { c: {} }, additionalProperties: false },
      '{"b":1}',
      'The argument "a.b" is not named by the tool\'s schema, and only named ones pass; it names "c"; did you mean "c"?',
    ],
    [
      { properties: { c: {} }, unevaluatedProperties: false },
      '{"b":1}',
      'The argument "a.b" is not named by the tool\'s schema, and only named ones pass; it names "c"; did you mean "c"?',
    ],
    [
      { unevaluatedProperties: { type: "null" } },
      '{"b":1}',
      'The argument "a.b" is the number 1; the tool\'s schema wants null there.',
    ],
    [
      { propertyNames: { maxLength: 1 } },
      '{"bc":1}',
      'The argument "a.bc" is the string "bc"; the tool\'s schema wants a name that is a string of at most 1 character there.',
    ],
    [
      { propertyNames: { enum: ["b"] } },
      '{"c":1}',
      'The argument "a.c" is the string "c"; the tool\'s schema wants a name that is "b" there.',
    ],
    [
      { propertyNames: false },
      '{"c":1}',
      'The argument "a.c" is the string "c", which the tool\'s schema excludes there.',
    ],
    [
      { minItems: 1 },
      "[]",
      'The argument "a" is a list of 0 items; the tool\'s schema wants a list of at least 1 item there.',
    ],
    [
      { minItems: 2 },
      "[]",
      'The argument "a" is a list of 0 items; the tool\'s schema wants a list of at least 2 items there.',
    ],
    [
      { maxItems: 1 },
      "[1,2]",
      'The argument "a" is a list of 2 items; the tool\'s schema wants a list of at most 1 item there.',
    ],
    [
      { maxItems: 0 },
      "[1]",
      'The argument "a" is a list of one item; the tool\'s schema wants a list of at most 0 items there.',
    ],
    [
      { prefixItems: [{}, { type: "null" }] },
      "[1,2]",
      'The argument "a[1]" is the number 2; the tool\'s schema wants null there.',
    ],
    [
      { items: { type: "null" } },
      "[null,2]",
      'The argument "a[1]" is the number 2; the tool\'s schema wants null there.',
    ],
    [
      { items: [{ type: "null" }], additionalItems: { type: "string" } },
      "[null,2]",
      'The argument "a[1]" is the number 2; the tool\'s schema wants a string there.',
    ],
    [
      { prefixItems: [{}], items: false },
      "[1,2]",
      'The argument "a[1]" is the number 2, which the tool\'s schema excludes there.',
    ],
    [
      { prefixItems: [{}], unevaluatedItems: false },
      "[1,2]",
      'The argument "a[1]" is the number 2, which the tool\'s schema excludes there.',
    ],
    [
      { unevaluatedItems: { type: "null" } },
      "[null,2]",
      'The argument "a[1]" is the number 2; the tool\'s schema wants null there.',
    ],
    [
      { contains: { type: "null" } },
      "[1]",
      'The argument "a" is a list of one item; the tool\'s schema wants a list with at least 1 of certain items there.',
    ],
    [
      { contains: { type: "null" }, minContains: 2 },
      "[null]",
      'The argument "a" is a list of one item; the tool\'s schema wants a list with at least 2 of certain items there.',
    ],
    [
      { contains: { type: "null" }, maxContains: 1 },
      "[null,null]",
      'The argument "a" is a list of 2 items; the tool\'s schema wants a list with at least 1 and at most 1 of certain items there.',
    ],
    [
      { contains: { type: "null" }, minContains: 2, maxContains: 3 },
      "[null]",
      'The argument "a" is a list of one item; the tool\'s schema wants a list with at least 2 and at most 3 of certain items there.',
    ],
    [
      { uniqueItems: true },
      "[1,1.0]",
      'The argument "a" is a list of 2 items; the tool\'s schema wants a list without repetitions there.',
    ],
    [{ allOf: [{}, { type: "null" }] }, "1", 'The argument "a" is the number 1; the tool\'s schema wants null there.'],
    [
      { anyOf: [{ type: "null" }, { type: "string" }] },
      "1",
      'The argument "a" is the number 1; the tool\'s schema wants null or a string there.',
    ],
    [
      { anyOf: [{ const: 1 }, { const: 2 }, { const: 3 }, { const: 4 }] },
      "5",
      'The argument "a" is the number 5; the tool\'s schema wants 1 or 2 or 3 or 4 there.',
    ],
    [
      { anyOf: [{ const: 1 }, { const: 2 }, { const: 3 }, { const: 4 }, { const: 6 }] },
      "5",
      'The argument "a" is the number 5; the tool\'s schema wants 1, 2, 3, 4 or another of its forms there.',
    ],
    [
      { oneOf: [{ type: "null" }, { type: "string" }] },
      "1",
      'The argument "a" is the number 1; the tool\'s schema wants null or a string there.',
    ],
    [
      { oneOf: [{ type: "integer" }, { minimum: 1 }] },
      "1",
      'The argument "a" is the number 1; the tool\'s schema wants a value that has only one of its forms there.',
    ],
    [{ not: { type: "integer" } }, "1", 'The argument "a" is the number 1, which the tool\'s schema excludes there.'],
    [false, "1", 'The argument "a" is the number 1, which the tool\'s schema excludes there.'],
    [
      { if: { type: "integer" }, [THEN]: { minimum: 3 }, else: { type: "string" } },
      "1",
      'The argument "a" is the number 1; the tool\'s schema wants a number of at least 3 there.',
    ],
    [
      { if: { type: "integer" }, [THEN]: { minimum: 3 }, else: { type: "string" } },
      "null",
      'The argument "a" is null; the tool\'s schema wants a string there.',
    ],
    [{ $ref: "#/$defs/x" }, '"y"', 'The argument "a" is the string "y"; the tool\'s schema wants null there.'],
    [
      {
        anyOf: [
          { type: "null" },
          { required: ["b"] },
          { required: ["b"], properties: { b: { properties: { c: { type: "null" } } } } },
        ],
      },
      '{"b":{"c":1}}',
      'The argument "a.b" is not named by the tool\'s schema, and only named ones pass; it names none there.',
    ],
    [
      { anyOf: [{ not: {} }, { not: { type: "integer" } }] },
      "1",
      'The argument "a" is the number 1, which the tool\'s schema excludes there.',
    ],
  ])("is told with what would: %j %s", (schema, value, text) => {
    expect(said(schema, value)).toBe(text);
  });
});

describe("a keyword", () => {
  const MEMBERS = { properties: { b: {}, c: {}, d: {} } };

  test.each<[object, readonly string[], readonly string[]]>([
    [{ type: "string" }, ['""', '"1"'], ["1", "null"]],
    [{ type: "number" }, ["0", "1.5", "1e400"], ['"1"', "true"]],
    [{ type: "boolean" }, ["true", "false"], ["0", "null", '"true"']],
    [{ type: "object" }, ["{}"], ["[]", "null"]],
    [{ type: "array" }, ["[]", "[1]"], ["{}", '"x"']],
    [{ type: "null" }, ["null"], ["false", "0", '""']],
    [{ minimum: 3 }, ["3", "4", '"x"'], ["2.99"]],
    [{ maximum: 3 }, ["3", "2", '"x"'], ["3.01"]],
    [{ exclusiveMinimum: 3 }, ["3.01", '"x"'], ["3", "2"]],
    [{ exclusiveMaximum: 3 }, ["2.99", '"x"'], ["3", "4"]],
    [{ multipleOf: 3 }, ["3", "0", "-6", "9.0", '"x"'], ["1", "3.1"]],
    [{ minLength: 2 }, ['"xy"', '"xyz"', "1"], ['"x"']],
    [{ maxLength: 2 }, ['"xy"', '""', "111"], ['"xyz"']],
    [{ minProperties: 2, ...MEMBERS }, ['{"b":1,"c":1}', '{"b":1,"c":1,"d":1}', "1", "[]"], ["{}", '{"b":1}']],
    [{ maxProperties: 1, ...MEMBERS }, ["{}", '{"b":1}', '"xyz"', "[1,2]"], ['{"b":1,"c":1}']],
    [{ propertyNames: { minLength: 2 }, properties: { b: {}, bc: {} } }, ['{"bc":1}', '"xyz"', '["a"]'], ['{"b":1}']],
    [{ dependentRequired: { b: [], c: ["d"] }, ...MEMBERS }, ['{"b":1}', '{"c":1,"d":1}', "1"], ['{"b":1,"c":1}']],
    [{ dependentSchemas: { b: {}, c: false }, ...MEMBERS }, ['{"b":1,"d":1}', "1"], ['{"b":1,"c":1}', '{"c":1}']],
    [{ dependencies: { b: ["c"], c: { required: ["d"] } }, ...MEMBERS }, ['{"d":1}', "1"], ['{"b":1}', '{"c":1}']],
    [{ required: ["b", "c"], ...MEMBERS }, ['{"b":1,"c":null}', "1"], ['{"b":1}', '{"c":1}', "{}"]],
    [{ minItems: 2 }, ["[1,2]", "[1,2,3]", "1"], ["[1]", "[]"]],
    [{ maxItems: 2 }, ["[1,2]", "[]", "1"], ["[1,2,3]"]],
    [{ uniqueItems: false }, ["[1,1]"], []],
    [{ uniqueItems: true }, ["[1,2]", "[]", '"xx"'], ["[1,1]"]],
    [{ contains: { type: "null" } }, ["[1,null]", "1", '"x"'], ["[1]", "[]"]],
    [{ contains: { type: "null" }, minContains: 0, maxContains: 1 }, ["[1]", "[null]"], ["[null,null]"]],
    [{ contains: { type: "null" }, minContains: 2 }, ["[null,null]", "[null,1,null]"], ["[null]"]],
    [{ items: { type: "null" }, unevaluatedItems: false }, ["[null,null]", "[]", "1"], ["[1]"]],
    [{ prefixItems: [{}], unevaluatedItems: false }, ["[1]", "[]", "1", '"xyz"'], ["[1,2]"]],
    // Of the list inside all items are known, and of the one around it only the first.
    [{ prefixItems: [{ items: {} }], unevaluatedItems: false }, ["[[1,2]]"], ["[[1,2],3]"]],
    [{ prefixItems: [{ contains: {} }], unevaluatedItems: false }, ["[[1,2]]"], ["[[1,2],3]"]],
    [{ prefixItems: [{}], unevaluatedItems: { type: "null" } }, ["[1]", "[1,null]"], ["[1,2]", "[1,null,2]"]],
    [{ contains: { type: "null" }, unevaluatedItems: false }, ["[null,null]"], ["[null,1]"]],
    [{ allOf: [{ unevaluatedItems: { type: "null" } }], unevaluatedItems: false }, ["[null,null]"], ["[null,1]"]],
    [{ prefixItems: [{}], allOf: [{ unevaluatedItems: { type: "null" } }] }, ["[null,null]"], ["[1,null]"]],
    [{ unevaluatedItems: false }, ["[]", "1"], ["[1]"]],
    [{ ...MEMBERS, unevaluatedProperties: { type: "null" } }, ['{"b":1,"c":2}', "{}", "1"], ['{"x":1}']],
    [{ allOf: [MEMBERS], unevaluatedProperties: false }, ['{"b":1,"c":2}'], ['{"x":1}']],
    [{ unevaluatedProperties: false }, ["{}", '"xyz"', "[1]", "1"], ['{"x":1}']],
    // Of the object inside "c" is known, and of the one around it only "b".
    [
      { ...MEMBERS, allOf: [{ properties: { b: { properties: { c: {} } } }, unevaluatedProperties: false }] },
      ['{"b":{"c":1}}'],
      ['{"b":{"c":1},"c":1}'],
    ],
    [
      { ...MEMBERS, allOf: [{ unevaluatedProperties: { type: "null" } }] },
      ['{"b":null,"c":null}', "{}"],
      ['{"b":1,"c":null}', '{"b":null,"c":1}'],
    ],
    [{ pattern: "^[ab]{0,900}[ab]{0,900}$" }, ['"ab"', "1"], ['"c"']],
    [{ pattern: "a".repeat(1_000) }, [`"${"a".repeat(1_000)}"`], ['"a"']],
  ])("fits and does not fit: %j", (schema, good, bad) => {
    expect(good.filter((value) => said(schema, value) !== "")).toEqual([]);
    expect(bad.filter((value) => said(schema, value) === "")).toEqual([]);
  });

  test.each<[object, string, string]>([
    [{ additionalProperties: false }, '{"x":1}', "it names none there."],
    // Of several the first by name, however they are ordered.
    [{ properties: { "x-y": {} } }, '{"z":1,"xy":1}', 'it names "x-y"; did you mean "x-y"?'],
    [{ patternProperties: { "^x": {} }, unevaluatedProperties: false }, '{"xy":1,"z":1}', "it names none there."],
    [
      { allOf: [{ unevaluatedProperties: {} }], unevaluatedProperties: { type: "null" } },
      '{"x":1}',
      "it names none there.",
    ],
    [
      { properties: { first: { ...MEMBERS }, second: { items: {} } }, unevaluatedProperties: false },
      '{"first":{"b":1},"second":[1],"x":1}',
      'it names "first", "second".',
    ],
    [
      { allOf: [{ properties: { first: {} } }, { properties: { second: {} } }], unevaluatedProperties: false },
      '{"x":1}',
      'it names "first", "second".',
    ],
    // What stands beside the part that leaves no others is none of it.
    [
      { properties: { first: {} }, allOf: [{ properties: { second: {} }, unevaluatedProperties: false }] },
      '{"x":1}',
      'it names "second".',
    ],
  ])("that names no such member says which it does: %j", (schema, value, names) => {
    expect(said(schema, value)).toMatch(/ is not named by the tool's schema, and only named ones pass; /);
    expect(said(schema, value).endsWith(`; ${names}`)).toBe(true);
  });

  test.each<[object, string, string]>([
    [{ uniqueItems: true }, "[1e99999999999999999999,1]", "a number is too long to be compared"],
    [{ multipleOf: 7 }, "1e99999999999999999999", 'a number is too long to be divided by its "multipleOf"'],
    [{ pattern: "[ab]{900}[ab]{900}[ab]{900}" }, '"x"', "can't be judged in a time that is known before"],
    [{ pattern: "(?:a{1000}){2}" }, '"x"', "can't be judged in a time that is known before"],
    [{ pattern: "a".repeat(1_001) }, '"x"', "can't be judged in a time that is known before"],
  ])("that can't be judged denies: %j", (schema, value, why) => {
    expect(said(schema, value)).toMatch(/^The arguments can't be checked against the tool's schema: /);
    expect(said(schema, value).endsWith(`${why}.`)).toBe(true);
  });
});

describe("a value that fits none of several forms", () => {
  const text = { properties: { b: { properties: { c: { type: "string" } } } } };

  test.each<[unknown[], string, string, string]>([
    [[text, { type: "null" }], '{"b":{"c":1}}', "a.b.c", "is the number 1; the tool's schema wants a string there."],
    [[{ type: "null" }, text], '{"b":{"c":1}}', "a.b.c", "is the number 1; the tool's schema wants a string there."],
    [[text, text], '{"b":{"c":1}}', "a.b.c", "is the number 1; the tool's schema wants a string there."],
    [[{ required: ["b"] }, { type: "null" }], "{}", "a.b", "is absent; the tool's schema requires it."],
    [[{ not: {} }, { type: "null" }], "1", "a", "is the number 1, which the tool's schema excludes there."],
    [[{ type: "null" }, { not: {} }], "1", "a", "is the number 1; the tool's schema wants null there."],
  ])("is told what it lacks in the one that it comes nearest to: %j", (forms, value, path, what) => {
    expect(said({ anyOf: forms }, value)).toBe(`The argument "${path}" ${what}`);
    expect(said({ oneOf: forms }, value)).toBe(`The argument "${path}" ${what}`);
  });

  test("is told of a few hundred names at most", () => {
    const names = (from: number) => Object.fromEntries(Array.from({ length: 150 }, (_, nth) => [`n${from + nth}`, {}]));
    const schema = { allOf: [{ properties: names(0) }, { properties: names(150) }] };
    expect(said(schema, '{"other":1}')).toMatch(/; it names "n0", "n1", "n2", "n3", "n4" and 195 more\.$/);
  });
});

describe("a schema with an $id", () => {
  const schema = { $id: "https://example.com/x#", properties: { a: { type: "null" }, b: {} } };
  const ref = (reference: string) => ({ ...schema, properties: { a: { $ref: reference }, b: { type: "null" } } });
  const passes = (whole: unknown, args: string) => {
    const parsed = parseJson(JSON.stringify(whole));
    return decide(STRICT, callOf(args, { schemaOf: () => (parsed.ok ? parsed.value : null) })).effect === "allow";
  };

  test("is read as one without", () => {
    expect(passes(schema, '{"a":null}')).toBe(true);
    expect(passes(schema, '{"a":1}')).toBe(false);
  });

  test.each([
    ["#/properties/b", true],
    ["https://example.com/x#/properties/b", true],
    ["https://example.com/y#/properties/b", false],
    ["https://example.com/x##/properties/b", false],
    ["#/properties/none", false],
    ["/properties/b", false],
  ])("is referred to by it, and by nothing else: %s", (reference, followed) => {
    expect(passes(ref(reference), '{"a":null}')).toBe(followed);
    expect(passes(ref(reference), '{"a":1}')).toBe(false);
  });

  test("is left as it is, but for a hash at its end", () => {
    const inner = { ...ref("urn:x#y#/properties/b"), $id: "urn:x#y#" };
    expect(passes(inner, '{"a":null}')).toBe(true);
    expect(passes({ ...ref("urn:xy#/properties/b"), $id: "urn:x#y" }, '{"a":null}')).toBe(false);
  });

  test("is itself what a reference without a fragment leads to", () => {
    for (const reference of ["#", "https://example.com/x"]) {
      expect(passes(ref(reference), '{"a":{"b":null}}')).toBe(true);
      expect(passes(ref(reference), '{"a":{"b":1}}')).toBe(false);
    }
  });
});

describe("a reference", () => {
  const LIST = [...Array.from({ length: 10 }, () => ({})), { type: "null" }];
  const defs = {
    "a/b": { type: "null" },
    "c~d": { type: "null" },
    "e%f": { type: "null" },
    list: LIST,
    pair: [{}, { type: "null" }],
    hundred: [...Array.from({ length: 100 }, () => ({})), { type: "null" }],
  };

  test.each([
    ["#/$defs/a~1b", true],
    ["#/$defs/a/b", false],
    ["#/$defs/c~0d", true],
    ["#/$defs/c~d", true],
    ["#/$defs/e%25f", true],
    ["#/$defs/e%f", false],
    ["#/%24defs/a~1b", true],
    ["#/$defs/pair/1", true],
    ["#/$defs/list/10", true],
    ["#/$defs/hundred/100", true],
    ["xx$defs/a~1b", false],
    ["#/$defs/list/010", false],
    ["#/$defs/list/11", false],
    ["#/$defs/list/length", false],
    ["#/$defs/list/", false],
    ["#/$defs/toString", false],
    ["", false],
  ])("is a JSON Pointer in a fragment: %s", ($ref, leads) => {
    const parsed = parseJson(JSON.stringify({ properties: { a: { $ref } }, $defs: defs }));
    const decided = (value: string) =>
      decide(STRICT, callOf(`{"a":${value}}`, { schemaOf: () => (parsed.ok ? parsed.value : null) })).effect;
    expect([decided("null"), decided("1")]).toEqual([leads ? "allow" : "deny", "deny"]);
  });

  test("does not lead past an $id of another part", () => {
    expect(said({ $ref: "#/properties/b/properties/c", properties: {} }, "1")).toMatch(/leads nowhere in it\.$/);
    const parsed = parseJson(
      '{"properties":{"a":{"$ref":"#/$defs/b/$defs/c"}},"$defs":{"b":{"$id":"x","$defs":{"c":{}}}}}',
    );
    const text = textOf(decide(STRICT, callOf('{"a":1}', { schemaOf: () => (parsed.ok ? parsed.value : null) })));
    expect(text).toMatch(/its reference "#\/\$defs\/b\/\$defs\/c" leads nowhere in it\.$/);
  });
});

describe("a schema that can't be read or followed", () => {
  test.each<[unknown, string]>([
    [{ type: "text" }, 'its "type" can\'t be read.'],
    [{ type: [] }, 'its "type" can\'t be read.'],
    [{ type: ["string", "text"] }, 'its "type" can\'t be read.'],
    [{ enum: "x" }, 'its "enum" can\'t be read.'],
    [{ minimum: "1" }, 'its "minimum" can\'t be read.'],
    [{ maximum: null }, 'its "maximum" can\'t be read.'],
    [{ exclusiveMinimum: true }, 'its "exclusiveMinimum" can\'t be read.'],
    [{ exclusiveMaximum: false }, 'its "exclusiveMaximum" can\'t be read.'],
    [{ multipleOf: 0 }, 'its "multipleOf" can\'t be read.'],
    [{ multipleOf: "1" }, 'its "multipleOf" can\'t be read.'],
    [{ minLength: -1 }, 'its "minLength" can\'t be read.'],
    [{ maxLength: 1.5 }, 'its "maxLength" can\'t be read.'],
    [{ pattern: 1 }, 'its "pattern" can\'t be read.'],
    [{ pattern: "(" }, 'its pattern "(" can\'t be judged in a time that is known before.'],
    [{ pattern: "(?=x)" }, 'its pattern "(?=x)" can\'t be judged in a time that is known before.'],
    [{ required: "x" }, 'its "required" can\'t be read.'],
    [{ required: [1] }, 'its "required" can\'t be read.'],
    [{ minProperties: -1 }, 'its "minProperties" can\'t be read.'],
    [{ maxProperties: "1" }, 'its "maxProperties" can\'t be read.'],
    [{ dependentRequired: [] }, 'its "dependentRequired" can\'t be read.'],
    [{ dependentRequired: { b: 1 } }, 'its "dependentRequired" can\'t be read.'],
    [{ dependentSchemas: 1 }, 'its "dependentSchemas" can\'t be read.'],
    [{ dependentSchemas: { b: ["c"] } }, "a part of it is no schema."],
    [{ dependencies: 1 }, 'its "dependencies" can\'t be read.'],
    [{ properties: [] }, 'its "properties" can\'t be read.'],
    [{ properties: { b: 1 } }, "a part of it is no schema."],
    [{ patternProperties: 1 }, 'its "patternProperties" can\'t be read.'],
    [{ patternProperties: { "(": {} } }, 'its pattern "(" can\'t be judged in a time that is known before.'],
    [{ additionalProperties: 1 }, "a part of it is no schema."],
    [{ unevaluatedProperties: 1 }, "a part of it is no schema."],
    [{ propertyNames: 1 }, "a part of it is no schema."],
    [{ minItems: -1 }, 'its "minItems" can\'t be read.'],
    [{ maxItems: {} }, 'its "maxItems" can\'t be read.'],
    [{ items: 1 }, "a part of it is no schema."],
    [{ prefixItems: 1 }, 'its "items" can\'t be read.'],
    [{ prefixItems: [1] }, "a part of it is no schema."],
    [{ prefixItems: [], items: [] }, 'its "items" can\'t be read.'],
    [{ contains: 1 }, "a part of it is no schema."],
    [{ contains: {}, minContains: -1 }, 'its "contains" can\'t be read.'],
    [{ contains: {}, maxContains: "1" }, 'its "contains" can\'t be read.'],
    [{ uniqueItems: 1 }, 'its "uniqueItems" can\'t be read.'],
    [{ unevaluatedItems: 1 }, "a part of it is no schema."],
    [{ allOf: {} }, 'its "allOf" can\'t be read.'],
    [{ anyOf: [] }, 'its "anyOf" can\'t be read.'],
    [{ oneOf: 1 }, 'its "oneOf" can\'t be read.'],
    [{ not: 1 }, "a part of it is no schema."],
    [{ if: 1 }, "a part of it is no schema."],
    [{ $ref: 1 }, "its reference without a name leads nowhere in it."],
    [{ $ref: "#/$defs/none" }, 'its reference "#/$defs/none" leads nowhere in it.'],
    [{ $ref: "#anchor" }, 'its reference "#anchor" leads nowhere in it.'],
    [{ $ref: "https://example.com/x" }, 'its reference "https://example.com/x" leads nowhere in it.'],
    [{ $ref: "#/%zz" }, 'its reference "#/%zz" leads nowhere in it.'],
    [{ $ref: "#/properties/a" }, "it refers to itself without end."],
    [{ $dynamicRef: "#" }, "it refers to a part that is only known while it is checked."],
    [{ $recursiveRef: "#" }, "it refers to a part that is only known while it is checked."],
    [{ $id: "x" }, 'a part of it has an "$id" of its own.'],
  ])("denies, and says why: %j", (schema, why) => {
    const texts = ['{"b":1}', "[1]", '"x"', "1"].map((value) => said(schema, value));
    expect(texts).toContain(`The arguments can't be checked against the tool's schema: ${why}`);
  });
});

describe("a format", () => {
  test.each([
    ["date", 'a date like "2026-01-31"'],
    ["time", 'a time like "12:00:00Z"'],
    ["date-time", 'a date-time like "2026-01-31T12:00:00Z"'],
    ["duration", 'a duration like "P1DT12H"'],
    ["uuid", "a UUID"],
    ["uri", "a URI"],
    ["email", "an e-mail address"],
    ["hostname", "a host name"],
    ["ipv4", "an IPv4 address"],
    ["ipv6", "an IPv6 address"],
  ])("is told in words: %s", (format, wants) => {
    expect(said({ format }, '"!"')).toBe(`The argument "a" is the string "!"; the tool's schema wants ${wants} there.`);
    expect(said({ format }, "7")).toBe("");
  });

  test.each<[string, readonly string[], readonly string[]]>([
    [
      "date",
      ["2026-01-01", "2024-02-29", "2026-12-31"],
      ["2026-1-01", "2026-13-01", "2026-00-01", "2026-01-00", "2026-01-32", "2025-02-29", "2026-01-01T", "x2026-01-01"],
    ],
    [
      "time",
      [
        ...["00:00:00Z", "23:59:59z", "12:00:00.123Z", "12:00:00+01:30", "12:00:00-23:59"],
        ...["23:59:60Z", "22:59:60-01:00", "00:59:60+01:00", "00:29:60+00:30"],
      ],
      [
        ...[
          "24:00:00Z",
          "00:60:00Z",
          "00:00:61Z",
          "23:59:61Z",
          "12:00:60Z",
          "23:59:60+01:00",
          "22:59:60+01:00",
          "12:00:00",
        ],
        ...["12:00Z", "12:00:00+24:00", "12:00:00+00:60", "12:00:00.Z", "12:00:00Zx", "x12:00:00Z", "1:00:00Z"],
      ],
    ],
    [
      "date-time",
      ["2026-01-01T00:00:00Z", "2026-01-01t00:00:00z"],
      ["2026-01-01 00:00:00Z", "2026-01-01", "2026-02-30T00:00:00Z", "2026-01-01T24:00:00Z", "2026-01-01Tt0:00:00Z"],
    ],
    [
      "duration",
      [
        "P1Y",
        "P1Y2M3D",
        "P1Y2M",
        "P2M3D",
        "P2M",
        "P3D",
        "P1W",
        "PT1H",
        "PT1H2M3S",
        "PT2M3S",
        "PT3S",
        "P12DT12H",
        "PT10M",
      ],
      ["P", "PT", "1D", "P1", "P1D1Y", "P1Y3D", "PT1H3S", "P1W1D", "P1DT", "P1.5D", "p1d", "P1Dx", "xP1D", "P1S"],
    ],
    [
      "uuid",
      ["01234567-89ab-cdef-ABCD-EF0123456789"],
      [
        ...[
          "01234567-89ab-cdef-ABCD-EF012345678",
          "01234567-89ab-cdef-ABCD-EF01234567890",
          "0123456789abcdefABCDEF0123456789",
        ],
        ...["x01234567-89ab-cdef-ABCD-EF0123456789", "0123456-789ab-cdef-ABCD-EF0123456789"],
      ],
    ],
    [
      "uri",
      ["https://example.com/a?b#c", "mailto:a@b", "urn:x:y", "a+b-c.1:", "x:%2F", "x:[::1]"],
      ["/a", "example", ":a", "1x:a", "x:a b", "x:%2", "x:%zz", "x:\u00e9", "x:<a>", " x:a"],
    ],
    [
      "email",
      ["a@b", "a.b@example.com", "a.bc.de@example.com", "a+b@example.com", `${"a".repeat(64)}@b`],
      ["a", "@b", "a@", "a@b@c", "a..b@c", ".a@b", "a.@b", "a b@c", "a@-b", `${"a".repeat(65)}@b`],
    ],
    [
      "hostname",
      ["a", "example.com", "a-b.c", "1.2", `${"a".repeat(63)}.b`, `${"a.".repeat(126)}a`],
      ["", ".", "a.", ".a", "a..b", "-a", "a-", "a_b", "a b", `${"a".repeat(64)}.b`, `${"a.".repeat(126)}ab`],
    ],
    ["ipv4", ["10.0.0.1"], ["10.0.0.256", "010.0.0.1", "10.0.0.0/8", "::1", "::ffff:10.0.0.1"]],
    ["ipv6", ["::1", "::ffff:10.0.0.1"], ["10.0.0.1", "::/0", "::g", "fe80::1%1"]],
    ["unheard-of", ["anything"], []],
  ])("is what the specifications say: %s", (format, good, bad) => {
    const fits = (text: string) => said({ format }, JSON.stringify(text)) === "";
    expect(good.filter((text) => !fits(text))).toEqual([]);
    expect(bad.filter(fits)).toEqual([]);
  });
});
