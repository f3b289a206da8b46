import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { base62 } from "../../../src/grant/base62.ts";
import { hashToken, isWellFormed, mintToken } from "../../../src/grant/token.ts";

const ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const randomBytes = fc.uint8Array({ minLength: 32, maxLength: 32 });

describe("a token", () => {
  it("has its prefix, 43 characters of randomness and 6 of checksum, whatever the bytes", () => {
    fc.assert(
      fc.property(randomBytes, (bytes) => {
        const token = mintToken(bytes);
        expect(token).toMatch(/^ggt_[0-9A-Za-z]{49}$/);
        expect(isWellFormed(token)).toBe(true);
      }),
    );
  });

  it("is the same as ever for the same bytes", () => {
    expect(mintToken(new Uint8Array(32))).toBe("ggt_00000000000000000000000000000000000000000001FGKfu");
    expect(mintToken(new Uint8Array(32).fill(255))).toBe("ggt_yhjskwdA6OZ1AL1YmHWZWm8LLG7HjnuCA2j5rOw8Xp14Nwgxa");
  });

  it("is refused with any one character mistyped", () => {
    fc.assert(
      fc.property(randomBytes, fc.nat(52), (bytes, place) => {
        const token = mintToken(bytes);
        for (const typed of `${ALPHABET}_- .`) {
          const mistyped = token.slice(0, place) + typed + token.slice(place + 1);
          expect(isWellFormed(mistyped)).toBe(mistyped === token);
        }
      }),
      { numRuns: 50 },
    );
  });

  it("is refused with two neighbours swapped, cut short, or with anything around it", () => {
    fc.assert(
      fc.property(randomBytes, fc.nat(51), (bytes, place) => {
        const token = mintToken(bytes);
        const [before, a, b, after] = [
          token.slice(0, place),
          token.charAt(place),
          token.charAt(place + 1),
          token.slice(place + 2),
        ];
        expect(isWellFormed(before + b + a + after)).toBe(a === b);
        expect(isWellFormed(token.slice(0, place))).toBe(false);
        expect(isWellFormed(`${token}\n`)).toBe(false);
        expect(isWellFormed(` ${token}`)).toBe(false);
      }),
    );
  });

  it("is refused when it was made up", () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...ALPHABET), minLength: 49, maxLength: 49 }), (text) => {
        expect(isWellFormed(`ggt_${text}`)).toBe(false);
      }),
    );
  });

  it("is made of 32 bytes and of no other number", () => {
    expect(() => mintToken(new Uint8Array(31))).toThrow(RangeError);
    expect(() => mintToken(new Uint8Array(33))).toThrow(RangeError);
  });

  it("is stored as its SHA-256", async () => {
    expect(await hashToken("abc")).toBe("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  });
});

describe("base 62", () => {
  it("tells any two numbers apart", () => {
    fc.assert(
      fc.property(randomBytes, randomBytes, (a, b) => {
        expect(base62(a, 43) === base62(b, 43)).toBe(a.every((byte, index) => byte === b[index]));
      }),
    );
  });

  it("refuses a number that does not fit", () => {
    expect(() => base62(Uint8Array.of(62), 1)).toThrow(RangeError);
    expect(base62(Uint8Array.of(61), 1)).toBe("z");
  });
});
