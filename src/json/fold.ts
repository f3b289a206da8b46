/**
 * What a key comes to for readers that match keys loosely: some do so without regard to case, fold `ſ` to s and the
 * Kelvin sign to k, or stop at a NUL (CVE-2026-27896, GHSA-q382-vc8q-7jhj).
 */

/** Whether some of them take the one key for the other, `key` up to its first NUL included. */
export function takenFor(key: string, known: string): boolean {
  return fold(key) === fold(known) || fold(upToNul(key)) === fold(known);
}

export function upToNul(key: string): string {
  return key.split("\0", 1).join();
}

/** One text for all keys that such readers take for one. */
export function fold(key: string): string {
  return key.replaceAll("\0", "").replaceAll("\u017f", "s").replaceAll("\u212a", "k").toLowerCase();
}
