import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseJson } from "../../../src/json/parse.ts";
import type { JsonObject } from "../../../src/json/value.ts";
import { decodeHeaderValue, encodeHeaderValue, trimmed } from "../../../src/mcp/headers.ts";
import { checkParams, mirrorsOf } from "../../../src/mcp/params.ts";

const object = (text: string): JsonObject => {
  const parsed = parseJson(text);
  return parsed.ok ? (parsed.value as JsonObject) : {};
};

describe("mirrored header values", () => {
  it("carry any well-formed text through a header unchanged", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        fc.pre(text.isWellFormed() && text !== "");
        const encoded = encodeHeaderValue(text);
        expect(encoded).toMatch(/^[\x21-\x7e](?:[\x20-\x7e\t]*[\x21-\x7e])?$/);
        expect(decodeHeaderValue(encoded)).toBe(text);
      }),
    );
  });

  it("encode what already looks encoded, so that it can't be taken for something else", () => {
    const text = "=?base64?ZXZpbA==?=";
    expect(decodeHeaderValue(encodeHeaderValue(text))).toBe(text);
  });

  it.each(["=?base64?ZXZpbA?=", "=?base64?Z*==?=", "=?base64?/w==?="])("refuse broken base64: %s", (value) => {
    expect(decodeHeaderValue(value)).toBeNull();
  });

  it.each(["=?BASE64?ZXZpbA==?=", "=?base64?ZXZpbA=="])("take %s literally", (value) => {
    expect(decodeHeaderValue(value)).toBe(value);
  });
});

describe("white space around a header value", () => {
  it.each([
    ["\t a b \t", "a b"],
    [" \t ", ""],
    ["\u00a0a", "\u00a0a"],
  ])("goes, and no other: %j", (value, kept) => {
    expect(trimmed(value)).toBe(kept);
  });

  it("costs what the value costs, however long a run of it does not end the value", () => {
    const value = `a${" ".repeat(150_000)}b`;
    expect(trimmed(value)).toBe(value);
  });
});

describe("mirrored arguments", () => {
  const mirrors = mirrorsOf(
    object('{"properties":{"region":{"x-mcp-header":"Region"},"at":{"properties":{"n":{"x-mcp-header":"N"}}}}}'),
  );

  it("agree with the argument that the tool's schema names", () => {
    const args = object('{"region":"eu","at":{"n":42}}');
    expect(checkParams(new Headers({ "mcp-param-region": "eu", "mcp-param-n": "42.0" }), args, mirrors)).toBeNull();
    expect(checkParams(new Headers({ "mcp-param-region": "us", "mcp-param-n": "42" }), args, mirrors)).toMatch(
      /region/,
    );
    expect(checkParams(new Headers({ "mcp-param-region": "eu" }), args, mirrors)).toMatch(/missing/);
  });

  it("tell long integers apart", () => {
    const args = object('{"region":"eu","at":{"n":9007199254740993}}');
    const headers = new Headers({ "mcp-param-region": "eu", "mcp-param-n": "9007199254740992" });
    expect(checkParams(headers, args, mirrors)).toMatch(/does not mirror/);
  });

  it("must mirror some argument even while the schema is not known", () => {
    const args = object('{"deep":[{"x":"eu"}]}');
    expect(checkParams(new Headers({ "mcp-param-region": "eu" }), args, null)).toBeNull();
    expect(checkParams(new Headers({ "mcp-param-region": "us" }), args, null)).toMatch(/does not mirror/);
  });

  it("match a number however a header writes it, and never a string for its looks", () => {
    const args = object('{"n":42,"big":9007199254740993,"s":"1.0","b":true}');
    for (const value of ["42.0", "042", "9007199254740993", "1.0", "true"]) {
      expect(checkParams(new Headers({ "mcp-param-x": value }), args, null), value).toBeNull();
    }
    for (const value of ["9007199254740992", "1", "4.2e1", "false", ""]) {
      expect(checkParams(new Headers({ "mcp-param-x": value }), args, null), value).toMatch(/does not mirror/);
    }
  });

  it("cost the sum of headers and arguments, and not their product", () => {
    const args = object(`{"a":[${Array(500_000).fill(0)}],"b":"x","n":7}`);
    const headers = Array.from({ length: 2_000 }, (_, at) => [`mcp-param-${at}`, at % 2 ? "x" : "7.0"] as const);
    expect(checkParams(headers, args, null)).toBeNull();
    expect(checkParams([...headers, ["mcp-param-y", "z"]], args, null)).toMatch(/Mcp-Param-y does not mirror/);
  });
});
