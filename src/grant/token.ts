/**
 * The shape of a token: `ggt_` for a grant's or `ggo_` for an operator's, 43 base62 characters of 256 random bits,
 * 6 base62 characters of CRC-32.
 *
 * The checksum is no secret and proves nothing. It lets a mistyped or made-up token be refused before any look-up, and
 * lets secret scanners tell a real token from a lookalike. Nothing here may keep or print a token.
 */
import { base62 } from "./base62.ts";
import { sha256 } from "./digest.ts";

export const GRANT_TOKEN = "ggt_";
export const OPERATOR_TOKEN = "ggo_";
type Kind = typeof GRANT_TOKEN | typeof OPERATOR_TOKEN;

const SHAPE = /^gg[to]_[0-9A-Za-z]{49}$/;
const CHECKSUM_LENGTH = 6;

/** The token that carries these 32 random bytes; any other number of bytes is a RangeError. */
export function mintToken(randomBytes: Uint8Array, kind: Kind = GRANT_TOKEN): string {
  if (randomBytes.length !== 32) throw new RangeError("a token is made of 32 random bytes");
  const body = kind + base62(randomBytes, 43);
  return body + checksum(body);
}

/** Whether the text has a token's shape and its checksum holds. Says nothing about whether it was ever issued. */
export function isWellFormed(token: string, kind: Kind = GRANT_TOKEN): boolean {
  return (
    token.startsWith(kind) &&
    SHAPE.test(token) &&
    checksum(token.slice(0, -CHECKSUM_LENGTH)) === token.slice(-CHECKSUM_LENGTH)
  );
}

/** SHA-256 of the token in hex: the only form in which a token is ever stored. */
export function hashToken(token: string): Promise<string> {
  return sha256(token);
}

function checksum(text: string): string {
  const crc = crc32(text);
  return base62(Uint8Array.of(crc >>> 24, crc >>> 16, crc >>> 8, crc), CHECKSUM_LENGTH);
}

/** CRC-32 as in ISO 3309 and zlib (reflected, polynomial 0xEDB88320), of ASCII text. */
function crc32(text: string): number {
  let crc = 0xffffffff;
  for (let at = 0; at < text.length; at++) {
    crc ^= text.charCodeAt(at);
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return ~crc >>> 0;
}
