/** Text that a person can't read and a model can: base64 or hexadecimal digits that spell sentences. Linear. */

const BASE64 = /[A-Za-z0-9+/_-]{32,}={0,2}/g;
const HEX = /^(?:[0-9a-fA-F]{2}){24,}$/;
const SENTENCE = /[A-Za-z]{2,}[ ,.'\n]+[A-Za-z]{2,}[ ,.'\n]+[A-Za-z]{2,}/;
/** Of what is decoded; more is not needed to see what it is. */
const MOST = 4_096;
const MOST_BLOBS = 200;

/** What the first such blob says, or undefined. */
export function encodedIn(text: string): string | undefined {
  let left = MOST_BLOBS;
  for (const [blob] of text.matchAll(BASE64)) {
    if (left-- <= 0) return undefined;
    const decoded = HEX.test(blob) ? fromHex(blob.slice(0, MOST)) : fromBase64(blob.slice(0, MOST));
    if (decoded !== undefined && SENTENCE.test(decoded)) return decoded;
  }
  return undefined;
}

function fromHex(digits: string): string | undefined {
  return printable(digits.match(/../g)?.map((pair) => Number.parseInt(pair, 16)) ?? []);
}

function fromBase64(digits: string): string | undefined {
  const plain = digits.replaceAll("-", "+").replaceAll("_", "/").replace(/=+$/, "");
  try {
    return printable([...atob(plain.slice(0, plain.length - (plain.length % 4)))].map((unit) => unit.charCodeAt(0)));
  } catch {
    return undefined;
  }
}

/** Bytes as ASCII, where nearly all of them are. */
function printable(bytes: readonly number[]): string | undefined {
  const good = bytes.filter((byte) => (byte >= 32 && byte < 127) || byte === 10 || byte === 13 || byte === 9);
  return good.length >= bytes.length * 0.97 ? String.fromCharCode(...good) : undefined;
}
