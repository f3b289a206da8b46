/** "Did you mean": the known name nearest to a mistyped one. */

/** The nearest of the names, when it is near enough to be what was meant. */
export function nearest(name: string, names: Iterable<string>): string | undefined {
  // A long name is no typing error of a short one, and the table below grows with its length.
  if (name.length > 40) return undefined;
  const simple = simplified(name);
  let best: string | undefined;
  let least = Math.max(1, Math.floor(simple.length / 3)) + 1;
  for (const known of names) {
    const other = simplified(known);
    if (Math.abs(other.length - simple.length) >= least) continue;
    const distance = edits(simple, other);
    if (distance < least) {
      least = distance;
      best = known;
    }
  }
  return best;
}

/** The half sentence to put behind a message, or nothing. */
export function didYouMean(name: string, names: Iterable<string>): string {
  const known = nearest(name, names);
  return known === undefined ? "" : `; did you mean "${known}"?`;
}

/** `denyIf`, `deny-if` and `DENY_IF` are all `deny_if` to someone in a hurry. */
function simplified(name: string): string {
  return name.toLowerCase().replace(/[^a-z0-9]/g, "");
}

/** Levenshtein distance, in which swapping two neighbours counts once. */
function edits(a: string, b: string): number {
  let before: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const current = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let cost = Math.min(at(previous, j) + 1, at(current, j - 1) + 1, at(previous, j - 1) + (same ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        cost = Math.min(cost, at(before, j - 2) + 1);
      current.push(cost);
    }
    before = previous;
    previous = current;
  }
  return at(previous, b.length);
}

function at(row: readonly number[], index: number): number {
  return row[index] ?? Number.POSITIVE_INFINITY;
}
