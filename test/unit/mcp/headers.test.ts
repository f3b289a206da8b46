import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseJson } from "../../../src/json/parse.ts";
import type { JsonObject } from "../../../src/json/value.ts";
import { decodeHeaderValue, encodeHeaderValue } from "../../../src/mcp/headers.ts";
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
});
