/** Everything that one `start` has started: watched together, stopped together, none left behind. */
import { found } from "../failure.ts";
import { type Child, type Command, logTail, startChild } from "./child.ts";

export type Children = {
  readonly start: (command: Command) => Child;
  /** Rejects with a failure that names the first child that ends and shows its last words. */
  readonly loss: (...children: readonly Child[]) => Promise<never>;
  readonly stopAll: () => Promise<void>;
};

export function children(): Children {
  const started: Child[] = [];
  let stopping = false;
  // The last resort, should this process end in a way that nobody foresaw.
  const killAll = (): void => {
    for (const child of started) child.kill();
  };
  process.on("exit", killAll);
  return {
    start: (command) => {
      // A start that is still under way when the stop comes: nothing would ever stop this child again.
      if (stopping) throw found(`${command.name} was not started, since everything is being stopped.`);
      const child = startChild(command);
      started.push(child);
      return child;
    },
    loss: async (...watched) => {
      const { child, how } = await Promise.race(watched.map((child) => child.ended.then((how) => ({ child, how }))));
      throw lost(child, how);
    },
    stopAll: async () => {
      stopping = true;
      await Promise.all(started.map((child) => child.stop()));
      process.off("exit", killAll);
    },
  };
}

export function lost({ name, log }: Child, how: string) {
  const words = logTail(log, 15);
  return found(`${name} ${how}${words === "" ? "." : `. Its last words:\n\n${words}\n`}`, `All of it: ${log}`);
}
