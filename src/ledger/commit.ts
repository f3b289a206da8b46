/**
 * Group commit: calls that overlap share one write.
 *
 * A commit costs more than all the counting. The first call writes at once; those that come while storage is still busy
 * with that wait for it, and share the next write. Where calls overlap, more are on their way, and each write waits a
 * moment for them. A call must never be answered before the write that holds its change was made, and nothing may be
 * left to a timer that outlives the answer.
 */

/**
 * Returns a function to call after a change in memory: its promise resolves when `write` has run after that change.
 * What `write` throws is thrown to every call that waited for it. `stored` resolves when storage has all that was
 * written so far; `pause` when a write of overlapping calls has waited long enough.
 */
export function groupCommit(
  write: () => void,
  stored: () => Promise<void>,
  pause: () => Promise<void>,
): () => Promise<void> {
  let underway = Promise.resolve();
  let next: Promise<void> | null = null;
  let waiting = 0;
  let overlapping = false;
  async function commit(): Promise<void> {
    await underway;
    if (overlapping) await pause();
    overlapping = waiting > 1;
    waiting = 0;
    next = null;
    write();
    underway = stored();
    // Whoever comes next hears of a failure; when nobody comes, nobody was told anything.
    underway.catch(() => {});
  }
  return function durable() {
    waiting++;
    next ??= commit();
    return next;
  };
}

/** How long a write waits for calls that overlap, in ms: about as long as storage takes. */
const PAUSE_MS = 3;

export const forOthers = (): Promise<void> => scheduler.wait(PAUSE_MS);
