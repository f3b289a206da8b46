/** Makes a case that breaks a rule smaller, as long as it still breaks one: by ever smaller cuts out of its body. */
import type { Sent } from "./requests.ts";

const MOST_TRIES = 600;

export async function shrunk(sent: Sent, breaks: (smaller: Sent) => Promise<boolean>): Promise<Sent> {
  let small = sent;
  let tries = 0;
  const take = async (smaller: Sent): Promise<boolean> => {
    if (++tries > MOST_TRIES || !(await breaks(smaller))) return false;
    small = smaller;
    return true;
  };
  for (let size = sent.body.length >> 1; size > 0 && tries < MOST_TRIES; size >>= 1) {
    for (let at = 0; at < small.body.length; ) {
      const body = Buffer.concat([small.body.subarray(0, at), small.body.subarray(at + size)]);
      if (!(await take({ ...small, body }))) at += size;
    }
  }
  for (let at = small.headers.length - 2; at >= 0; at -= 2) {
    await take({ ...small, headers: small.headers.filter((_, nth) => nth !== at && nth !== at + 1) });
  }
  return small;
}
