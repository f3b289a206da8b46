/**
 * Group commit: calls that overlap share one write.
 *
 * A commit costs more than all the counting. The first call writes at once; those that come while storage is still busy
 * with that wait for it, and share the next write. A call must never be answered before the write that holds its change
 * was made, and nothing may be left to a timer that outlives the answer.
 */

/**
 * Returns a function to call after a change in memory: its promise resolves when `write` has run after that change.
 * What `write` throws is thrown to every call that waited for it. `stored` resolves when storage has all that was
 * written so far.
 */
export function groupCommit(write: () => void, stored: () => Promise<void>): () => Promise<void> {
  let underway = Promise.resolve();
  let next: Promise<void> | null = null;
  async function commit(): Promise<void> {
    await underway;
    next = null;
    write();
    underway = stored();
    // Whoever comes next hears of a failure; when nobody comes, nobody was told anything.
    underway.catch(() => {});
  }
  return function durable() {
    next ??= commit();
    return next;
  };
}
