/**
 * One Worker on a workerd of its own, and nothing else on its way: requests come in at a socket of the Worker's, and go
 * out by workerd's own network. Miniflare puts together the configuration (what KV and D1 are on a machine of one's own)
 * and is gone before anything is measured, with the Workers that it puts before and behind every other one.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { rmSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Miniflare, type MiniflareOptions, serializeConfig } from "miniflare";
import { onLeaving } from "./leave.ts";

export type RunningWorker = {
  readonly url: string;
  /** Process id of its workerd. */
  readonly pid: number;
  /** From the start of the process until it listens, in milliseconds. */
  readonly startMs: number;
  close(): Promise<void>;
};

/** A Worker that can be started as often as is wished, always on the same storage, which is on disk. */
export type PreparedWorker = {
  readonly folder: string;
  start(): Promise<RunningWorker>;
  /** Removes its storage. */
  remove(): Promise<void>;
};

type Service = { readonly name: string; readonly worker?: { readonly globalOutbound?: { readonly name: string } } };
type Assembled = { readonly services: readonly Service[]; readonly sockets: readonly object[] };

/** Miniflare's own: its entry, its way back to Node, and what stands between a Worker and the network. */
const NOT_OURS = /^(core:entry|loopback|MINIFLARE_.*|outbound:\d+|email:.*)$/;
const NOWHERE = "loopback";
const REMOVED = { recursive: true, force: true, maxRetries: 5 };

/** `setUp` has the Worker and its storage while Miniflare runs it. */
export async function prepare(
  options: MiniflareOptions,
  setUp: (workerd: Miniflare) => Promise<void> = async () => {},
): Promise<PreparedWorker> {
  const folder = await mkdtemp(join(tmpdir(), "grantgate-bench-"));
  const stays = onLeaving(() => rmSync(folder, REMOVED));
  const told = join(folder, "config.json");
  // Miniflare's own way to show what it gives to workerd. It is read back at once, so that no two can mix theirs up.
  process.env.MINIFLARE_WORKERD_CONFIG_DEBUG = told;
  const workerd = new Miniflare({ ...options, resourcePersistencePath: join(folder, "state") });
  await workerd.ready.finally(() => delete process.env.MINIFLARE_WORKERD_CONFIG_DEBUG);
  const config = bare(JSON.parse(await readFile(told, "utf8")) as Assembled);
  await setUp(workerd).finally(() => workerd.dispose());
  return {
    folder,
    start: () => startWorkerd(config),
    remove: () => rm(folder, REMOVED).then(stays),
  };
}

export async function startWorker(options: MiniflareOptions): Promise<RunningWorker> {
  const prepared = await prepare(options);
  const running = await prepared.start();
  return { ...running, close: () => running.close().then(prepared.remove) };
}

function bare({ services, ...rest }: Assembled): Uint8Array {
  const [user] = services.filter(({ name }) => name.startsWith("core:user:"));
  if (user?.worker === undefined) throw new Error("Miniflare's configuration has no Worker");
  const ours = services.filter(({ name }) => !NOT_OURS.test(name) && name !== user.name);
  // Its KV and D1 name the way back to Node, to log by it what they are asked to; it leads nowhere.
  const nowhere = { name: NOWHERE, network: { allow: [], deny: [] } };
  const config = {
    ...rest,
    services: [{ ...user, worker: { ...user.worker, globalOutbound: { name: "internet" } } }, ...ours, nowhere],
    sockets: [{ name: "bench", address: "127.0.0.1:0", service: { name: user.name }, http: {} }],
  };
  return serializeConfig(config as unknown as Parameters<typeof serializeConfig>[0]);
}

async function startWorkerd(config: Uint8Array): Promise<RunningWorker> {
  const binary: string = createRequire(createRequire(import.meta.url).resolve("miniflare"))("workerd").default;
  const startedAt = performance.now();
  const child = spawn(binary, ["serve", "--binary", "--experimental", "--control-fd=3", "-"], {
    stdio: ["pipe", "ignore", "pipe", "pipe"],
    env: { ...process.env, TZ: "UTC" },
  });
  const stays = onLeaving(() => child.kill("SIGKILL"));
  child.stdin?.end(config);
  const port = await portOf(child);
  const startMs = performance.now() - startedAt;
  if (child.pid === undefined) throw new Error("workerd has no process");
  return {
    url: `http://127.0.0.1:${port}`,
    pid: child.pid,
    startMs,
    async close() {
      stays();
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, "exit");
      child.kill();
      await ended;
    },
  };
}

/** workerd says where it listens as a line of JSON on its third pipe. */
function portOf(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    let [said, wrong] = ["", ""];
    child.stderr?.on("data", (chunk: Buffer) => {
      wrong = (wrong + chunk).slice(-10_000);
    });
    child.stdio[3]?.on("data", (chunk: Buffer) => {
      said += chunk;
      const port = /"event":"listen","socket":"bench","port":(\d+)/.exec(said)?.[1];
      if (port !== undefined) resolve(Number(port));
    });
    child.once("exit", (code) => reject(new Error(`workerd ended with ${code}: ${wrong}`)));
  });
}
