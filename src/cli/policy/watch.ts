/**
 * Does something again whenever a file in some folders has changed. A change often is several (an editor writes, renames,
 * touches), so it waits until there has been quiet for a moment. It never does it twice at the same time.
 */
import { type FSWatcher, watch } from "node:fs";

const QUIET = 100;

export type Watched = {
  /** The folders to look at, asked anew after each time: some may have come. */
  readonly folders: () => readonly string[];
  readonly run: () => Promise<void>;
  /** Ends it, when what runs has come to its end. */
  readonly stop: Promise<void>;
};

export async function rerun({ folders, run, stop }: Watched): Promise<void> {
  let stopped = false;
  const ended = stop.then(() => {
    stopped = true;
  });
  while (!stopped) {
    // Before the run, so that what changes meanwhile is not missed.
    const changes = listen(folders());
    try {
      await run();
      await Promise.race([changes.quiet, ended]);
    } finally {
      changes.close();
    }
  }
}

type Changes = { readonly quiet: Promise<void>; readonly close: () => void };

function listen(folders: readonly string[]): Changes {
  const { promise, resolve } = Promise.withResolvers<void>();
  let timer: NodeJS.Timeout | undefined;
  const changed = (): void => {
    clearTimeout(timer);
    timer = setTimeout(resolve, QUIET);
  };
  const watchers = folders.flatMap((folder) => watcher(folder, changed));
  return {
    quiet: promise,
    close: () => {
      clearTimeout(timer);
      for (const each of watchers) each.close();
    },
  };
}

/** Policy files and folders. Not what a run may write itself, such as a report. */
const OF_INTEREST = /^[^.]*$|\.json$/;

function watcher(folder: string, changed: () => void): FSWatcher[] {
  try {
    const watcher = watch(folder, (_, name) => {
      if (name === null || OF_INTEREST.test(name)) changed();
    });
    watcher.on("error", changed);
    return [watcher];
  } catch {
    // It is gone by now, and that is a change of the folder above it.
    return [];
  }
}
