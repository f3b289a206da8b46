/** A gateway that can be killed as the kernel kills: without warning, workerd and all, and started again. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";

export type Victim = {
  readonly url: string;
  kill(): Promise<void>;
  restart(): Promise<void>;
};

/** All that it writes goes to `say`. */
export async function startVictim(folder: string, say: (text: string) => void): Promise<Victim> {
  let child = await begin(folder, "0", true, say);
  const { url } = child;
  const { port } = new URL(url);
  return {
    url,
    async kill() {
      const gone = once(child.process, "exit");
      // The group: workerd is a child of the host, and must not be left to finish its work.
      process.kill(-(child.process.pid ?? 0), "SIGKILL");
      await gone;
    },
    async restart() {
      child = await begin(folder, port, false, say);
    },
  };
}

type Begun = { readonly process: ChildProcess; readonly url: string };

async function begin(folder: string, port: string, isNew: boolean, say: (text: string) => void): Promise<Begun> {
  const args = [join(import.meta.dirname, "host.ts"), folder, port, isNew ? "new" : "again"];
  const started = spawn(process.execPath, args, { detached: true, stdio: ["ignore", "pipe", "pipe"] });
  started.stderr.setEncoding("utf8").on("data", say);
  for await (const line of createInterface({ input: started.stdout })) {
    if (!URL.canParse(line)) {
      say(line);
      continue;
    }
    started.stdout.setEncoding("utf8").on("data", say);
    return { process: started, url: line };
  }
  throw new Error("the gateway did not start");
}
