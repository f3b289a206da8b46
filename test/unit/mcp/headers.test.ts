import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseJson } from "../../../src/json/parse.ts";
import { type Json, JsonNumber, type JsonObject } from "../../../src/json/value.ts";
import { decodeHeaderValue, encodeHeaderValue, mirrorText, trimmed } from "../../../src/mcp/headers.ts";
import { checkParams, mirrorsOf, paramHeaders } from "../../../src/mcp/params.ts";

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

  it.each([
    ["=?base64??=", ""],
    ["=?base64?YQ==?=", "a"],
    ["=?base64?YWI=?=", "ab"],
    ["=?base64?YWJj?=", "abc"],
    ["=?base64?/+8A?=", null],
    ["=?base64?77u/YQ==?=", "\ufeffa"],
    ["=?base64?YWJj YWJj?=", null],
    ["=?base64?YWJjYQ?=", null],
    ["=?base64?=YQ=?=", null],
    ["=?base64?YWJj=YWJj?=", null],
  ])("are read from base64: %s", (value, text) => {
    expect(decodeHeaderValue(value)).toBe(text);
  });

  it.each([
    ["plain", true],
    ["two words\tand a tab", true],
    ["", true],
    ["caf\u00e9", false],
    ["\u007f", false],
    ["a\u0000", false],
    ["\n", false],
  ])("are ASCII where they are plain: %j", (value, sound) => {
    expect(decodeHeaderValue(value)).toBe(sound ? value : null);
  });

  it.each([
    ["a", "a"],
    ["!~", "!~"],
    ["a b\tc", "a b\tc"],
    ["", "=?base64??="],
    [" a", "=?base64?IGE=?="],
    ["a ", "=?base64?YSA=?="],
    ["a\n", "=?base64?YQo=?="],
    ["\u00e9", "=?base64?w6k=?="],
    ["=?base64?x", "=?base64?x"],
    ["x?=", "x?="],
  ])("are written plain where that is safe: %j", (text, value) => {
    expect(encodeHeaderValue(text)).toBe(value);
  });

  it.each<[Json | undefined, string | null]>([
    ["a", "a"],
    ["", ""],
    [true, "true"],
    [false, "false"],
    [1.5, "1.5"],
    [new JsonNumber("9007199254740993"), "9007199254740993"],
    [null, null],
    [undefined, null],
    [{}, null],
    [["a"], null],
  ])("mirror a primitive, and nothing else: %j", (value, text) => {
    expect(mirrorText(value)).toBe(text);
  });

  it.each(["=?BASE64?ZXZpbA==?=", "=?base64?ZXZpbA=="])("take %s literally", (value) => {
    expect(decodeHeaderValue(value)).toBe(value);
  });
});

describe("white space around a header value", () => {
  it.each([
    ["\t a b \t", "a b"],
    [" \t ", ""],
    ["", ""],
    ["a", "a"],
    ["\u00a0a", "\u00a0a"],
  ])("goes, and no other: %j", (value, kept) => {
    expect(trimmed(value)).toBe(kept);
  });

  it("is none where there is no value", () => {
    expect(trimmed(null)).toBeNull();
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

  it.each<[string, Record<string, string>, string, string | null]>([
    ["agree", { "mcp-param-region": " eu\t", "mcp-param-n": "1" }, '{"region":"eu","at":{"n":1}}', null],
    ["agree in base64", { "mcp-param-region": "=?base64?ZXU=?=" }, '{"region":"eu"}', null],
    ["agree where neither is there", {}, "{}", null],
    ["agree where a value can't be mirrored", {}, '{"region":["eu"],"at":{"n":null}}', null],
    ["agree on an empty text", { "mcp-param-region": "" }, '{"region":""}', null],
    ["mind other headers not", { "mcp-params-region": "us", "x-mcp-param-region": "us" }, "{}", null],
    [
      "disagree where the header is missing",
      { "mcp-param-region": "eu" },
      '{"region":"eu","at":{"n":1}}',
      "at.n is set, but Mcp-Param-n is missing",
    ],
    [
      "disagree where the argument is missing",
      { "mcp-param-n": "1" },
      '{"at":[1],"other":1}',
      "Mcp-Param-n does not mirror an argument",
    ],
    [
      "disagree on a number that is written otherwise",
      { "mcp-param-n": "1e0" },
      '{"at":{"n":1}}',
      "Mcp-Param-n does not mirror an argument",
    ],
    [
      "disagree on a text that looks like the number",
      { "mcp-param-region": "1.0" },
      '{"region":"1"}',
      "Mcp-Param-region does not mirror an argument",
    ],
    [
      "are not read from broken base64",
      { "mcp-param-region": "=?base64?ZXU?=" },
      '{"region":"eu"}',
      "Mcp-Param-region is neither ASCII nor sound base64",
    ],
    [
      "must mirror some argument where the schema names no such header",
      { "mcp-param-other": "eu" },
      '{"x":"us"}',
      "Mcp-Param-other does not mirror an argument",
    ],
    ["may mirror any argument where the schema names no such header", { "mcp-param-other": "us" }, '{"x":"us"}', null],
  ])("%s", (_, headers, args, said) => {
    expect(checkParams(new Headers(headers), object(args), mirrors)).toBe(said);
  });

  it("are those of the headers that begin so, and no others", () => {
    const headers = new Headers({ "MCP-Param-A": "1", "mcp-params-b": "2", "x-mcp-param-c": "3" });
    expect(paramHeaders(headers)).toEqual([["mcp-param-a", "1"]]);
    expect(paramHeaders(headers)).toBe(paramHeaders(headers));
    expect(paramHeaders(new Headers())).toEqual([]);
  });

  it("are numbers by their value, however many digits say it", () => {
    const args = object('{"region":"eu","at":{"n":1.25}}');
    const of = (n: string) => checkParams(new Headers({ "mcp-param-region": "eu", "mcp-param-n": n }), args, mirrors);
    expect([of("1.250"), of("1.2500")]).toEqual([null, null]);
    expect(of("1.251")).toMatch(/does not mirror/);
    expect(checkParams(new Headers({ "mcp-param-x": "1.250" }), args, null)).toBeNull();
  });

  it("are named in any case", () => {
    expect(checkParams([["MCP-Param-REGION", "us"]], object('{"region":"eu"}'), mirrors)).toBe(
      "Mcp-Param-region does not mirror an argument",
    );
  });

  it("name the first header that mirrors nothing, while the schema is not known", () => {
    const headers = new Headers({ "mcp-param-a": "x", "mcp-param-b": "7", "mcp-param-c": "y" });
    expect(checkParams(headers, object('{"in":["x"]}'), null)).toBe("Mcp-Param-b does not mirror an argument");
    expect(checkParams(headers, object('{"in":["x",{"n":7.0}]}'), null)).toBe(
      "Mcp-Param-c does not mirror an argument",
    );
    expect(checkParams(new Headers({ "mcp-param-a": "null" }), object('{"in":null}'), null)).not.toBeNull();
  });

  it.each([
    ['{"properties":{"A":{"x-mcp-header":"Where"}}}', { where: ["A"] }],
    ['{"x-mcp-header":"Root"}', {}],
    ['{"properties":{"a":{"x-mcp-header":7}}}', {}],
    ['{"properties":[{"x-mcp-header":"a"}]}', {}],
    ['{"items":{"x-mcp-header":"a"}}', {}],
    ['{"properties":{"a":true,"b":{"properties":{"c":{"x-mcp-header":"C"}}}}}', { c: ["b", "c"] }],
    ["true", {}],
  ])("are declared along properties only: %s", (schema, expected) => {
    const parsed = parseJson(schema);
    expect(Object.fromEntries(mirrorsOf(parsed.ok ? parsed.value : undefined))).toEqual(expected);
    expect(mirrorsOf(undefined).size).toBe(0);
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
