import { describe, expect, it } from "vitest";
import { equalJson } from "../../../src/json/equal.ts";
import { parseJson } from "../../../src/json/parse.ts";
import type { Json } from "../../../src/json/value.ts";

function json(text: string): Json {
  const parsed = parseJson(text);
  if (!parsed.ok) throw new Error(parsed.fault.reason);
  return parsed.value;
}

describe("JSON equality", () => {
  it.each([
    ["42", "42.0"],
    ['{"a":1,"b":[2]}', '{"b":[2.0],"a":1e0}'],
    ['{"__proto__":1}', '{"__proto__":1}'],
    ["[]", "[]"],
    ["null", "null"],
    ['"\\ud83d"', '"\\ud83d"'],
  ])("finds %s and %s equal", (a, b) => {
    expect(equalJson(json(a), json(b))).toBe(true);
  });

  it.each([
    ["9007199254740993", "9007199254740992"],
    ["1", '"1"'],
    ["0", "false"],
    ["null", "0"],
    ["[1,2]", "[2,1]"],
    ["[1]", "[1,1]"],
    ['{"a":1}', '{"b":1}'],
    ['{"a":null}', "{}"],
    ['{"toString":1}', "{}"],
    ["{}", "[]"],
    ["1.5e0", "[1.5]"],
    ['"\\u00e9"', '"e\\u0301"'],
  ])("tells %s and %s apart", (a, b) => {
    expect(equalJson(json(a), json(b))).toBe(false);
    expect(equalJson(json(b), json(a))).toBe(false);
  });
});
