import { describe, expect, it } from "vitest";
import { locate, pointersAt } from "../../../src/json/locate.ts";
import { type JsonFault, MAX_DEPTH, parseJson } from "../../../src/json/parse.ts";
import { placeAt, placesIn } from "../../../src/json/place.ts";
import { child } from "../../../src/json/pointer.ts";

const TEXT = `{ "a" : [ 1, {"b/c":"x\\"}"} , [] ],
  "~": { "": null, "é\\u0022": -1.5e3 } }`;

describe("finding a pointer in a text", () => {
  it.each([
    ["", "{", "{"],
    ["/a", '"a"', "[ 1"],
    ["/a/0", "1,", "1,"],
    ["/a/1", '{"b', '{"b'],
    ["/a/1/b~1c", '"b/c"', '"x\\"}"'],
    ["/a/2", "[]", "[]"],
    ["/~0", '"~"', '{ ""'],
    ["/~0/", '"": null', "null"],
    ['/~0/é"', '"é', "-1.5e3"],
  ])("finds key and value of %j", (pointer, key, value) => {
    const found = locate(TEXT, new Set([pointer])).get(pointer);
    expect(TEXT.slice(found?.key).startsWith(key)).toBe(true);
    expect(TEXT.slice(found?.value).startsWith(value)).toBe(true);
  });

  it("has no entry for a pointer that leads nowhere", () => {
    expect(locate(TEXT, new Set(["/b", "/a/9"])).size).toBe(0);
  });

  it("finds the first of a repeated key, and names the second by its offset", () => {
    const text = '{"x":{"a":1,\n "a":2}}';
    const repeats: JsonFault[] = [];
    const parsed = parseJson(text, MAX_DEPTH, repeats);
    expect(parsed).toEqual({ ok: true, value: { x: { a: 1 } } });
    const offset = repeats[0]?.offset ?? -1;
    expect(placeAt(text, offset)).toEqual({ line: 2, column: 2 });
    expect(pointersAt(text, new Set([offset])).get(offset)).toBe("/x/a");
    expect(locate(text, new Set(["/x/a"])).get("/x/a")?.key).toBe(6);
  });

  it("refuses a repeated key when nobody collects them", () => {
    expect(parseJson('{"a":1,"a":2}')).toEqual({
      ok: false,
      fault: { reason: 'the key "a" is repeated', offset: 7 },
    });
  });
});

describe("lines and columns", () => {
  it("are counted from 1, for many offsets of one text", () => {
    const placeOf = placesIn("ab\n\ncd");
    expect([0, 1, 2, 3, 4, 5, 6].map((offset) => Object.values(placeOf(offset)))).toEqual([
      [1, 1],
      [1, 2],
      [1, 3],
      [2, 1],
      [3, 1],
      [3, 2],
      [3, 3],
    ]);
  });
});

describe("pointers", () => {
  it("escape what RFC 6901 gives a meaning", () => {
    expect(child(child("/tools", "a/b~c"), 0)).toBe("/tools/a~1b~0c/0");
  });
});
