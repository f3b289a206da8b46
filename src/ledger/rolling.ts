/**
 * What lies in a rolling window: units by the instant they were taken at.
 *
 * Pure arithmetic on lists in ascending order; a window is half open, so a unit exactly one length old has left it. To
 * bound what is stored, entries may be merged into sixtieths of the window, each counted as if all of it had come at the
 * latest instant of its sixtieth. A unit must never be counted as if it had come earlier than it did: merging may make a
 * limit stricter by a sixtieth of the window, never looser.
 */

/** Units (millionths, above 0) and the instant they count from, Unix time in milliseconds. */
export type Entry = readonly [at: number, units: bigint];

/** More entries than this are merged into sixtieths. */
export const MOST_ENTRIES = 1_000;
const PARTS = 60;

/** The entries that have not left the window. */
export function remaining(entries: readonly Entry[], length: number, now: number): readonly Entry[] {
  const left = entries.findIndex(([at]) => at > now - length);
  return left === 0 ? entries : left === -1 ? [] : entries.slice(left);
}

export function sumOf(entries: readonly Entry[]): bigint {
  let sum = 0n;
  for (const [, units] of entries) sum += units;
  return sum;
}

/** Adds units; those that come at one instant are one entry. An entry can be ahead of the clock, so order is kept here. */
export function entered(entries: readonly Entry[], length: number, at: number, units: bigint): readonly Entry[] {
  const place = entries.findLastIndex((entry) => entry[0] <= at) + 1;
  const before = entries[place - 1];
  const same = before !== undefined && before[0] === at;
  const all = same ? entries.with(place - 1, [at, before[1] + units]) : entries.toSpliced(place, 0, [at, units]);
  return all.length > MOST_ENTRIES ? inSixtieths(all, length) : all;
}

/** The entries with all units of a sixtieth at its latest instant. */
export function inSixtieths(entries: readonly Entry[], length: number): readonly Entry[] {
  const merged = new Map<number, bigint>();
  for (const [at, units] of entries) {
    const latest = latestWith(at, length);
    merged.set(latest, (merged.get(latest) ?? 0n) + units);
  }
  return [...merged];
}

/** The latest instant of the sixtieth that `at` lies in. Sixtieths are counted from the Unix epoch. */
export function latestWith(at: number, length: number): number {
  const sixtieth = Math.floor((at * PARTS) / length);
  return Math.ceil(((sixtieth + 1) * length) / PARTS) - 1;
}

/** Takes out units that were entered at `at`, from there or from the sixtieth they were merged into since. */
export function withdrawn(entries: readonly Entry[], length: number, at: number, units: bigint): readonly Entry[] {
  const merged = latestWith(at, length);
  let rest = units;
  return entries.flatMap(([instant, held]): Entry[] => {
    if (instant !== at && instant !== merged) return [[instant, held]];
    const out = rest < held ? rest : held;
    rest -= out;
    return out === held ? [] : [[instant, held - out]];
  });
}

/**
 * The earliest instant at which `units` more lie under `max` with what will be left of the entries then, should nothing
 * else happen. Units that are above `max` by themselves never do; then it is one length from now.
 */
export function fitsFrom(entries: readonly Entry[], length: number, now: number, units: bigint, max: bigint): number {
  let over = sumOf(entries) + units - max;
  if (over <= 0n) return now;
  for (const [at, held] of entries) {
    over -= held;
    if (over <= 0n) return at + length;
  }
  return now + length;
}
