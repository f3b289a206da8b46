/** Policies, conditions and calls of every kind, for the properties that must hold of all of them. */
import fc from "fast-check";
import { parseJson } from "../../../src/json/parse.ts";
import type { Json } from "../../../src/json/value.ts";

const PATHS = [
  "args",
  "args.a",
  "args.b.c",
  'args["any key"]',
  "args.list[0]",
  "args.list[*]",
  "args.list[*].n",
  "args.a|json",
  "args.a|json.n",
  "args.__proto__",
  "args.constructor.name",
  "tool",
  "server",
  "grant.id",
  "grant.tags",
  "grant.tags[*]",
  "time.hour",
  "time.weekday",
];

/** JSON texts, so that numbers no double holds, half surrogate pairs and such names occur as they would in a call. */
const scalarText = fc.oneof(
  fc.constantFrom(
    "null",
    "true",
    "false",
    "0",
    "-0",
    "1",
    "1.0",
    "2",
    "100",
    "1e400",
    "-1e-400",
    "9007199254740993",
    "0.1",
    "1e999999999999",
  ),
  fc.constantFrom(
    '""',
    '"a"',
    '"abc"',
    '"\\ud83d"',
    '"😀"',
    '"2026-01-01T00:00:00Z"',
    '"2026-02-30T00:00:00Z"',
    '"10.0.0.1"',
    '"0.0.0.0/0"',
  ),
  fc.constantFrom('"{\\"n\\":1}"', '"[1,"', '"500"', '"\\u0000"', '"e\\u0301"'),
  fc.double().filter(Number.isFinite).map(String),
  fc.string({ unit: "binary" }).map((text) => JSON.stringify(text)),
);

const keyText = fc.oneof(
  fc.constantFrom(
    '"a"',
    '"b"',
    '"c"',
    '"n"',
    '"list"',
    '"any key"',
    '"__proto__"',
    '"constructor"',
    '"name"',
    '"toString"',
  ),
  fc.string({ unit: "binary", maxLength: 5 }).map((text) => JSON.stringify(text)),
);

/** The text of any JSON value. */
export const jsonText: fc.Arbitrary<string> = fc.letrec<{ value: string; object: string }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    scalarText,
    fc.array(tie("value"), { maxLength: 4 }).map((items) => `[${items.join(",")}]`),
    tie("object"),
  ),
  object: fc
    .uniqueArray(fc.tuple(keyText, tie("value")), { maxLength: 5, selector: ([key]) => JSON.parse(key) as unknown })
    .map((members) => `{${members.map(([key, value]) => `${key}:${value}`).join(",")}}`),
})).value;

const members = { a: jsonText, b: jsonText, list: jsonText, "any key": jsonText };

/** The text of a call inside a call: mostly a tool's name with its arguments, sometimes anything. */
const toolText = fc.oneof(
  { weight: 5, arbitrary: fc.constantFrom("t1", "t2", "get_x", "delete_x", "__proto__").map((x) => JSON.stringify(x)) },
  { weight: 1, arbitrary: jsonText },
);

const innerArguments = fc.letrec<{ any: string }>((tie) => ({
  any: fc.oneof(
    { maxDepth: 5 },
    jsonText,
    fc.record({ ...members, tool: toolText, args: tie("any") }, { requiredKeys: [] }).map(objectText),
  ),
})).any;

function objectText(given: Readonly<Record<string, string>>): string {
  return `{${Object.entries(given)
    .map(([name, text]) => `${JSON.stringify(name)}:${text}`)
    .join(",")}}`;
}

export const argumentsText: fc.Arbitrary<string> = fc
  .record({ ...members, tool: toolText, args: innerArguments }, { requiredKeys: [] })
  .map(objectText);

const path = fc.constantFrom(...PATHS);
const plain = fc.constantFrom<unknown>(null, true, 0, 1, 100, 0.1, "", "a", "abc", "t1", [1], { n: 1 }, "10.0.0.1");

export const leaf: fc.Arbitrary<object> = fc.oneof(
  fc.record({ path, op: fc.constantFrom("eq", "neq", "contains"), value: plain }),
  fc.record({ path, op: fc.constantFrom("in", "not_in"), value: fc.array(plain, { maxLength: 3 }) }),
  fc.record({
    path,
    op: fc.constantFrom("lt", "lte", "gt", "gte"),
    value: fc.constantFrom<unknown>(0, 1, 99.5, "2026-01-01T00:00:00Z"),
  }),
  fc.record({ path, op: fc.constant("regex"), value: fc.constantFrom("a", "^t", "^$", "(?i)B+", "\\d") }),
  fc.record({ path, op: fc.constantFrom("starts_with", "ends_with"), value: fc.constantFrom("", "a", "t") }),
  fc.record({ path, op: fc.constantFrom("length_lte", "length_gte"), value: fc.nat(4) }),
  fc.record({
    path,
    op: fc.constantFrom("in_cidr", "not_in_cidr"),
    value: fc.constantFrom<unknown>("10.0.0.0/8", ["::/0", "0.0.0.0/0"]),
  }),
  fc.record({ path, op: fc.constant("exists"), value: fc.boolean() }),
);

export const condition: fc.Arbitrary<object> = fc.letrec<{ any: object }>((tie) => ({
  any: fc.oneof(
    { maxDepth: 3 },
    { weight: 3, arbitrary: leaf },
    { weight: 1, arbitrary: fc.array(tie("any"), { maxLength: 3 }).map((all) => ({ all })) },
    { weight: 1, arbitrary: fc.array(tie("any"), { maxLength: 3 }).map((any) => ({ any })) },
    { weight: 1, arbitrary: tie("any").map((not) => ({ not })) },
  ),
})).any;

export const wall: fc.Arbitrary<object> = fc.record({
  conditions: fc.array(condition, { minLength: 1, maxLength: 3 }),
});

const limit = (counter: string) =>
  fc.oneof(
    fc.record({
      counter: fc.constant(counter),
      window: fc.constantFrom<unknown>("minute", 90),
      max: fc.integer({ min: 1, max: 1000 }),
    }),
    fc.record({
      counter: fc.constant(counter),
      window: fc.constant("day"),
      max: fc.constant(5),
      increment_from: fc.constantFrom("args.a", "args.b.c"),
    }),
  );

const walls = fc.array(wall, { maxLength: 2 });

const entry = fc.record(
  {
    action: fc.constantFrom("allow", "allow", "allow", "deny", "hide", "require_approval"),
    reason: fc.constant("because"),
    require: walls,
    deny_if: walls,
    limits: limit("own").map((each) => [each]),
    rate_limit: fc.constant("5/minute"),
    approval: fc.record({ when: fc.array(condition, { maxLength: 2 }) }, { requiredKeys: [] }),
    arguments: fc.constantFrom("open", "open", "strict"),
    unwrap: fc.constantFrom(
      { tool: "args.tool", arguments: "args.args" },
      { tool: "args.a|json.tool", arguments: "args.a|json" },
      { tool: "tool", arguments: "args" },
    ),
  },
  { requiredKeys: [] },
);

/** Schemas for some of the tools; it is not known of the others. */
export function schemaOf(tool: string): Json | undefined {
  return /^(?:t1|get_x|__proto__|run)$/.test(tool) ? SCHEMA : undefined;
}

const read = parseJson(
  `{"properties":{"a":true,"b":{"properties":{"c":{"type":["number","string"]}}},"any key":{"maxLength":3},
    "list":{"items":{"properties":{"n":{}}}},"tool":{},"args":{"$ref":"#"}}}`,
);
const SCHEMA = read.ok ? read.value : undefined;

/** Names that meet the globs below, names that mean something to JavaScript, and any others. */
export const toolName: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom("t1", "t2", "get_x", "delete_x", "__proto__", "constructor", "toString", "hasOwnProperty"),
  fc.string({ unit: "binary", maxLength: 6 }),
);

const key = fc.constantFrom("t1", "t2", "get_x", "get_*", "delete_*", "*_x", "*", "__proto__", "constructor");

export type PolicyText = {
  readonly default: string;
  readonly hide: readonly string[];
  readonly all_tools: {
    readonly require: readonly object[];
    readonly deny_if: readonly object[];
    readonly limits: readonly object[];
    readonly arguments?: "strict";
  };
  readonly tools: readonly (readonly [string, Readonly<Record<string, unknown>>])[];
};

export const policy: fc.Arbitrary<PolicyText> = fc.record({
  default: fc.constantFrom("allow", "deny"),
  hide: fc.subarray(["t2", "delete_*", "toString", "*y"]),
  all_tools: fc.record({ require: walls, deny_if: walls, limits: limit("shared").map((each) => [each]) }),
  tools: fc.uniqueArray(fc.tuple(key, entry), { maxLength: 5, selector: ([name]) => name }),
});

/** Members as a list, since an object literal could not have a `__proto__` of its own. */
export function textOf({ tools, ...rest }: PolicyText): string {
  const members = tools.map(([name, each]) => `${JSON.stringify(name)}:${JSON.stringify(each)}`);
  return `${JSON.stringify({ version: "1", ...rest }).slice(0, -1)},"tools":{${members.join(",")}}}`;
}
