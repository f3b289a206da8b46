/**
 * One Worker on a workerd of its own. Requests go to a socket of the Worker's: nothing stands before it that `wrangler dev`
 * or Miniflare would put there.
 */
import { Miniflare, type MiniflareOptions } from "miniflare";
import { childrenNamed } from "./process.ts";

export type RunningWorker = {
  readonly url: string;
  /** Process id of its workerd. */
  readonly pid: number;
  readonly workerd: Miniflare;
};

/** Part of the options of a Worker that is to be started with `startWorker`. */
export const DIRECT = { unsafeDirectSockets: [{ host: "127.0.0.1", port: 0 }] };

/** Not to be called twice at the same time: the process is known by not having been there before. */
export async function startWorker(options: MiniflareOptions): Promise<RunningWorker> {
  const before = new Set(childrenNamed("workerd"));
  const workerd = new Miniflare(options);
  await workerd.ready;
  const [pid] = childrenNamed("workerd").filter((child) => !before.has(child));
  if (pid === undefined) throw new Error("the workerd that was started is not to be found");
  const url = await workerd.unsafeGetDirectURL();
  return { url: url.origin, pid, workerd };
}
