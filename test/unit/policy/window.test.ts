import { describe, expect, it } from "vitest";
import { parseJson } from "../../../src/json/parse.ts";
import { LONGEST, readWindow } from "../../../src/policy/window.ts";

const windowOf = (text: string) => {
  const read = parseJson(text);
  return read.ok ? readWindow(read.value) : "no JSON";
};

describe("a window", () => {
  it.each([
    ["1", "second"],
    ["60", "minute"],
    ["3600", "hour"],
    ["86400", "day"],
    ["3.6e3", "hour"],
    ["60.000", "minute"],
  ] as const)("of %s seconds is the %s, and counts with it", (text, name) => {
    expect(windowOf(text)).toBe(name);
    expect(windowOf(`"${name}"`)).toBe(name);
  });

  it("of a week is by name only: it begins on Monday, and as many seconds do not", () => {
    expect(windowOf('"week"')).toBe("week");
    expect(windowOf("604800")).toBe(604_800);
  });

  it.each(["2", "59", "3599", "86401", `${LONGEST}`])("has a length of its own: %s", (text) => {
    expect(windowOf(text)).toBe(Number(text));
  });

  it.each([
    "0",
    "-60",
    "0.5",
    "1.5",
    `${LONGEST + 1}`,
    "1e99",
    '"Minute"',
    '"year"',
    '"60"',
    '""',
    "true",
    "null",
    "[60]",
    "{}",
  ])("can't be %s", (text) => {
    expect(windowOf(text)).toBeUndefined();
  });
});
