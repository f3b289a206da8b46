/** Finds globs between which no rule decides: equally heavy, and some name matches both. */
import { type Glob, isGlob, overlap, readGlob } from "./glob.ts";

/** For each glob in such a tie, one that it ties with. */
export function ties(names: readonly string[]): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const globs of Map.groupBy(names.filter(isGlob).map(readGlob), ({ weight }) => weight).values()) {
    // Sorted by the end that tells most of them apart, a glob stands right behind those whose end is part of its own;
    // only these are compared, so that 5,000 globs do not take millions of comparisons.
    const end = distinct(globs, startOf) >= distinct(globs, endOf) ? startOf : endOf;
    const sorted = globs.map((glob) => ({ glob, end: end(glob) }));
    sorted.sort((a, b) => (a.end < b.end ? -1 : a.end > b.end ? 1 : 0));
    const open: (typeof sorted)[number][] = [];
    for (const each of sorted) {
      while (open.length > 0 && !each.end.startsWith(open.at(-1)?.end ?? "")) open.pop();
      for (const other of open) tie(each.glob, other.glob, found);
      open.push(each);
    }
  }
  return found;
}

function tie(a: Glob, b: Glob, found: Map<string, string>): void {
  if ((found.has(a.text) && found.has(b.text)) || !overlap(a, b)) return;
  if (!found.has(a.text)) found.set(a.text, b.text);
  if (!found.has(b.text)) found.set(b.text, a.text);
}

function startOf({ prefix }: Glob): string {
  return prefix;
}

/** Read backwards, so that the beginnings of these are the ends of the globs. */
function endOf({ suffix }: Glob): string {
  return [...suffix].reverse().join("");
}

function distinct(globs: readonly Glob[], end: (glob: Glob) => string): number {
  return new Set(globs.map(end)).size;
}
