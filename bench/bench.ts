/**
 * What the gateway costs, beside a Worker that only streams through and the upstream itself, all in the same run; how it is
 * measured stands in docs/performance.md. Ends with 0 when it ran: bars that are not met are told.
 */
import { readFile, writeFile } from "node:fs/promises";
import { gzipSync } from "node:zlib";
import type { Case } from "./cases.ts";
import { type Bar, barOfBundle, barsOfCase, barsOfColdStart } from "./harness/bars.ts";
import type { ColdStart } from "./harness/cold.ts";
import { FLOORS } from "./harness/floors.ts";
import { build } from "./harness/gateway.ts";
import { commit, machine } from "./harness/machine.ts";
import { between } from "./harness/markers.ts";
import { type CaseResult, measureCase, measureColdStarts, measureFloors, turnsOf } from "./harness/measure.ts";
import { optionsOf } from "./harness/options.ts";
import { picture } from "./harness/picture.ts";
import { coloured, progressOn } from "./harness/progress.ts";
import { report } from "./harness/report.ts";
import type { FloorResult, Results } from "./harness/results.ts";

const PAGE = "docs/performance.md";
const { cases, isAsked, effort, ...options } = optionsOf(process.argv.slice(2));
const results = await run();
const text = report(results);
console.log(`\n${coloured(text, process.stdout)}`);
if (options.json !== undefined) await writeFile(options.json, json(results));
if (options.svg !== undefined) await writeFile(options.svg, drawn(results));
if (options.write) {
  await writeFile(PAGE, between(await readFile(PAGE, "utf8"), "results", text));
  await writeFile("docs/performance.json", json(results));
  await writeFile("docs/performance.svg", drawn(results));
}
if (options.strict && results.bars.some(({ met }) => !met)) process.exitCode = 1;

async function run(): Promise<Results> {
  const progress = progressOn(process.stderr);
  const about = machine();
  progress.begin("build", 1);
  const bundleKib = gzipSync(await readFile(await build())).byteLength / 1024;
  progress.end();

  async function measured<T>(what: string, turns: number, measure: (hear: () => void) => Promise<T>): Promise<T> {
    progress.begin(what, turns);
    const found = await measure(progress.step);
    progress.end();
    return found;
  }

  const done: CaseResult[] = [];
  const bars: Bar[] = [barOfBundle(bundleKib)];
  for (const one of cases.filter(({ name }) => isAsked(name))) {
    const result = await measured(one.title, turnsOf(one, effort), (hear) => measureCase(one, effort, hear));
    done.push(result);
    bars.push(...barsOfCase(result, one.bars));
  }
  const [plainest] = cases;
  if (plainest === undefined) throw new Error("there are no cases");
  let cold: ColdStart[] = [];
  if (isAsked("cold")) {
    cold = await measured("cold start", 3 * effort.coldStarts, (hear) => measureColdStarts(plainest, effort, hear));
    bars.push(...barsOfColdStart(cold));
  }
  const floors = isAsked("floors") ? await measured("floors", turnsOfFloors(), (hear) => floorsOf(plainest, hear)) : [];
  const { rounds, turnMs } = effort;
  const date = new Date().toISOString();
  return { date, commit: commit(), machine: about, rounds, turnMs, bundleKib, cases: done, floors, cold, bars };
}

function turnsOfFloors(): number {
  return FLOORS.length * (1 + effort.rounds);
}

async function floorsOf(one: Case, hear: () => void): Promise<FloorResult[]> {
  const floors = await measureFloors(one, effort, hear);
  return floors.map((floor, nth) => ({ ...floor, title: FLOORS[nth]?.title ?? floor.name }));
}

function json(all: Results): string {
  // Six digits are more than any of them is good for.
  const short = (_: string, value: unknown) =>
    typeof value === "number" && !Number.isInteger(value) ? Number(value.toPrecision(6)) : value;
  return `${JSON.stringify(all, short, 2)}\n`;
}

function drawn({ cases: done, date, machine: { cpu, cores } }: Results): string {
  const rows = done.map(({ name, title, passthrough, gateway }) => ({
    title,
    throughput: gateway.callsPerSecond / passthrough.callsPerSecond,
    cpu: gateway.cpuMs / passthrough.cpuMs,
    bars: cases.find((one) => one.name === name)?.bars ?? {},
  }));
  return picture(
    rows,
    `${date.slice(0, 10)}, ${cores} cores of ${cpu}. A thick mark is a bar: green is met, orange is not. What is longer than 8 is cut.`,
  );
}
