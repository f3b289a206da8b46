/**
 * Runs several subjects against each other: each has its turn in every round, in one order and then in the other, and
 * what is told of it is the median of its rounds. The machine's other work falls on all of them alike.
 */
import { type Answer, type Asked, type Load, runLoad } from "./load.ts";
import { usageOf } from "./process.ts";

export type Subject = {
  readonly name: string;
  /** The process whose CPU is counted. */
  readonly pid: number;
  readonly asked: Asked;
  /** Throws for an answer that is not as it should be. */
  readonly check: (answer: Answer) => void;
};

export type Measured = {
  readonly name: string;
  /** CPU of the process for one request, in milliseconds. */
  readonly cpuMs: number;
  /** Half of the requests took no longer, in milliseconds. */
  readonly p50Ms: number;
  readonly requestsPerSecond: number;
  /** Most memory of the process that was seen after a round, in bytes. */
  readonly memory: number;
};

export type Plan = Load & { readonly rounds: number; readonly warmUps: number };

export async function compare(subjects: readonly Subject[], plan: Plan): Promise<Measured[]> {
  for (const { asked, check } of subjects) await runLoad(asked, { ...plan, requests: plan.warmUps }, check);
  const rounds = new Map(subjects.map((subject) => [subject, [] as Measured[]]));
  for (let round = 0; round < plan.rounds; round++) {
    for (const subject of round % 2 === 0 ? subjects : subjects.toReversed()) {
      rounds.get(subject)?.push(await turn(subject, plan));
    }
  }
  return subjects.map((subject) => summary(subject.name, rounds.get(subject) ?? []));
}

async function turn({ name, pid, asked, check }: Subject, load: Load): Promise<Measured> {
  const before = usageOf(pid);
  const start = performance.now();
  const times = await runLoad(asked, load, check);
  const seconds = (performance.now() - start) / 1000;
  const after = usageOf(pid);
  return {
    name,
    cpuMs: (after.cpuMs - before.cpuMs) / load.requests,
    p50Ms: median(times),
    requestsPerSecond: load.requests / seconds,
    memory: after.memory,
  };
}

function summary(name: string, rounds: readonly Measured[]): Measured {
  return {
    name,
    cpuMs: median(rounds.map(({ cpuMs }) => cpuMs)),
    p50Ms: median(rounds.map(({ p50Ms }) => p50Ms)),
    requestsPerSecond: median(rounds.map(({ requestsPerSecond }) => requestsPerSecond)),
    memory: Math.max(...rounds.map(({ memory }) => memory)),
  };
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  return ((sorted[Math.ceil(middle) - 1] ?? Number.NaN) + (sorted[Math.floor(middle)] ?? Number.NaN)) / 2;
}
