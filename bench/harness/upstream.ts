/**
 * An upstream in a process of its own that answers each path with one text, however it is asked. In the text, `@id@`
 * stands for the id of the request, and `@count@` for how often the path was asked.
 */
import { fork } from "node:child_process";
import { once } from "node:events";

export type Canned = { readonly type: "application/json" | "text/event-stream"; readonly text: string };

export type RunningUpstream = { readonly url: string; close(): void };

export async function startUpstream(answers: Readonly<Record<string, Canned>>): Promise<RunningUpstream> {
  const child = fork(new URL("upstream-process.ts", import.meta.url));
  child.send(answers);
  const [port] = await once(child, "message");
  return { url: `http://127.0.0.1:${port}`, close: () => void child.kill() };
}
