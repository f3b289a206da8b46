/**
 * An upstream in a process of its own, as light as it can be: it answers each path with one text, whatever is called
 * there. In a text, `@id@` stands for the id of the request, and `@count@` for how often the path was asked.
 */
import { fork } from "node:child_process";
import { once } from "node:events";

export type Canned = {
  readonly type: "application/json" | "text/event-stream";
  readonly text: string;
  /** What it says when its tools are listed, as JSON; the same text where this is left out. */
  readonly lists?: string;
};

export type RunningUpstream = {
  readonly url: string;
  readonly pid: number;
  /** How many tool calls have arrived at a path. */
  calls(path: string): Promise<number>;
  close(): void;
};

/** Of every legacy session: that it has one is what counts. */
export const SESSION = "5e551012-aaaa-4bbb-8ccc-000000000001";

export async function startUpstream(answers: Readonly<Record<string, Canned>>): Promise<RunningUpstream> {
  const child = fork(new URL("upstream-process.ts", import.meta.url));
  child.send(answers);
  const [port] = await once(child, "message");
  return {
    url: `http://127.0.0.1:${port}`,
    pid: child.pid ?? 0,
    async calls(path) {
      child.send(path);
      const [count] = await once(child, "message");
      return Number(count);
    },
    close: () => void child.kill(),
  };
}
