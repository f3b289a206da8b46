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
export async function startVictim(
  folder: string,
  settings: Readonly<Record<string, string>>,
  say: (text: string) => void,
): Promise<Victim> {
  const begin = (port: string, when: "new" | "again") => begun([folder, port, when, JSON.stringify(settings)], say);
  let child = await begin("0", "new");
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
      child = await begin(port, "again");
    },
  };
}

type Begun = { readonly process: ChildProcess; readonly url: string };

async function begun(args: readonly string[], say: (text: string) => void): Promise<Begun> {
  const host = join(import.meta.dirname, "host.ts");
  const started = spawn(process.execPath, [host, ...args], { detached: true, stdio: ["ignore", "pipe", "pipe"] });
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
