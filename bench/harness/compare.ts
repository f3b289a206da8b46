/**
 * Runs subjects against each other: each has its turn in every round, in one order and then in the other, and what is told
 * of it is the median of its rounds. The machine's other work falls on all of them alike.
 */
import { setTimeout } from "node:timers/promises";
import { median } from "./figures.ts";
import type { Asked, Expected, Loader, Sent } from "./load.ts";
import { usageOf } from "./process.ts";

export type Measurable = {
  readonly name: string;
  /** The process whose CPU and memory are counted. */
  readonly pid: number;
  readonly asked: Asked;
  readonly expected: Expected;
  /** How many times as long as others it is called before it is measured: the more code, the longer it takes to be compiled. */
  readonly warmUps: number;
  /** How long it may be until it begins with what calls leave to be done, in milliseconds; 0 where they leave nothing. */
  readonly settleMs: number;
};

export type Plan = {
  readonly rounds: number;
  /** How long a turn is, in milliseconds. */
  readonly turnMs: number;
  readonly warmUpMs: number;
  /** Calls that a turn has at the least, however long it takes. */
  readonly atLeast: number;
  readonly connections: number;
};

export type Saturated = {
  readonly name: string;
  readonly callsPerSecond: number;
  /** CPU of the process for one call, in milliseconds. */
  readonly cpuMs: number;
  /** Most resident memory of the process that was seen after a turn, in bytes. */
  readonly memory: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** The least and the most of the rounds: how steady the machine was. */
  readonly callsPerSecondRange: Range;
  readonly cpuMsRange: Range;
  /** Part of a CPU that what sent the load had: near 1, it is what was measured. */
  readonly senderCpu: number;
};

type Range = { readonly least: number; readonly most: number };

/** One turn of one subject. */
type Turn = Omit<Saturated, "callsPerSecondRange" | "cpuMsRange">;

export type Paced = {
  readonly name: string;
  /** Calls in a second, the same for all. */
  readonly rate: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly p99Ms: number;
  readonly calls: number;
  /** Part of the calls that were sent more than a millisecond late: they count from when they were due. */
  readonly late: number;
};

/** As much as goes. */
export async function saturate(
  all: readonly Measurable[],
  loader: Loader,
  plan: Plan,
  hear: () => void = () => {},
): Promise<Saturated[]> {
  const { connections } = plan;
  for (const { asked, expected, pid, settleMs, warmUps } of all) {
    // Each of its tokens calls once at least.
    const atLeast = Math.max(plan.atLeast, asked.tokens.length);
    await loader.run({ kind: "closed", asked, expected, connections, forMs: plan.warmUpMs * warmUps, atLeast });
    if (settleMs > 0) await quiet(pid, settleMs);
    hear();
  }
  const turn = async ({ name, pid, asked, expected, settleMs }: Measurable): Promise<Turn> => {
    const before = usageOf(pid);
    const { turnMs: forMs, atLeast } = plan;
    const sent = await loader.run({ kind: "closed", asked, expected, connections, forMs, atLeast });
    if (settleMs > 0) await quiet(pid, settleMs);
    const after = usageOf(pid);
    hear();
    return {
      name,
      callsPerSecond: (sent.calls * 1000) / sent.tookMs,
      cpuMs: (after.cpuMs - before.cpuMs) / sent.calls,
      memory: after.memory,
      p50Ms: sent.p50Ms,
      p99Ms: sent.p99Ms,
      senderCpu: sent.cpuMs / sent.tookMs,
    };
  };
  const rounds = await inTurns(all, plan.rounds, turn);
  return rounds.map(summary);
}

function summary(turns: readonly Turn[]): Saturated {
  const all = <K extends keyof Turn>(key: K): Turn[K][] => turns.map((turn) => turn[key]);
  return {
    name: turns[0]?.name ?? "",
    callsPerSecond: median(all("callsPerSecond")),
    callsPerSecondRange: rangeOf(all("callsPerSecond")),
    cpuMs: median(all("cpuMs")),
    cpuMsRange: rangeOf(all("cpuMs")),
    memory: Math.max(...all("memory")),
    p50Ms: median(all("p50Ms")),
    p99Ms: median(all("p99Ms")),
    senderCpu: median(all("senderCpu")),
  };
}

function rangeOf(values: readonly number[]): Range {
  return { least: Math.min(...values), most: Math.max(...values) };
}

/** Waits until the process has done nothing worth counting for a second, after what may come has come. */
async function quiet(pid: number, settleMs: number): Promise<void> {
  await setTimeout(settleMs);
  for (let before = -Infinity; ; ) {
    const { cpuMs } = usageOf(pid);
    if (cpuMs - before < QUIET_CPU_MS) return;
    before = cpuMs;
    await setTimeout(1_000);
  }
}

const QUIET_CPU_MS = 30;

/** At one rate for all, by one and the same schedule in a round. */
export async function pace(
  all: readonly Measurable[],
  loader: Loader,
  { rounds, turnMs, rate }: { readonly rounds: number; readonly turnMs: number; readonly rate: number },
  hear: () => void = () => {},
): Promise<Paced[]> {
  const turn = async ({ asked, expected }: Measurable, round: number): Promise<Sent> => {
    const how = { rate, forMs: turnMs, seed: round + 1, connections: PACED_CONNECTIONS };
    const sent = await loader.run({ kind: "open", asked, expected, ...how });
    hear();
    return sent;
  };
  const done = await inTurns(all, rounds, turn);
  return done.map((turns, at) => ({
    name: all[at]?.name ?? "",
    rate,
    p50Ms: median(turns.map(({ p50Ms }) => p50Ms)),
    p95Ms: median(turns.map(({ p95Ms }) => p95Ms)),
    p99Ms: median(turns.map(({ p99Ms }) => p99Ms)),
    calls: turns.reduce((sum, { calls }) => sum + calls, 0),
    late: turns.reduce((sum, { late }) => sum + late, 0) / turns.reduce((sum, { calls }) => sum + calls, 0),
  }));
}

/** Enough that at the rates of a measurement none waits for another. */
const PACED_CONNECTIONS = 128;

/** For each of them what came of its turns. */
async function inTurns<T, R>(
  all: readonly T[],
  rounds: number,
  turn: (one: T, round: number) => Promise<R>,
): Promise<R[][]> {
  const done: R[][] = all.map(() => []);
  for (let round = 0; round < rounds; round++) {
    const order = [...all.entries()];
    for (const [at, one] of round % 2 === 0 ? order : order.toReversed()) done[at]?.push(await turn(one, round));
  }
  return done;
}
