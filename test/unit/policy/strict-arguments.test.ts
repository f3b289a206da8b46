import { Validator } from "@cfworker/json-schema";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseJson } from "../../../src/json/parse.ts";
import type { Json } from "../../../src/json/value.ts";
import { schemaCheck } from "../../../src/policy/arguments/examine.ts";
import { newRun } from "../../../src/policy/arguments/run.ts";
import { decide } from "../../../src/policy/decide.ts";
import { argumentsText, jsonText, type PolicyText, policy, textOf as policyText, toolName } from "./arbitrary.ts";
import { callOf, policyFor, policyOf, textOf, verdict } from "./given.ts";

const json = (text: string): Json => {
  const parsed = parseJson(text);
  if (!parsed.ok) throw new Error(`no JSON: ${text}`);
  return parsed.value;
};

/** As a plain key it would look as if a schema were a promise. */
const THEN = "then";

const STRICT = policyFor({ arguments: "strict" });
const knowing = (schema: unknown) => {
  const read = json(typeof schema === "string" ? schema : JSON.stringify(schema));
  return { schemaOf: () => read };
};
const decided = (schema: unknown, args: string) => decide(STRICT, callOf(args, knowing(schema)));
const passes = (schema: unknown, args: string) => verdict(decided(schema, args)) === "allow";
const said = (schema: unknown, args: string) => textOf(decided(schema, args));
/** A schema whose one property `a` has this schema. */
const a = (schema: unknown, rest: object = {}) => ({ type: "object", properties: { a: schema }, ...rest });
/** Of one argument `a`, given as text. */
const fits = (schema: unknown, value: string) => passes(a(schema), `{"a":${value}}`);

describe("strict arguments", () => {
  it("let a call pass that fits the tool's schema, and deny one that does not, at the rule that wants it", () => {
    expect(passes(a({ type: "string" }), '{"a":"x"}')).toBe(true);
    expect(passes(a({ type: "string" }), "{}")).toBe(true);
    expect(verdict(decided(a({ type: "string" }), '{"a":1}'))).toBe("deny /tools/t/arguments");
    const shared = policyFor({ arguments: "open" }, { all_tools: { arguments: "strict" } });
    expect(verdict(decide(shared, callOf('{"a":1}', knowing(a({ type: "string" })))))).toBe(
      "deny /all_tools/arguments",
    );
  });

  it("are not asked for where nothing says so", () => {
    for (const entry of [{}, { arguments: "open" }]) {
      const never = { schemaOf: () => expect.fail("the schema was asked for") };
      expect(verdict(decide(policyFor(entry), callOf('{"a":1}', never)))).toBe("allow");
    }
  });

  it("deny a tool whose schema is not known, and say which tool's it is", () => {
    for (const known of [{}, { schemaOf: () => undefined }]) {
      const decision = decide(STRICT, callOf("{}", known));
      expect(verdict(decision)).toBe("deny /tools/t/arguments");
      expect(decision.effect === "deny" && decision.wants).toEqual({ tool: "t", what: "schema" });
      expect(textOf(decision)).toBe(
        'Arguments have to fit the tool\'s schema, and the schema of the tool "t" is not known.',
      );
    }
    const denied = decided(a({ type: "string" }), '{"a":1}');
    expect(denied.effect === "deny" && denied.wants).toBeUndefined();
  });

  it("come behind the walls and before the call inside, of which each has its own schema", () => {
    const compiled = policyOf({
      version: "1",
      default: "deny",
      all_tools: { arguments: "strict", deny_if: [{ conditions: [{ path: "args.wall", op: "exists", value: true }] }] },
      tools: { run: { unwrap: { tool: "args.tool", arguments: "args.args" } }, pay: {} },
    });
    const schemas: Readonly<Record<string, unknown>> = {
      run: { properties: { tool: {}, args: { properties: { n: {} } } } },
      pay: { properties: { n: { type: "integer" } } },
    };
    const asked: string[] = [];
    const schemaOf = (tool: string) => {
      asked.push(tool);
      return Object.hasOwn(schemas, tool) ? json(JSON.stringify(schemas[tool])) : undefined;
    };
    const run = (args: string, tool = "run") => decide(compiled, callOf(args, { tool, schemaOf }));
    expect(verdict(run('{"wall":1}'))).toBe("deny /all_tools/deny_if/0");
    expect(asked).toEqual([]);
    expect(verdict(run('{"tool":"pay","args":{"n":1}}'))).toBe("allow");
    expect(asked).toEqual(["run", "pay"]);
    expect(textOf(run('{"tool":"pay","args":{"n":"1"}}'))).toContain('"n" is the string "1"');
    expect(textOf(run('{"tool":"pay","args":{"m":1}}'))).toContain('"args.m" is not named');
    expect(textOf(run('{"tool":1}'))).toContain('"tool" is the number 1');
  });
});

describe("a member that the schema does not name", () => {
  const named = { type: "object", properties: { a: {} } };

  it.each<readonly [string, unknown, string]>([
    ["properties", named, '{"a":1}'],
    ["patternProperties", { patternProperties: { "^x-": { type: "integer" } } }, '{"x-a":1}'],
    ["an object additionalProperties", { additionalProperties: { type: "integer" } }, '{"a":1}'],
    ["a branch of allOf", { allOf: [named, { properties: { b: {} } }] }, '{"a":1,"b":1}'],
    ["a branch of anyOf that holds", { anyOf: [{ required: ["b"] }, named] }, '{"a":1}'],
    ["the branch of oneOf that holds", { oneOf: [{ required: ["b"] }, named] }, '{"a":1}'],
    ["an if that holds", { if: named }, '{"a":1}'],
    ["a then", { if: { required: ["a"] }, [THEN]: named }, '{"a":1}'],
    ["an else", { if: { required: ["b"] }, else: named }, '{"a":1}'],
    ["a $ref", { $ref: "#/$defs/x", $defs: { x: named } }, '{"a":1}'],
    ["dependentSchemas that apply", { properties: { b: {} }, dependentSchemas: { b: named } }, '{"a":1,"b":1}'],
    ["properties at every depth", a({ properties: { b: { items: named } } }), '{"a":{"b":[{"a":1},{}]}}'],
  ])("is named by %s", (_, schema, args) => {
    expect(decided(schema, args)).toEqual({ effect: "allow", limits: [] });
    expect(passes(schema, args.replace("}", ',"extra":1}'))).toBe(JSON.stringify(schema).includes("additional"));
  });

  it.each<readonly [string, unknown, string]>([
    ["no schema at all", {}, '{"a":1}'],
    ["true", true, '{"a":1}'],
    ["additionalProperties: true", { properties: { b: {} }, additionalProperties: true }, '{"a":1}'],
    ["additionalProperties: {}, which is the same", { additionalProperties: {} }, '{"a":1}'],
    ["additionalProperties: false", { properties: { b: {} }, additionalProperties: false }, '{"a":1}'],
    ["unevaluatedProperties: true", { unevaluatedProperties: true }, '{"a":1}'],
    ["an anyOf branch that does not hold", { anyOf: [{ ...named, required: ["b"] }, {}] }, '{"a":1}'],
    ["an if that does not hold", { if: { ...named, required: ["b"] } }, '{"a":1}'],
    // These name it, and only then turn out not to hold.
    ["an anyOf branch that does not hold in the end", { anyOf: [{ ...named, not: {} }, {}] }, '{"a":1}'],
    ["a oneOf branch that does not hold in the end", { oneOf: [{ ...named, not: {} }, {}] }, '{"a":1}'],
    ["an if that does not hold in the end", { if: { ...named, not: {} } }, '{"a":1}'],
    ["an item that is not one of those", { contains: { ...named, not: {} }, minContains: 0 }, '{"a":1}'],
    ["what is not to hold", { not: { ...named, not: {} } }, '{"a":1}'],
    ["not", { not: { not: named } }, '{"a":1}'],
    ["required alone", { required: ["a"] }, '{"a":1}'],
    ["propertyNames", { propertyNames: { enum: ["a"] } }, '{"a":1}'],
    ["a free-form object", a({ type: "object" }), '{"a":{"b":1}}'],
    ["a free-form object in a list", a({ type: "array" }), '{"a":[[{"b":1}]]}'],
    ["a value of any kind", a(true), '{"a":{"b":1}}'],
    ["properties of another object", a({ properties: { b: {} } }), '{"a":{},"b":1}'],
    ["an inherited name", { properties: {} }, '{"toString":1}'],
    ["__proto__", { properties: {} }, '{"__proto__":1}'],
  ])("is not named by %s", (_, schema, args) => {
    expect(verdict(decided(schema, args))).toBe("deny /tools/t/arguments");
    expect(said(schema, args)).toContain("is not named by the tool's schema");
  });

  it("may have any name that the schema gives it", () => {
    const schema = '{"properties":{"__proto__":{"type":"integer"},"constructor":{},"a b":{}}}';
    expect(passes(schema, '{"__proto__":1,"constructor":1,"a b":1}')).toBe(true);
    expect(passes(schema, '{"__proto__":"x"}')).toBe(false);
  });

  it("leaves empty objects and plain values in peace", () => {
    expect(fits({ type: "object" }, "{}")).toBe(true);
    expect(fits({ type: "array" }, '[1,"x",[null],{}]')).toBe(true);
    expect(fits(true, "[1]")).toBe(true);
  });
});

describe("what a denial by the schema says", () => {
  it.each<readonly [unknown, string, string]>([
    [
      a({ type: "integer" }),
      '{"a":"5"}',
      'The argument "a" is the string "5"; the tool\'s schema wants a whole number there.',
    ],
    [
      a({ anyOf: [{ type: "integer" }, { type: "null" }] }),
      '{"a":"5"}',
      'The argument "a" is the string "5"; the tool\'s schema wants a whole number or null there.',
    ],
    [
      a({ anyOf: [{ type: "object", properties: { b: { maximum: 3 } } }, { type: "null" }] }),
      '{"a":{"b":4}}',
      'The argument "a.b" is the number 4; the tool\'s schema wants a number of at most 3 there.',
    ],
    [
      { properties: { a: { type: "string" } }, required: ["a"] },
      "{}",
      'The argument "a" is absent; the tool\'s schema requires it, as a string.',
    ],
    [
      { properties: { limit: {}, offset: {} } },
      '{"limti":1}',
      'The argument "limti" is not named by the tool\'s schema, and only named ones pass; it names "limit", "offset"; did you mean "limit"?',
    ],
    [
      {},
      '{"x y":1}',
      'The argument "["x y"]" is not named by the tool\'s schema, and only named ones pass; it names none there.',
    ],
    [
      a({ enum: ["x", 1, null] }),
      '{"a":2}',
      'The argument "a" is the number 2; the tool\'s schema wants one of "x", 1, null there.',
    ],
    [
      a({ items: { not: { const: 3 } } }),
      '{"a":[1,3]}',
      'The argument "a[1]" is the number 3, which the tool\'s schema excludes there.',
    ],
    [
      a({ $ref: "#/$defs/no" }),
      '{"a":1}',
      "The arguments can't be checked against the tool's schema: its reference \"#/$defs/no\" leads nowhere in it.",
    ],
  ])("of %j and %s", (schema, args, text) => {
    // A label quotes a path as JSON, where a path in brackets has quotes of its own.
    expect(said(schema, args).replaceAll('\\"', '"')).toBe(text);
  });

  it("stays short, whatever the schema and the arguments", () => {
    const long = "x".repeat(20_000);
    const schemas = [
      a({ enum: [long, `${long}y`] }),
      a({ const: { [long]: long } }),
      a({ pattern: `^${"y".repeat(900)}$` }),
      a({ anyOf: Array.from({ length: 50 }, (_, index) => ({ const: `${long}${index}` })) }),
      { properties: Object.fromEntries(Array.from({ length: 50 }, (_, index) => [`${long}${index}`, {}])) },
      { properties: { [`\n\n${"!".repeat(10_000)}b`]: {} } },
      { properties: { b: {} }, required: [long] },
      a({ $ref: `#/${long}` }),
      a({ type: "string", minLength: 1e9 }),
    ];
    for (const schema of schemas) {
      for (const args of ['{"a":"z"}', `{"a":"${long}z"}`, `{"b${long}":1}`, '{"b":1}']) {
        expect(said(schema, args).length).toBeLessThan(900);
      }
    }
  });
});

describe("keywords of JSON Schema", () => {
  it.each<readonly [object, readonly string[], readonly string[]]>([
    [{ type: "integer" }, ["1", "1.0", "1e400", "-0"], ["1.5", '"1"', "true", "1e-400"]],
    [{ type: ["string", "null"] }, ['"x"', "null"], ["1", "{}"]],
    [{ const: 1 }, ["1", "1.0"], ["1.00000000000000000001", '"1"', "true"]],
    [{ const: [1] }, ["[1.0]"], ['{"0":1}', "[1,1]"]],
    [{ minimum: 0, exclusiveMaximum: 1 }, ["0", "-0", "0.99999999999999999999", '"x"'], ["1.0", "-1e-400"]],
    [{ multipleOf: 0.01 }, ["0.07", "4.35", "1e400"], ["0.075", "0.00000005"]],
    [{ minLength: 2, maxLength: 3 }, ['"ab"', '"😀😀😀"', "1"], ['"a"', '"abcd"']],
    [{ pattern: "^a" }, ['"ab"', "1"], ['"ba"']],
    [{ items: { type: "integer" }, minItems: 1, maxItems: 2 }, ["[1]", "[1,2]"], ["[]", "[1,2,3]", '["1"]']],
    [{ prefixItems: [{ type: "integer" }], items: { type: "string" } }, ["[]", "[1]", '[1,"x"]'], ["[1,1]", '["x"]']],
    [{ items: [{ type: "integer" }], additionalItems: false }, ["[]", "[1]"], ["[1,1]", '["x"]']],
    [{ uniqueItems: true }, ["[1,2]", '[1,"1"]', "[[1],[2]]"], ["[1,1.0]", "[[1],[1]]", "[1e400,10e399]"]],
    [{ contains: { type: "integer" }, maxContains: 1 }, ['[1,"x"]'], ["[]", '["x"]', "[1,2]"]],
    [{ oneOf: [{ type: "integer" }, { minimum: 5 }] }, ["1", "5.5", '"x"'], ["6", "1.5"]],
    [{ if: { type: "string" }, [THEN]: { minLength: 2 }, else: { type: "integer" } }, ['"ab"', "1"], ['"a"', "null"]],
    [{ format: "date-time" }, ['"2026-01-31T00:00:00Z"', "1"], ['"2026-02-30T00:00:00Z"', '"tomorrow"']],
    [{ format: "ipv4" }, ['"10.0.0.1"'], ['"10.0.0.256"', '"010.0.0.1"', '"10.0.0.0/8"', '"::1"']],
    [{ format: "email" }, ['"a.b@example.com"'], ['"a@b@c"', '"example.com"', '"a@-b"']],
    [{ format: "uri" }, ['"https://example.com/a?b#c"', '"mailto:a@b"'], ['"/a"', '"https://example.com/a b"']],
    [{ format: "unheard-of" }, ['"anything"'], []],
    [{ title: "remark", default: 1, "x-other": { type: "string" } }, ["1", '"x"'], []],
  ])("%j", (schema, good, bad) => {
    for (const value of good) expect([value, fits(schema, value)]).toEqual([value, true]);
    for (const value of bad) expect([value, fits(schema, value)]).toEqual([value, false]);
  });

  it("compare numbers that no double holds, digit for digit, in the schema too", () => {
    const schema = '{"properties":{"a":{"maximum":9007199254740993}}}';
    expect(passes(schema, '{"a":9007199254740993}')).toBe(true);
    expect(passes(schema, '{"a":9007199254740993.0000001}')).toBe(false);
    expect(passes('{"properties":{"a":{"enum":[123456789012345678901]}}}', '{"a":123456789012345678901}')).toBe(true);
    expect(passes('{"properties":{"a":{"enum":[123456789012345678901]}}}', '{"a":123456789012345678902}')).toBe(false);
  });

  it.each([
    { type: "text" },
    { type: [] },
    { enum: "x" },
    { minimum: "1" },
    { exclusiveMinimum: true },
    { multipleOf: 0 },
    { maxLength: -1 },
    { pattern: "(" },
    { pattern: "(?=x)" },
    { patternProperties: { "\\1": {} } },
    { required: "x" },
    { properties: [] },
    { properties: { b: 1 } },
    { items: 1 },
    { anyOf: [] },
    { allOf: {} },
    { uniqueItems: 1 },
    { $ref: 1 },
    { $ref: "#/$defs/none" },
    { $ref: "#anchor" },
    { $ref: "https://example.com/schema.json" },
    { $ref: "file:///etc/passwd" },
    { $ref: "#/%zz" },
    { $ref: "#" },
    { $dynamicRef: "#x" },
    { $recursiveRef: "#" },
    { $id: "https://example.com/other", type: "object" },
    { not: { $ref: "#/$defs/none" } },
    { anyOf: [{}, { $ref: "#/$defs/none" }] },
    { if: { $ref: "#/$defs/none" } },
    { contains: { $ref: "#/$defs/none" } },
  ])("that can't be read or followed deny: %j", (schema) => {
    for (const value of ['{"b":1}', "[1]", '"x"', "1"]) {
      const used = fits(schema, value);
      // A keyword about lists says nothing of a number, however it is written.
      const silent =
        "contains" in schema || "properties" in schema || "patternProperties" in schema || "items" in schema;
      if (!silent) expect([value, used]).toEqual([value, false]);
    }
    const all = ['{"b":1}', "[1]", '"x"', "1"].map((value) => fits(schema, value));
    expect(all).toContain(false);
  });

  it.each(["null", "1", '"x"', "[]", '{"type":"obj"}'])("are no schema at all: %s", (schema) => {
    expect(verdict(decided(schema, "{}"))).toBe("deny /tools/t/arguments");
  });
});

describe("a schema or arguments that are made to be slow", () => {
  const branching = (keyword: string, width: number) => ({
    ...a({ $ref: "#/$defs/d0" }),
    $defs: Object.fromEntries(
      Array.from({ length: 40 }, (_, index) => [
        `d${index}`,
        index === 39 ? { type: "string" } : { [keyword]: Array(width).fill({ $ref: `#/$defs/d${index + 1}` }) },
      ]),
    ),
  });
  const refers = (schema: object, times = 50_000) => ({
    ...a({ anyOf: Array(times).fill({ $ref: "#/$defs/x" }) }),
    $defs: { x: schema },
  });
  const digits = "9".repeat(500_000);

  it.each<readonly [string, unknown, string]>([
    ["branches of branches", branching("anyOf", 2), '{"a":1}'],
    ["branches that all hold", branching("allOf", 2), '{"a":"x"}'],
    ["exclusive branches", branching("oneOf", 3), '{"a":"x"}'],
    ["a circle", a({ $ref: "#/properties/a" }), '{"a":1}'],
    ["a long number, compared again and again", refers({ maximum: 5 }), `{"a":${digits}}`],
    [
      "a long number, again and again whole",
      refers({ allOf: [{ type: "integer" }, { maxLength: 0 }] }),
      `{"a":${digits}}`,
    ],
    ["a long text, counted again and again", refers({ maxLength: 5 }), `{"a":"${digits}"}`],
    ["a long text, matched again and again", refers({ pattern: "^[0-8]*x" }), `{"a":"${digits}"}`],
    [
      "many patterns",
      a({ anyOf: Array.from({ length: 3000 }, (_, i) => ({ pattern: `\\p{L}{${i % 90}}${i}$` })) }),
      '{"a":"x"}',
    ],
    ["a list that must not repeat", a({ uniqueItems: true }), `{"a":[${Array(100_000).fill("[1]").join(",")}]}`],
    ["a list of a million", a({ items: { type: "integer" } }), `{"a":[${Array(1_000_000).fill("1").join(",")}]}`],
  ])("is denied after a bounded number of steps: %s", (_, schema, args) => {
    expect(verdict(decided(schema, args))).toBe("deny /tools/t/arguments");
    expect(said(schema, args)).toMatch(/would take too long|refers to itself without end/);
  });

  it("does not keep a long list from being checked", () => {
    expect(fits({ items: { type: "integer" }, maxItems: 20_000 }, `[${Array(20_000).fill("1").join(",")}]`)).toBe(true);
  });
});

describe("of every schema and all arguments", { timeout: 120_000 }, () => {
  const scalar = fc.constantFrom<unknown>("a", "abc", "", 0, 1, 2.5, -3, true, null);
  const key = fc.constantFrom("a", "b", "c");
  const schema = fc.letrec<{ any: unknown }>((tie) => ({
    any: fc.oneof(
      { maxDepth: 4 },
      fc.boolean(),
      fc.record(
        {
          type: fc.constantFrom("string", "number", "integer", "object", "array", "null", ["string", "null"]),
          enum: fc.array(scalar, { minLength: 1, maxLength: 3 }),
          const: scalar,
          minimum: fc.integer({ min: -2, max: 2 }),
          exclusiveMaximum: fc.integer({ min: 0, max: 3 }),
          minLength: fc.nat(2),
          maxLength: fc.nat(3),
          pattern: fc.constantFrom("^a", "c$", "b"),
          required: fc.uniqueArray(key, { maxLength: 2 }),
          maxProperties: fc.nat(2),
          propertyNames: fc.constant({ maxLength: 1 }),
          maxItems: fc.nat(2),
        },
        { requiredKeys: [] },
      ),
      fc.record(
        {
          properties: fc.dictionary(key, tie("any"), { maxKeys: 2 }),
          patternProperties: fc.dictionary(fc.constantFrom("^a", "b"), tie("any"), { maxKeys: 1 }),
          additionalProperties: tie("any"),
          unevaluatedProperties: tie("any"),
          prefixItems: fc.array(tie("any"), { minLength: 1, maxLength: 2 }),
          items: tie("any"),
          contains: tie("any"),
          unevaluatedItems: tie("any"),
          anyOf: fc.array(tie("any"), { minLength: 1, maxLength: 3 }),
          oneOf: fc.array(tie("any"), { minLength: 1, maxLength: 2 }),
          allOf: fc.array(tie("any"), { minLength: 1, maxLength: 2 }),
          not: tie("any"),
          if: tie("any"),
          [THEN]: tie("any"),
          else: tie("any"),
          dependentRequired: fc.dictionary(key, fc.uniqueArray(key, { maxLength: 2 }), { maxKeys: 1 }),
        },
        { requiredKeys: [] },
      ),
    ),
  })).any;
  const value = fc.letrec<{ any: unknown }>((tie) => ({
    any: fc.oneof(
      { maxDepth: 3 },
      scalar,
      fc.array(tie("any"), { maxLength: 3 }),
      fc.dictionary(key, tie("any"), { maxKeys: 3 }),
    ),
  })).any;

  it("what fits is what an independent validator says fits", () => {
    fc.assert(
      fc.property(schema, value, (each, instance) => {
        const run = newRun();
        const fault = schemaCheck(json(JSON.stringify(each)))(json(JSON.stringify(instance)), undefined, run);
        expect(run.stopped).toBeUndefined();
        const independent = new Validator(JSON.parse(JSON.stringify(each)), "2020-12", false);
        expect(fault === undefined).toBe(independent.validate(JSON.parse(JSON.stringify(instance))).valid);
      }),
      { numRuns: 5000 },
    );
  });

  it("strict lets nothing pass that open would deny, and changes no denial that comes before it", () => {
    fc.assert(
      fc.property(policy, toolName, argumentsText, schema, (document, tool, args, each) => {
        const strictly: PolicyText = { ...document, all_tools: { ...document.all_tools, arguments: "strict" } };
        const open = decide(policyOf(policyText(document)), callOf(args, { tool, ...knowing(each) }));
        const strict = decide(policyOf(policyText(strictly)), callOf(args, { tool, ...knowing(each) }));
        if (strict.effect === "allow") expect(strict).toEqual(open);
        if (open.effect !== "allow" && open.effect !== "approval") {
          const sooner = strict.effect === "deny" && strict.rule === "/all_tools/arguments";
          if (!sooner) expect(strict).toEqual(open);
        }
      }),
      { numRuns: 2000 },
    );
  });

  it("nothing throws, and nothing is said at length, whatever stands where a schema or arguments should", () => {
    fc.assert(
      fc.property(jsonText, fc.oneof(schema, fc.constant(undefined)), argumentsText, (text, each, args) => {
        for (const given of [text, ...(each === undefined ? [] : [JSON.stringify(each)])]) {
          const decision = decided(given, args);
          if (decision.effect === "deny") expect(decision.text.length).toBeLessThan(900);
        }
      }),
      { numRuns: 3000 },
    );
  });

  it("the order of members matters neither in the schema nor in the arguments", () => {
    const turned = (each: unknown): unknown => {
      if (Array.isArray(each)) return each.map(turned);
      if (typeof each !== "object" || each === null) return each;
      return Object.fromEntries(
        Object.entries(each)
          .reverse()
          .map(([name, member]) => [name, turned(member)]),
      );
    };
    fc.assert(
      fc.property(schema, fc.dictionary(key, value), (each, args) => {
        const one = decided(each, JSON.stringify(args)).effect;
        expect(decided(turned(each), JSON.stringify(turned(args))).effect).toBe(one);
      }),
      { numRuns: 2000 },
    );
  });
});
