/** Names one request: a ULID (26 characters, sorts by time), told to the client and written to the journal. */

const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const TIME_LENGTH = 10;

/** `nowMs` is Unix time; `random` gives 16 bytes, of which 80 bits are used. */
export function requestId(nowMs: number, random: Uint8Array): string {
  let time = "";
  for (let rest = nowMs, at = 0; at < TIME_LENGTH; at++, rest = Math.floor(rest / 32)) {
    time = ALPHABET.charAt(rest % 32) + time;
  }
  return time + Array.from(random.subarray(0, 16), (byte) => ALPHABET.charAt(byte & 31)).join("");
}

export function newRequestId(): string {
  return requestId(Date.now(), crypto.getRandomValues(new Uint8Array(16)));
}
