import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DENIES, FAILS, faultsOf, HOLDS, judged } from "./given.ts";

const T = { path: "args.yes", op: "eq", value: 1 };
const F = { path: "args.yes", op: "eq", value: 2 };
const U = { path: "args.text", op: "gt", value: 1 };
const ARGS = '{"yes":1,"text":"many","list":[1,2],"none":[],"mixed":[1,"x"],"objects":[{"n":1},{}],"nothing":null}';
const outcome = (condition: object) => judged(condition, ARGS);

describe("groups", () => {
  it.each([
    ["all", [], HOLDS],
    ["all", [T, T], HOLDS],
    ["all", [T, F], FAILS],
    ["all", [U, F], FAILS],
    ["all", [F, U], FAILS],
    ["all", [T, U], DENIES],
    ["any", [], FAILS],
    ["any", [F, T], HOLDS],
    ["any", [F, F], FAILS],
    ["any", [U, T], HOLDS],
    ["any", [T, U], HOLDS],
    ["any", [F, U], DENIES],
  ])("%s of %j follows strong Kleene logic", (kind, conditions, expected) => {
    expect(outcome({ [kind]: conditions })).toEqual(expected);
    const opposite = expected === HOLDS ? FAILS : expected === FAILS ? HOLDS : DENIES;
    expect(outcome({ not: { [kind]: conditions } })).toEqual(opposite);
    expect(outcome({ not: { not: { [kind]: conditions } } })).toEqual(expected);
  });

  it("nest, and agree with a table of three-valued logic on any formula", () => {
    type Formula = { readonly condition: object; readonly value: -1 | 0 | 1 };
    const leaf = fc.constantFrom<Formula>(
      { condition: T, value: 1 },
      { condition: F, value: -1 },
      { condition: U, value: 0 },
    );
    const formula = fc.letrec<{ any: Formula }>((tie) => ({
      any: fc.oneof(
        { maxDepth: 4 },
        leaf,
        fc.array(tie("any"), { maxLength: 3 }).map((parts) => ({
          condition: { all: parts.map(({ condition }) => condition) },
          value: parts.reduce<-1 | 0 | 1>((low, { value }) => (value < low ? value : low), 1),
        })),
        fc.array(tie("any"), { maxLength: 3 }).map((parts) => ({
          condition: { any: parts.map(({ condition }) => condition) },
          value: parts.reduce<-1 | 0 | 1>((high, { value }) => (value > high ? value : high), -1),
        })),
        tie("any").map(
          ({ condition, value }): Formula => ({
            condition: { not: condition },
            value: value === 0 ? 0 : value === 1 ? -1 : 1,
          }),
        ),
      ),
    })).any;
    fc.assert(
      fc.property(formula, ({ condition, value }) => {
        expect(outcome(condition)).toEqual(value === 1 ? HOLDS : value === -1 ? FAILS : DENIES);
      }),
      { numRuns: 2000 },
    );
  });

  it("stand alone: a condition is a leaf or a group, never both", () => {
    const faults = (condition: unknown) => faultsOf({ deny_if: [{ conditions: [condition] }] });
    expect(faults({ ...T, any: [] })).toEqual([
      expect.stringContaining('/conditions/0/any: "any" is no field of a condition'),
    ]);
    expect(faults({ all: [], any: [] })).toEqual([expect.stringContaining('"any" is no field of a group')]);
    expect(faults({ not: [T] })).toHaveLength(1);
    expect(faults({ all: T })).toHaveLength(1);
    expect(faults({ any: [{ all: [{ not: { ...T, op: "eqq" } }] }] })).toEqual([
      expect.stringContaining("/conditions/0/any/0/all/0/not/op: "),
    ]);
  });

  it("count their leaves together", () => {
    const half = { any: Array.from({ length: 51 }, () => T) };
    expect(faultsOf({ deny_if: [{ conditions: [half] }] })).toEqual([]);
    expect(faultsOf({ deny_if: [{ conditions: [half, { not: half }] }] })).toHaveLength(1);
    expect(faultsOf({ approval: { when: [half, half] } })).toEqual([expect.stringMatching(/^\/tools\/t\/approval: /)]);
  });
});

describe("not", () => {
  it.each([
    ["eq", 1, "neq", 1],
    ["neq", 1, "eq", 1],
    ["in", [1], "not_in", [1]],
    ["not_in", [1], "in", [1]],
    ["lt", 1, "gte", 1],
    ["lte", 1, "gt", 1],
    ["gt", 1, "lte", 1],
    ["gte", 1, "lt", 1],
    ["exists", true, "exists", false],
    ["exists", false, "exists", true],
    ["length_lte", 1, "length_gte", 2],
    ["length_gte", 1, "length_lte", 0],
    ["in_cidr", "10.0.0.0/8", "not_in_cidr", "10.0.0.0/8"],
    ["not_in_cidr", "10.0.0.0/8", "in_cidr", "10.0.0.0/8"],
  ])("of %s %j is %s %j, for every kind of value and under [*]", (op, value, opposite, other) => {
    const values = [
      "{}",
      '{"x":null}',
      '{"x":"10.1.1.1"}',
      ...["0", "1", "2", "null", '"s"', '"10.0.0.1"', "[]", "[1]", "{}"].map((x) => `{"x":${x}}`),
    ];
    const lists = ["[]", "[0,1]", "[1,1]", "[2]", '[1,"s"]', "[null]", "5"].map((x) => `{"x":${x}}`);
    for (const [path, args] of [
      ...values.map((each) => ["args.x", each]),
      ...lists.map((each) => ["args.x[*]", each]),
    ]) {
      expect(judged({ not: { path, op, value } }, args ?? "")).toEqual(
        judged({ path, op: opposite, value: other }, args ?? ""),
      );
    }
  });

  it.each([
    ["contains", "a"],
    ["regex", "a"],
    ["starts_with", "a"],
    ["ends_with", "a"],
  ])("of %s guards against an absent value, as neq does", (op, value) => {
    const not = { not: { path: "args.x", op, value } };
    expect(judged(not, "{}")).toEqual(DENIES);
    expect(judged(not, '{"x":"a"}')).toEqual(FAILS);
    expect(judged(not, '{"x":"b"}')).toEqual(HOLDS);
    expect(judged(not, '{"x":7}')).toEqual(DENIES);
  });
});

describe("[*]", () => {
  const each = (path: string, op: string, value: unknown) => outcome({ path, op, value });

  it.each([
    ["args.list[*]", "gt", 0, HOLDS],
    ["args.list[*]", "gt", 2, FAILS],
    // One of two: enough for a deny_if to deny, not enough for a require to let pass.
    ["args.list[*]", "gt", 1, DENIES],
    ["args.list[*]", "neq", 1, DENIES],
    ["args.mixed[*]", "gt", 0, DENIES],
    ["args.none[*]", "eq", 1, { deny_if: "allow", require: "allow" }],
    ["args.objects[*].n", "eq", 1, DENIES],
    ["args.objects[*].n", "exists", true, DENIES],
    ["args.yes[*]", "eq", 1, DENIES],
    ["args[*]", "eq", 1, DENIES],
    ["args.missing[*]", "eq", 1, FAILS],
    ["args.nothing[*]", "eq", 1, FAILS],
    ["args.nothing[*]", "neq", 1, DENIES],
    ["args.missing[*]", "neq", 1, DENIES],
    ["args.missing[*].x", "exists", false, HOLDS],
    ["grant.tags[*]", "in", ["dev", "eu"], HOLDS],
  ])("%s %s %j: any element in a deny_if, every one in a require", (path, op, value, expected) => {
    expect(each(path, op, value)).toEqual(expected);
  });

  it("lets a decided element win over one that can't be told", () => {
    const wall = (op: string, value: number) => each("args.mixed[*]", op, value);
    expect(wall("eq", 1).deny_if).toBe("deny");
    expect(wall("gt", 5)).toEqual(DENIES);
    expect(wall("lt", 1).require).toBe("deny");
  });

  it("goes through lists of lists", () => {
    const condition = (op: string) => ({ path: "args.m[*][*].v", op, value: 3 });
    const args = '{"m":[[{"v":1},{"v":2}],[],[{"v":3}]]}';
    expect(judged(condition("lte"), args)).toEqual(HOLDS);
    expect(judged(condition("gt"), args)).toEqual(FAILS);
    expect(judged(condition("eq"), args)).toEqual(DENIES);
  });
});

describe("|json", () => {
  const at = (path: string, args: object) => judged({ path, op: "eq", value: 7 }, JSON.stringify(args));

  it("looks inside a string that is JSON, as often as it is", () => {
    expect(at("args.d|json.n", { d: '{"n":7.0}' })).toEqual(HOLDS);
    expect(at("args.d|json", { d: " 7 " })).toEqual(HOLDS);
    expect(at('args.d|json["a b"][1]', { d: '{"a b":[0,7]}' })).toEqual(HOLDS);
    expect(at("args.d|json.e|json.n", { d: JSON.stringify({ e: '{"n":7}' }) })).toEqual(HOLDS);
    expect(at("args.d|json[*]", { d: "[7,7]" })).toEqual(HOLDS);
    expect(at("args.d|json.n", { d: '{"m":7}' })).toEqual(FAILS);
    expect(at("args.d|json.n", { d: "null" })).toEqual(FAILS);
    expect(at("args.d|json.n", {})).toEqual(FAILS);
  });

  it.each(['{"n":7,"n":7}', "{n:7}", "", "7 7", '\ufeff{"n":7}', `${"[".repeat(65)}${"]".repeat(65)}`, "NaN"])(
    "can't tell of text that is not strict JSON: %j",
    (d) => {
      expect(at("args.d|json.n", { d })).toEqual(DENIES);
      expect(judged({ path: "args.d|json.n", op: "exists", value: true }, JSON.stringify({ d }))).toEqual(DENIES);
    },
  );

  it("can't tell of what is no string", () => {
    for (const d of [7, true, { n: 7 }, [7]]) expect(at("args.d|json.n", { d })).toEqual(DENIES);
  });
});
