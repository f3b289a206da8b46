import { expect, it } from "vitest";
import { barOfBundle, barsOfCase, barsOfColdStart } from "../../../bench/harness/bars.ts";

const of = (name: string, callsPerSecond: number, cpuMs: number) => ({
  ...{ name, callsPerSecond, cpuMs, memory: 0, p50Ms: 0, p99Ms: 0, senderCpu: 0 },
  callsPerSecondRange: { least: callsPerSecond, most: callsPerSecond },
  cpuMsRange: { least: cpuMs, most: cpuMs },
});
const result = {
  ...{ name: "limit", title: "one limit", connections: 32, paced: [] },
  ...{ direct: of("direct", 8_000, 0.1), passthrough: of("passthrough", 1_000, 1), gateway: of("gateway", 499, 1.9) },
};

it("holds the gateway to its part of the passthrough's calls and its times of the CPU", () => {
  expect(barsOfCase(result, { throughput: 0.5, cpu: 1.9 })).toEqual([
    { what: "one limit: calls in a second", bar: "≥ 0.50 ×", measured: "0.499 ×", met: false },
    { what: "one limit: CPU for a call", bar: "≤ 1.9 ×", measured: "1.90 ×", met: true },
  ]);
  expect(barsOfCase(result, {})).toEqual([]);
});

it("charges the script with what it takes beyond an empty one", () => {
  const start = (name: string, listenCpuMs: number) => ({
    ...{ name, listenMs: 0, listenCpuMs, answerMs: 0, answerCpuMs: 0 },
  });
  const [bar] = barsOfColdStart([start("passthrough", 30), start("empty", 100), start("gateway", 151)]);
  expect(bar).toMatchObject({ measured: "51.0 ms", met: false });
  expect(barsOfColdStart([])).toEqual([]);
});

it("holds the bundle to its size", () => {
  expect(barOfBundle(150)).toMatchObject({ met: true });
  expect(barOfBundle(150.1)).toMatchObject({ met: false });
});
