/**
 * Finds which of many exact names and globs a tool's name belongs to.
 *
 * Globs are kept by what they begin or end with, so that a look-up visits only those that could match, however many
 * the policy has. Nothing is remembered of the names asked for: callers choose them.
 */
import { type Glob, isGlob, matches, readGlob } from "./glob.ts";

export type Names = {
  /** The name itself where it is listed, else the heaviest glob that matches it, else undefined. */
  readonly find: (name: string) => string | undefined;
};

export function namesOf(texts: Iterable<string>): Names {
  const exact = new Set<string>();
  const globs: Glob[] = [];
  for (const text of texts) {
    if (isGlob(text)) globs.push(readGlob(text));
    else exact.add(text);
  }
  globs.sort((a, b) => b.weight - a.weight);
  const byStart = shelf(globs.filter(startsLonger), (glob) => glob.prefix);
  const byEnd = shelf(
    globs.filter((glob) => !startsLonger(glob)),
    (glob) => glob.suffix,
  );
  const heaviest = (name: string): Glob | undefined => {
    const starting = candidate(byStart, name, (length) => name.slice(0, length));
    const ending = candidate(byEnd, name, (length) => name.slice(name.length - length));
    if (starting === undefined || ending === undefined) return starting ?? ending;
    return starting.weight > ending.weight ? starting : ending;
  };
  return { find: (name) => (exact.has(name) ? name : heaviest(name)?.text) };
}

/** Globs by one of their ends, the heaviest first, and the lengths that those ends have. */
type Shelf = { readonly globs: ReadonlyMap<string, readonly Glob[]>; readonly lengths: readonly number[] };

function shelf(globs: readonly Glob[], end: (glob: Glob) => string): Shelf {
  const byEnd = Map.groupBy(globs, end);
  return { globs: byEnd, lengths: [...new Set([...byEnd.keys()].map(({ length }) => length))] };
}

function candidate({ globs, lengths }: Shelf, name: string, end: (length: number) => string): Glob | undefined {
  let best: Glob | undefined;
  for (const length of lengths) {
    const found = length > name.length ? undefined : globs.get(end(length))?.find((glob) => matches(glob, name));
    if (found !== undefined && (best === undefined || found.weight > best.weight)) best = found;
  }
  return best;
}

function startsLonger({ prefix, suffix }: Glob): boolean {
  return prefix.length >= suffix.length;
}
