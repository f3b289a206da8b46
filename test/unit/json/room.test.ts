import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { canonicalJson } from "../../../src/json/canonical.ts";
import { parseJson } from "../../../src/json/parse.ts";
import { roomBeside } from "../../../src/json/room.ts";
import type { Json } from "../../../src/json/value.ts";

const values = fc.jsonValue({ noUnicodeString: false }).map((value): Json => {
  const parsed = parseJson(JSON.stringify(value));
  return parsed.ok ? parsed.value : null;
});

describe("the room that a value's text takes", () => {
  it("is never said to be more than it is", () => {
    const bounds = fc.property(values, fc.nat({ max: 200 }), (value, room) => {
      if (roomBeside(value, room) < 0) expect(canonicalJson(value).length).toBeGreaterThan(room);
    });
    fc.assert(bounds, { numRuns: 5_000 });
  });

  it.each(['""', '"abc"', "7", "[]", "[[]]", "[1]", "{}", '{"":[]}', '{"ab":"c"}', '{"a":{"b":true}}'])(
    "is what %s has, where nothing is escaped and no comma or longer word stands",
    (text) => {
      const parsed = parseJson(text);
      const short = text.replace("true", "1").length;
      expect(parsed.ok && roomBeside(parsed.value, 100)).toBe(100 - short);
    },
  );

  it("is not counted further than it matters", () => {
    const unread: Json[] = ["x".repeat(100)];
    Object.defineProperty(unread, 1, { get: () => expect.unreachable(), enumerable: true });
    expect(roomBeside(unread, 50)).toBeLessThan(0);
    const object: Json = { first: "x".repeat(100) };
    Object.defineProperty(object, "second", { get: () => expect.unreachable(), enumerable: true });
    expect(roomBeside(object, 50)).toBeLessThan(0);
  });
});
