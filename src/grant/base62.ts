/**
 * Base 62 at a fixed length: what tokens and ids are written in, because it survives a double click, a URL and a shell.
 *
 * It must never pick random bytes itself: randomness is the caller's.
 */

const DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/** The big-endian number in `bytes`, as exactly `length` digits; a number that needs more is a RangeError. */
export function base62(bytes: Uint8Array, length: number): string {
  let rest = 0n;
  for (const byte of bytes) rest = (rest << 8n) | BigInt(byte);
  let text = "";
  for (let place = 0; place < length; place++) {
    text = DIGITS.charAt(Number(rest % 62n)) + text;
    rest /= 62n;
  }
  if (rest > 0n) throw new RangeError(`${bytes.length} bytes do not fit in ${length} digits of base 62`);
  return text;
}
