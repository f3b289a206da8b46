/** Leaves no process and no folder behind, however the measurement ends: by an error, by Ctrl-C, by being told to. */

const undone = new Set<() => void>();

/** `undo` is called when this process ends, and must be done when it returns; the answer takes that back. */
export function onLeaving(undo: () => void): () => void {
  if (undone.size === 0 && process.listenerCount("exit", leave) === 0) {
    process.once("exit", leave);
    for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(130));
  }
  undone.add(undo);
  return () => void undone.delete(undo);
}

function leave(): void {
  for (const undo of [...undone].toReversed()) undo();
}
