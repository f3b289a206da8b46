import { describe, expect, test } from "vitest";
import { lineDiff, policyDiff } from "../../../src/cli/apply/diff.ts";
import { parseJson } from "../../../src/json/parse.ts";
import type { Json } from "../../../src/json/value.ts";

function json(text: string): Json {
  const parsed = parseJson(text);
  if (!parsed.ok) throw new Error(parsed.fault.reason);
  return parsed.value;
}

const marks = { same: " ", added: "+", removed: "-", gap: "~" } as const;

function drawn(lines: ReturnType<typeof lineDiff>): string[] {
  return lines.map(({ kind, text }) => marks[kind] + text);
}

describe("the difference of two policies", () => {
  test("is told by the lines that changed, with three around them", () => {
    const before = json('{"version":"1","default":"deny","tools":{"a":{},"b":{"limits":[{"max":5}]}}}');
    const after = json('{"version":"1","default":"deny","tools":{"a":{},"b":{"limits":[{"max":7}]}}}');
    expect(drawn(policyDiff(before, after))).toEqual([
      "~…",
      '     "b": {',
      '       "limits": [',
      "         {",
      '-          "max": 5',
      '+          "max": 7',
      "         }",
      "       ]",
      "     }",
      "~…",
    ]);
  });

  test("is none when only order and white space differ", () => {
    expect(drawn(policyDiff(json('{"a":1,"b":2}'), json('{ "b": 2, "a": 1 }')))).toEqual(["~…"]);
  });

  test("shows the digits of a number that a double can't hold", () => {
    const lines = drawn(policyDiff(json('{"v":9007199254740992}'), json('{"v":9007199254740993}')));
    expect(lines).toContain('+  "v": 9007199254740993');
  });

  test("tells what was added and what was removed apart", () => {
    expect(drawn(lineDiff(["a", "c"], ["a", "b", "c"]))).toEqual([" a", "+b", " c"]);
    expect(drawn(lineDiff(["a", "b", "c"], ["a", "c"]))).toEqual([" a", "-b", " c"]);
  });

  test("only counts when two documents have nothing in common and are long", () => {
    const lines = (prefix: string): string[] => Array.from({ length: 5000 }, (_, index) => `${prefix}${index}`);
    expect(lineDiff(lines("a"), lines("b"))).toEqual([
      { kind: "gap", text: "5000 lines become 5000; too many to show" },
    ]);
  });
});
