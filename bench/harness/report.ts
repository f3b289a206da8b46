/** What a run found out, as Markdown that can be read as it is. Pure. */
import type { ColdStart } from "./cold.ts";
import type { Paced, Saturated } from "./compare.ts";
import { BASE } from "./floors.ts";
import type { CaseResult } from "./measure.ts";
import type { FloorResult, Results } from "./results.ts";
import { tableOf } from "./table.ts";

export function report(results: Results): string {
  const { cases, floors, cold } = results;
  const paced = cases.filter((one) => one.paced.length > 0);
  return [
    headline(results),
    ...(results.bars.length > 0 ? [section("Bars", barTable(results))] : []),
    ...(cases.length > 0 ? [section("At saturation", caseTable(cases))] : []),
    ...(paced.length > 0 ? [section("At fixed rates", paceTable(paced))] : []),
    ...(cold.length > 0 ? [section("Cold start", coldTable(cold))] : []),
    ...(floors.length > 0 ? [section("Floors", floorTable(floors))] : []),
  ].join("\n\n");
}

function section(title: string, text: string): string {
  return `### ${title}\n\n${text}`;
}

function headline({ date, commit, machine, rounds, turnMs }: Results): string {
  const { cpu, cores, memoryGb, system, node, workerd, fsyncMs, load } = machine;
  const of = commit === null ? "" : `, commit ${commit}`;
  return (
    `${date.slice(0, 10)}${of}. ${cores} cores of ${cpu}, ${memoryGb} GB, ${system}; workerd ${workerd}, Node ${node}. ` +
    `An fsync took ${fsyncMs.toFixed(2)} ms, and ${load.toFixed(1)} processes ran when it began. ` +
    `Medians of ${rounds} rounds of ${turnMs} ms for each.`
  );
}

function barTable({ bars }: Results): string {
  const rows = bars.map(({ what, bar, measured, met }) => [what, bar, measured, met ? "met" : "**not met**"]);
  return tableOf(["what", "bar", "measured", ""], rows);
}

function caseTable(cases: readonly CaseResult[]): string {
  const header = [
    "case",
    "direct",
    "passthrough",
    "gateway",
    "part of passthrough",
    "CPU passthrough",
    "CPU gateway",
    "times",
    "memory",
    "sender",
  ];
  const rows = cases.map(({ title, direct, passthrough, gateway }) => [
    title,
    perSecond(direct),
    perSecond(passthrough),
    perSecond(gateway),
    (gateway.callsPerSecond / passthrough.callsPerSecond).toFixed(2),
    ms(passthrough.cpuMs, 3),
    ms(gateway.cpuMs, 3),
    (gateway.cpuMs / passthrough.cpuMs).toFixed(2),
    `${megabytes(passthrough)}, ${megabytes(gateway)} MB`,
    Math.max(direct.senderCpu, passthrough.senderCpu, gateway.senderCpu).toFixed(2),
  ]);
  return tableOf(header, rows);
}

function paceTable(cases: readonly CaseResult[]): string {
  const rows = cases.flatMap(({ title, paced }) =>
    paced.map((at) => [title, `${at[0]?.rate.toFixed(0)}/s`, ...at.map(latency), at.map(late).join(", ")]),
  );
  return tableOf(["p50, p95, p99 in ms", "rate", "direct", "passthrough", "gateway", "sent late"], rows);
}

function latency({ p50Ms, p95Ms, p99Ms }: Paced): string {
  return [p50Ms, p95Ms, p99Ms].map((time) => (time < 100 ? time.toPrecision(2) : time.toFixed(0))).join(", ");
}

function late({ late: part }: Paced): string {
  return `${(part * 100).toFixed(part > 0 && part < 0.1 ? 1 : 0)} %`;
}

const COLD_TITLES: Readonly<Record<string, string>> = {
  passthrough: "passthrough",
  empty: "the gateway's configuration, an empty script",
  gateway: "gateway",
};

function coldTable(starts: readonly ColdStart[]): string {
  const rows = starts.map(({ name, listenMs, listenCpuMs, answerMs, answerCpuMs }) => [
    COLD_TITLES[name] ?? name,
    ms(listenMs, 0),
    ms(listenCpuMs, 0),
    ms(answerMs, 0),
    ms(answerCpuMs, 0),
  ]);
  return tableOf(["new process", "until it listens", "CPU", "until the first answer", "CPU"], rows);
}

function floorTable(floors: readonly FloorResult[]): string {
  const base = floors.find(({ name }) => name === BASE);
  const rows = floors.map(({ title, callsPerSecond, cpuMs }) => [
    title,
    perSecond({ callsPerSecond }),
    (callsPerSecond / (base?.callsPerSecond ?? Number.NaN)).toFixed(2),
    ms(cpuMs, 3),
    (cpuMs / (base?.cpuMs ?? Number.NaN)).toFixed(2),
  ]);
  return tableOf(["a Worker that", "calls", "part of passthrough", "CPU", "times"], rows);
}

function perSecond({ callsPerSecond }: Pick<Saturated, "callsPerSecond">): string {
  return `${callsPerSecond < 100 ? callsPerSecond.toFixed(1) : callsPerSecond.toFixed(0)}/s`;
}

function megabytes({ memory }: Saturated): string {
  return (memory / 1e6).toFixed(0);
}

function ms(time: number, digits: number): string {
  return `${time.toFixed(digits)} ms`;
}
