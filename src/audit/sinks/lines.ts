/**
 * Links as NDJSON, one line each, for whoever keeps a trail of their own.
 *
 * A line is the text that was hashed with four members put before it, so that the chain can be verified from the lines
 * alone.
 */
import type { Hashed } from "../link.ts";

export const NDJSON = "application/x-ndjson";

export function linesOf(grant: string, links: readonly Hashed[]): string {
  return links.map((link) => lineOf(grant, link)).join("");
}

function lineOf(grant: string, { seq, kind, link, hash, text }: Hashed): string {
  const head = JSON.stringify({ id: `${grant}:${seq}`, kind, link, hash });
  return `${head.slice(0, -1)},${text.slice(1)}\n`;
}

/** Numbers of the first and the last link: what names a delivery. */
export function spanOf(links: readonly Hashed[]): { readonly first: Hashed; readonly last: Hashed } {
  const [first, last] = [links[0], links.at(-1)];
  if (first === undefined || last === undefined) throw new RangeError("a delivery has at least one link");
  return { first, last };
}
