import { describe, expect, it, test } from "vitest";
import { type Json, JsonNumber } from "../../../src/json/value.ts";
import { faultIn } from "../../../src/policy/arguments/examine.ts";
import { enter, leave, newRun, numberWeight, spend, stop, weightOf } from "../../../src/policy/arguments/run.ts";
import { matches } from "../../../src/policy/arguments/strings.ts";

const STEPS = 250_000;
const TOO_LONG = "to check the arguments against it would take too long";

function nested(depth: number): Json {
  let value: Json = 1;
  for (let at = 0; at < depth; at++) value = [value];
  return value;
}

describe("what a check may cost", () => {
  it("is spent to the last step, and not one more", () => {
    const run = newRun();
    expect(run).toEqual({ left: STEPS, depth: 0, stopped: undefined, trail: [], patterns: new Set() });
    expect([spend(run, STEPS - 1), spend(run, 1), run.stopped]).toEqual([true, true, undefined]);
    expect([spend(run, 1), run.stopped]).toEqual([false, TOO_LONG]);
    expect(spend(run, 0)).toBe(false);
  });

  it("goes 400 levels down, and not one more", () => {
    const run = newRun();
    for (let level = 0; level < 400; level++) expect(enter(run)).toBe(true);
    expect([run.depth, run.left]).toEqual([400, STEPS - 400]);
    leave(run);
    expect(enter(run)).toBe(true);
    expect([enter(run), run.stopped]).toEqual([false, "it refers to itself without end"]);
  });

  it("is given up for the first reason there was", () => {
    const run = newRun();
    stop(run, "first");
    stop(run, "second");
    expect([run.stopped, spend(run, 1)]).toEqual(["first", false]);
  });

  it("of a pattern is its preparation once, and its size for the length of each text", () => {
    const run = newRun();
    const pattern = { test: (text: string) => text === "yes", size: 16 };
    expect(matches(pattern, "yes", run)).toBe(true);
    expect(STEPS - run.left).toBe(200 + 160 + 4 + 6);
    expect(matches(pattern, "no", run)).toBe(false);
    expect(STEPS - run.left).toBe(370 + 4 + 4);
    expect(matches({ ...pattern }, "yes", run)).toBe(true);
    expect(STEPS - run.left).toBe(378 + 370);
    stop(run, "no more");
    expect(matches(pattern, "yes", run)).toBe(false);
  });
});

describe("what it costs to read a value", () => {
  test.each<[Json, number]>([
    [null, 1],
    [true, 1],
    [7, 1],
    ["", 1],
    ["x".repeat(63), 1],
    ["x".repeat(64), 2],
    ["x".repeat(640), 11],
    [new JsonNumber("9".repeat(640)), 12],
    [[], 1],
    [[1, "x", [2]], 5],
    [{}, 1],
    [{ a: 1, b: { c: "x".repeat(64) } }, 5],
    [{ a: null, b: false }, 3],
    [nested(64), 65],
    [nested(65), Number.POSITIVE_INFINITY],
    [{ a: nested(64) }, Number.POSITIVE_INFINITY],
    [{ a: nested(63) }, 65],
  ])("is about how much there is of it: %#", (value, steps) => {
    expect(weightOf(value)).toBe(steps);
  });

  test("is of a number how many digits it has", () => {
    expect([7, "7", new JsonNumber("7"), new JsonNumber("9".repeat(128))].map((value) => numberWeight(value))).toEqual([
      ...[0, 0, 1, 3],
    ]);
  });
});

describe("arguments that are deeper than any that come over the wire", () => {
  it("are denied and not looked through to their end", () => {
    const named = { properties: { a: {} } };
    expect(faultIn(named, { a: nested(63) })).toBeUndefined();
    expect(faultIn(named, { a: nested(64) })).toBe(
      "The arguments can't be checked against the tool's schema: they are too deep.",
    );
  });
});
