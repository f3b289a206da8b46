/** What the gateway is held to, and whether this run's numbers keep it. Pure. */
import type { Bars } from "../cases.ts";
import type { ColdStart } from "./cold.ts";
import type { CaseResult } from "./measure.ts";

export type Bar = {
  /** What is held to it, as a sentence. */
  readonly what: string;
  readonly bar: string;
  readonly measured: string;
  readonly met: boolean;
};

const BUNDLE_KIB = 150;
const COLD_CPU_MS = 50;

export function barsOfCase({ title, passthrough, gateway }: CaseResult, { throughput, cpu }: Bars): Bar[] {
  const bars: Bar[] = [];
  if (throughput !== undefined) {
    const part = gateway.callsPerSecond / passthrough.callsPerSecond;
    const what = `${title}: calls in a second`;
    bars.push({ what, bar: `≥ ${throughput.toFixed(2)} ×`, measured: `${part.toFixed(3)} ×`, met: part >= throughput });
  }
  if (cpu !== undefined) {
    const times = gateway.cpuMs / passthrough.cpuMs;
    const what = `${title}: CPU for a call`;
    bars.push({ what, bar: `≤ ${cpu.toFixed(1)} ×`, measured: `${times.toFixed(2)} ×`, met: times <= cpu });
  }
  return bars;
}

/** CPU that the script takes until the Worker listens: what an empty script takes in the same configuration is not its. */
export function barsOfColdStart(starts: readonly ColdStart[]): Bar[] {
  const [empty, gateway] = ["empty", "gateway"].map((name) => starts.find((one) => one.name === name));
  if (empty === undefined || gateway === undefined) return [];
  const cpu = gateway.listenCpuMs - empty.listenCpuMs;
  const what = "cold start: CPU of the script";
  return [{ what, bar: `< ${COLD_CPU_MS} ms`, measured: `${cpu.toFixed(1)} ms`, met: cpu < COLD_CPU_MS }];
}

export function barOfBundle(kib: number): Bar {
  const [bar, measured] = [`≤ ${BUNDLE_KIB} KiB`, `${kib.toFixed(1)} KiB`];
  return { what: "the Worker, gzipped", bar, measured, met: kib <= BUNDLE_KIB };
}
