/** Names one request: a ULID (26 characters, sorts by time), told to the client and written to the journal. */

const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const TIME_LENGTH = 10;

/** `nowMs` is Unix time; `random` gives 16 bytes or more, of which 80 bits are used. */
export function ulid(nowMs: number, random: Uint8Array): string {
  let time = "";
  for (let rest = nowMs, at = 0; at < TIME_LENGTH; at++, rest = Math.floor(rest / 32)) {
    time = ALPHABET.charAt(rest % 32) + time;
  }
  let text = time;
  for (let at = 0; at < 16; at++) text += ALPHABET.charAt((random[at] ?? 0) & 31);
  return text;
}
