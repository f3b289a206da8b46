/**
 * Load from a process of its own, so that neither what is measured nor what it calls waits for what sends. `closed` keeps
 * every connection busy: as much as goes. `open` sends when a request is due, whatever became of those before it, and
 * counts each from when it was due: a server that stands still for a second is seen to.
 */
import { fork } from "node:child_process";
import { once } from "node:events";

/** What is sent. In the body, `@id@` stands for the id of the request: a number of nine digits. */
export type Asked = {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Bearer tokens that take turns; none, and nothing is sent by right. */
  readonly tokens: readonly string[];
};

/** Every answer must be so: its body may differ by a few digits. */
export type Expected = { readonly status: number; readonly bytes: number };

export type Job = { readonly asked: Asked; readonly expected: Expected } & (
  | { readonly kind: "closed"; readonly connections: number; readonly forMs: number; readonly atLeast: number }
  | {
      readonly kind: "open";
      readonly connections: number;
      readonly forMs: number;
      readonly rate: number;
      readonly seed: number;
    }
);

export type Sent = {
  readonly calls: number;
  /** From the first request until the last answer. */
  readonly tookMs: number;
  /** Of each call; of an open load from when it was due. */
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly p99Ms: number;
  /** Of an open load: calls that were sent more than a millisecond after they were due. They count from when they were due. */
  readonly late: number;
  /** CPU of the process that sent. */
  readonly cpuMs: number;
};

export type Loader = {
  run(job: Job): Promise<Sent>;
  /** How many calls were sent to a URL and answered as expected. */
  calls(url: string): number;
  close(): void;
};

export function startLoader(): Loader {
  const child = fork(new URL("load-process.ts", import.meta.url));
  const counts = new Map<string, number>();
  return {
    async run(job) {
      child.send(job);
      const [answer] = await once(child, "message");
      const said = answer as { readonly sent: Sent } | { readonly error: string };
      if ("error" in said) throw new Error(`${job.asked.url}: ${said.error}`);
      counts.set(job.asked.url, (counts.get(job.asked.url) ?? 0) + said.sent.calls);
      return said.sent;
    },
    calls: (url) => counts.get(url) ?? 0,
    close: () => void child.kill(),
  };
}

export const FIRST_ID = 100_000_000;
