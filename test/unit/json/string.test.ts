import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseJson } from "../../../src/json/parse.ts";

/** What strings are made of, and what looks like it: whole escapes, broken ones, quotes, and characters that must be escaped. */
const PARTS = [
  ...['"', "\\", "\\\\", '\\"', "\\/", "\\n", "\\u", "\\u00", "\\u0041", "\\ud83d", "\\x", "u", "n", "0", "é", "語"],
  ...["\n", "\0", "\x1f", " ", "\x7f", "\u2028", "\ud800", "\ufeff", "\uffff"],
];
const inside = fc.array(fc.constantFrom(...PARTS), { maxLength: 14 }).map((parts) => parts.join(""));

function native(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function read(text: string): unknown {
  const parsed = parseJson(text);
  return parsed.ok ? parsed.value : undefined;
}

function faultOf(text: string) {
  const parsed = parseJson(text);
  return parsed.ok ? null : parsed.fault;
}

describe("reading strings", () => {
  it("reads and refuses them as JSON.parse does", () => {
    const texts = fc.tuple(inside, inside).map(([one, other]) => `["${one}",{"${other}":"${one}"},"${other}"]`);
    const check = (text: string) => {
      expect(read(text)).toEqual(native(text));
    };
    fc.assert(
      fc.property(inside, (text) => check(`"${text}"`)),
      { numRuns: 20_000 },
    );
    fc.assert(fc.property(texts, check), { numRuns: 20_000 });
  });

  it("names the first fault: whatever stands before it is sound", () => {
    const check = (text: string) => {
      const fault = faultOf(`"${text}`);
      const faulty = fault === null || /not closed|expected/.test(fault.reason) ? 0 : fault.offset;
      if (faulty > 0) expect(native(`"${text.slice(0, faulty - 1)}"`)).toBeTypeOf("string");
    };
    fc.assert(fc.property(inside, check), { numRuns: 20_000 });
  });

  const OPEN = "a string is not closed";
  const ESCAPE = "this is no escape that JSON knows";
  const HEX = "\\u wants four hexadecimal digits";
  const CONTROL = "a control character stands in a string; write it as an escape";
  it.each([
    ['["', OPEN, 1],
    ['["a\\"', OPEN, 1],
    ['["a\\\\\\"]', OPEN, 1],
    ['["\\n', OPEN, 1],
    ['["\\', ESCAPE, 2],
    ['["\\n\\', ESCAPE, 4],
    ['["\\x"]', ESCAPE, 2],
    ['["\\U0041"]', ESCAPE, 2],
    ['["\\u004"]', HEX, 2],
    ['["\\n\\u00', HEX, 4],
    ['["\\u+041"]', HEX, 2],
    ['["a\nb"]', CONTROL, 3],
    ['["\\n\0"]', CONTROL, 4],
    ['["\\"\t\\x', CONTROL, 4],
    ['{"\\x\t":1}', ESCAPE, 2],
    ['{"a":"\\', ESCAPE, 6],
  ])("says what is wrong with %j, and where", (text, reason, offset) => {
    expect(faultOf(text)).toEqual({ reason, offset });
  });

  it("reads megabytes of whatever is hard to tell from an end", () => {
    const pairs = 2_000_000;
    expect(read(`"${"\\\\".repeat(pairs)}"`)).toBe("\\".repeat(pairs));
    expect(read(`"${'\\"'.repeat(pairs)}"`)).toBe('"'.repeat(pairs));
    expect(faultOf(`"${"\\\\".repeat(pairs)}\\"`)).toEqual({ reason: OPEN, offset: 0 });
    expect(faultOf(`"${"\\n".repeat(pairs)}\n"`)).toEqual({ reason: CONTROL, offset: 2 * pairs + 1 });
  });
});
