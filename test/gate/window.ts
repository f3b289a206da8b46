/**
 * Keeps the end of a limit's window out of a test without waiting for a better moment: a run that a boundary fell into
 * is made again. Lengths in milliseconds; such windows begin at multiples of their length since the Unix epoch.
 */

export const MINUTE = 60_000;
export const DAY = 86_400_000;

/** The value of the first run that began and ended in one window. Each run has to bring counters of its own. */
export async function inOneWindow<T>(length: number, run: () => Promise<T>): Promise<T> {
  for (;;) {
    const window = Math.floor(Date.now() / length);
    const value = await run();
    if (Math.floor(Date.now() / length) === window) return value;
  }
}
