import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { canonicalJson } from "../../../src/json/canonical.ts";
import { parseJson } from "../../../src/json/parse.ts";
import { placeAt } from "../../../src/json/place.ts";

const read = (text: string) => {
  const parsed = parseJson(text);
  if (!parsed.ok) throw new Error(parsed.fault.reason);
  return parsed.value;
};
const faultOf = (text: string) => {
  const parsed = parseJson(text);
  return parsed.ok ? null : parsed.fault;
};

/** Bytes that four megabytes of this value hold once they are read. */
function memoryOf(unit: string): number {
  const text = `[${Array(1_400_000).fill(unit)}]`;
  collectGarbage();
  const before = process.memoryUsage().heapUsed;
  const value = read(text);
  collectGarbage();
  const bytes = process.memoryUsage().heapUsed - before;
  expect(value).toHaveLength(1_400_000);
  return bytes;
}

function collectGarbage(): void {
  setFlagsFromString("--expose-gc");
  runInNewContext("gc")();
}

describe("reading JSON", () => {
  it("reads whatever JSON.stringify writes as JSON.parse does", () => {
    fc.assert(
      fc.property(fc.jsonValue({ noUnicodeString: false }), (value) => {
        const text = JSON.stringify(value);
        expect(JSON.parse(JSON.stringify(read(text)))).toEqual(JSON.parse(text));
      }),
      { numRuns: 2000 },
    );
  });

  it("accepts no text that JSON.parse refuses", () => {
    const unit = fc.constantFrom(...'[]{},:"\\ \n\0+-.eE0129tfnulrase');
    const nearly = fc.string({ unit, maxLength: 12 });
    fc.assert(
      fc.property(nearly, (text) => {
        if (parseJson(text).ok) JSON.parse(text);
      }),
      { numRuns: 20_000 },
    );
  });

  it.each(["42.0", "9007199254740993", "1e400", "-0", "1E+2", "0.10", "123456789012345678901234567890"])(
    "keeps the digits of %s",
    (digits) => {
      expect(JSON.stringify(read(`{"n":${digits}}`))).toBe(`{"n":${digits}}`);
    },
  );

  it("keeps names that mean something to JavaScript as plain names", () => {
    const text = '{"__proto__":{"a":1},"constructor":2,"toJSON":"x","hasOwnProperty":null}';
    expect(JSON.stringify(read(text))).toBe(text);
    expect(({} as Record<string, unknown>).a).toBeUndefined();
  });

  it("gives objects that inherit nothing", () => {
    const object = read("{}");
    for (const name of ["constructor", "toString", "__proto__", "hasOwnProperty"]) {
      expect(name in Object(object), name).toBe(false);
    }
  });

  it("takes little more memory for objects than for lists", () => {
    expect(memoryOf("{}")).toBeLessThan(2 * memoryOf("[]"));
  });

  it.each(['{"a":1,"a":2}', '{"a":1,"\\u0061":2}', '{"x":{"y":1,"y":1}}'])("refuses the repeated key in %s", (text) => {
    expect(faultOf(text)?.reason).toMatch(/is repeated/);
  });

  it("refuses a byte order mark, a trailing comma, a comment and text behind the value", () => {
    for (const text of ["\ufeff{}", "[1,]", '{"a":1,}', "// x\n1", "{} {}", "", "01", "+1", "NaN", '"\t"', "'a'"]) {
      expect(faultOf(text), text).not.toBeNull();
    }
  });

  it("refuses what is deeper than 64 levels, and reads what is as deep", () => {
    expect(faultOf("[".repeat(65) + "]".repeat(65))?.reason).toMatch(/deeper than 64/);
    expect(faultOf("[".repeat(64) + "]".repeat(64))).toBeNull();
    expect(faultOf("[".repeat(1_000_000))?.reason).toMatch(/deeper than 64/);
  });

  it("names the place of a fault as an editor does", () => {
    const text = '{\n  "a": 1,\n  "a": 2\n}';
    expect(placeAt(text, faultOf(text)?.offset ?? -1)).toEqual({ line: 3, column: 3 });
  });

  it("gives one text to all orders of the same keys", () => {
    expect(canonicalJson(read('{"b":[{"z":1,"y":2.0}],"a":null}'))).toBe('{"a":null,"b":[{"y":2.0,"z":1}]}');
  });
});
