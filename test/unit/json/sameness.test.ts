import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { equalJson } from "../../../src/json/equal.ts";
import { parseJson } from "../../../src/json/parse.ts";
import { samenessText } from "../../../src/json/sameness.ts";
import type { Json } from "../../../src/json/value.ts";
import { jsonText } from "../policy/arbitrary.ts";

const read = (text: string): Json => {
  const parsed = parseJson(text);
  if (!parsed.ok) throw new Error(`no JSON: ${text}`);
  return parsed.value;
};

describe("the text of a value's sameness", () => {
  it.each([
    ["1", "1.0"],
    ["100", "1e2"],
    ["0", "-0.0"],
    ["9007199254740993", "9007199254740993.0"],
    ["1e400", "10e399"],
    ['{"a":1,"b":2}', '{"b":2.0,"a":1}'],
    ['"\\u0061"', '"a"'],
  ])("is one for %s and %s", (a, b) => {
    expect(samenessText(read(a))).toBe(samenessText(read(b)));
  });

  it("is another for values that only look alike", () => {
    const texts = ["1", '"1"', "true", '"true"', "null", "[]", "{}", "[1]", '["1"]', '{"0":1}', '"[1]"']
      .map(read)
      .map(samenessText);
    expect(new Set(texts).size).toBe(texts.length);
  });

  it("is the same exactly when the values are equal", () => {
    fc.assert(
      fc.property(jsonText, jsonText, (a, b) => {
        const [one, two] = [read(a), read(b)];
        const [left, right] = [samenessText(one), samenessText(two)];
        if (left !== undefined && right !== undefined) expect(left === right).toBe(equalJson(one, two));
      }),
      { numRuns: 3000 },
    );
  });

  it("can't be told where an exponent is too long to add to", () => {
    expect(samenessText(read('{"a":[1e9999999999999999]}'))).toBeUndefined();
  });
});
