import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { leaksOf } from "../../../src/upstream/leak.ts";

const none = () => [];

/** All signs as escapes. */
const escaped = (text: string) =>
  text.replace(/\W/g, (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, "0")}`);

describe("a credential", () => {
  const sign = fc.integer({ min: 0x20, max: 0x7e }).map((code) => String.fromCharCode(code));
  const printable = fc.string({ minLength: 8, maxLength: 40, unit: sign });

  it("is found however it is written in JSON, and in JSON within", () => {
    fc.assert(
      fc.property(printable, (secret) => {
        // Backslashes don't count.
        fc.pre(secret.replaceAll("\\", "").length >= 8);
        const leaks = leaksOf([secret], none);
        const json = JSON.stringify({ a: [`x${secret}y`] });
        for (const text of [json, JSON.stringify({ json }), `{"a":"${escaped(secret)}"}`])
          expect(leaks(text)).toBe(true);
      }),
    );
  });

  it("is not found where it is not", () => {
    fc.assert(
      fc.property(printable, printable, (secret, other) => {
        fc.pre(!`a${other}`.includes(secret));
        expect(leaksOf([secret], none)(JSON.stringify({ a: other }))).toBe(false);
      }),
    );
    expect(leaksOf(["a.c.e.g.i"], none)('"abcdefghi"')).toBe(false);
    expect(leaksOf([], none)('""')).toBe(false);
  });

  it("is any of several, each time anew", () => {
    const leaks = leaksOf(["first-secret", "second-secret"], none);
    for (const text of ['"first-secret"', '"a second-secret"', '"first-secret"']) expect(leaks(text)).toBe(true);
    expect(leaks('"third-secret"')).toBe(false);
  });

  it("is each token that was sent lately", () => {
    let tokens: string[] = [];
    const leaks = leaksOf(["the-secret"], () => tokens);
    expect(leaks('"token-one"')).toBe(false);
    tokens = ["token-one"];
    expect(["token-one", "token-two", "the-secret"].map(leaks)).toEqual([true, false, true]);
    tokens = ["token-two", "token-one"];
    expect(["token-one", "token-two", "the-secret"].map(leaks)).toEqual([true, true, true]);
    tokens = ["token-two"];
    expect(["token-one", "token-two"].map(leaks)).toEqual([false, true]);
  });

  it("is found by its end where it is longer than a pattern may be", () => {
    const long = "a-%".repeat(6_000);
    const leaks = leaksOf([long], () => [`${long}token`]);
    expect([long, `${long}token`, "a-%".repeat(10)].map((text) => leaks(JSON.stringify({ text })))).toEqual([
      true,
      true,
      false,
    ]);
  });

  it("with a tab or with backslashes is found like others", () => {
    for (const secret of ["key\tvalue", "key\\\\value", "\\\\\\key-value"]) {
      for (const text of [secret, JSON.stringify(secret)])
        expect(leaksOf([secret], none)(JSON.stringify({ text }))).toBe(true);
    }
    expect(leaksOf(["\\".repeat(20)], none)('"\\\\"')).toBe(false);
  });

  it.each([
    ["/abcdefgh", "\\"],
    ["//abcdefg", "/\\"],
    ["key\\\\value1", "\\key"],
    ["k\\\\\\v12345", "k\\"],
    ["--------a", "-a"],
  ])("%j is looked for in time linear in the text, as eight megabytes of %j", (secret, text) => {
    expect(leaksOf([secret], none)(text.repeat(8_000_000 / text.length))).toBe(false);
  });

  it("of fewer than eight characters is not looked for", () => {
    expect(leaksOf(["1234567"], () => ["7654321"])('"1234567 7654321"')).toBe(false);
    expect(leaksOf(["12345678"], none)('"12345678"')).toBe(true);
  });
});
