/** Mutations that know nothing of JSON: bytes that flip, go, come, and are no UTF-8. */
import type { Random } from "./random.ts";

/** Pieces that some reader takes for something else, or for nothing. */
const PIECES: readonly (readonly number[])[] = [
  [0x00],
  [0x0a],
  [0x0d],
  [0x0d, 0x0a],
  [0x1e],
  [0x7f],
  [0xff],
  [0xfe, 0xff],
  [0xef, 0xbb, 0xbf],
  [0xc0, 0x80],
  [0xc0, 0xa2],
  [0xc1, 0xb0],
  [0xe0, 0x80, 0xa2],
  [0xed, 0xa0, 0x80],
  [0xed, 0xa0, 0xbd, 0xed, 0xb8, 0x80],
  [0xf4, 0x90, 0x80, 0x80],
  [0xc2, 0xa0],
  [0xe2, 0x80, 0xa8],
  [0xe2, 0x80, 0x8b],
  [0xc5, 0xbf],
  [0xe2, 0x84, 0xaa],
  [0x22],
  [0x5c],
  [0x5c, 0x75, 0x30, 0x30, 0x30, 0x30],
  [0x5c, 0x75, 0x64, 0x38, 0x30, 0x30],
  [0x2c],
  [0x7d],
];

export type ByteMutation = (body: Buffer, random: Random) => Buffer;

const place = (body: Buffer, random: Random) => random.below(body.length + 1);

function replaced(body: Buffer, from: number, to: number, by: Uint8Array): Buffer {
  return Buffer.concat([body.subarray(0, from), by, body.subarray(to)]);
}

const overlong = (byte: number) => [0xc0 | (byte >> 6), 0x80 | (byte & 0x3f)];

export const BYTE_MUTATIONS: Readonly<Record<string, ByteMutation>> = {
  "flip a bit": (body, random) => {
    const flipped = Buffer.from(body);
    const at = random.below(body.length || 1);
    if (at < body.length) flipped[at] = (flipped[at] ?? 0) ^ (1 << random.below(8));
    return flipped;
  },
  "insert a piece": (body, random) => {
    const at = random.oneIn(4) ? random.pick([0, body.length]) : place(body, random);
    return replaced(body, at, at, Buffer.from(random.pick(PIECES)));
  },
  "delete some": (body, random) => {
    const at = place(body, random);
    return replaced(body, at, at + 1 + random.below(8), Buffer.alloc(0));
  },
  "repeat some": (body, random) => {
    const at = place(body, random);
    return replaced(body, at, at, body.subarray(at, at + 1 + random.below(40)));
  },
  "cut off": (body, random) => body.subarray(0, place(body, random)),
  "write a byte overlong": (body, random) => {
    const at = random.below(body.length || 1);
    return replaced(body, at, at + 1, Buffer.from(overlong(body[at] ?? 0x22)));
  },
  "write it in another encoding": (body, random) => {
    const text = body.toString("utf8");
    const encoded = Buffer.from(random.oneIn(2) ? `\ufeff${text}` : text, random.pick(["utf16le", "latin1"]));
    return encoded.length % 2 === 0 && random.oneIn(3) ? encoded.swap16() : encoded;
  },
};
