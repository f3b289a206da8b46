/**
 * A cold start: a new workerd process, until it has answered its first call. Three of them: the gateway, on storage that
 * has its grant; the passthrough; and the gateway's own configuration with a script that does nothing, so that what is
 * between the two is the script's own part.
 */
import { migrate, workerdOptions } from "../../test/gate/workerd.ts";
import { median } from "./figures.ts";
import { cpuOfYoung } from "./process.ts";
import { type PreparedWorker, prepare, type RunningWorker } from "./worker.ts";

export type ColdStarter = {
  readonly name: string;
  readonly start: () => Promise<RunningWorker>;
  /** The first call of the Worker at a URL; throws unless it is answered as it should be. */
  readonly call: (url: string) => Promise<void>;
};

export type ColdStart = {
  readonly name: string;
  /** From the start of the process until it listens, in milliseconds of time and of CPU. */
  readonly listenMs: number;
  readonly listenCpuMs: number;
  /** From the start of the process until the first call is answered. */
  readonly answerMs: number;
  readonly answerCpuMs: number;
};

const CLASSES = ["Doorkeeper", "Caretaker", "GrantLedger", "ServerLedger", "ToolShelf", "CredentialKeeper"];
const EMPTY = `
import { DurableObject } from "cloudflare:workers";
${CLASSES.map((name) => `export class ${name} extends DurableObject {}`).join("\n")}
export default {
  async fetch(request) {
    await request.text();
    return Response.json({ jsonrpc: "2.0", id: 100000000, result: {} });
  },
};`;

/** The gateway's configuration and storage, and a script that does nothing. */
export function prepareEmpty(): Promise<PreparedWorker> {
  const modules = [{ type: "ESModule", path: "empty.js", contents: EMPTY }];
  return prepare(workerdOptions({}, { modulesRoot: ".", modules }), migrate);
}

export async function coldStarts(all: readonly ColdStarter[], rounds: number, hear: () => void): Promise<ColdStart[]> {
  const starts = new Map<ColdStarter, ColdStart[]>(all.map((one) => [one, []]));
  for (let round = 0; round < rounds; round++) {
    for (const one of round % 2 === 0 ? all : all.toReversed()) {
      starts.get(one)?.push(await coldStart(one));
      hear();
    }
  }
  return all.map((one) => middle(one.name, starts.get(one) ?? []));
}

async function coldStart({ name, start, call }: ColdStarter): Promise<ColdStart> {
  const began = performance.now();
  const running = await start();
  try {
    const listenCpuMs = cpuOfYoung(running.pid);
    await call(running.url);
    const answerMs = performance.now() - began;
    return { name, listenMs: running.startMs, listenCpuMs, answerMs, answerCpuMs: cpuOfYoung(running.pid) };
  } finally {
    await running.close();
  }
}

function middle(name: string, starts: readonly ColdStart[]): ColdStart {
  return {
    name,
    listenMs: median(starts.map(({ listenMs }) => listenMs)),
    listenCpuMs: median(starts.map(({ listenCpuMs }) => listenCpuMs)),
    answerMs: median(starts.map(({ answerMs }) => answerMs)),
    answerCpuMs: median(starts.map(({ answerCpuMs }) => answerCpuMs)),
  };
}
