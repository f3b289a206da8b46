/** The change that a breach is. It is never made where the text does not stand exactly once. */
import type { Breach } from "../breach.ts";

export function timesIn(source: string, text: string): number {
  return text === "" ? 0 : source.split(text).length - 1;
}

export function breached(source: string, { file, from, to }: Pick<Breach, "file" | "from" | "to">): string {
  const [before, after, ...more] = source.split(from);
  if (before === undefined || after === undefined || more.length > 0) throw new Error(`${file} is not as it was`);
  return before + to + after;
}
