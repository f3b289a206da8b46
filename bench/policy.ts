/**
 * What a policy costs: compiling 5,000 tools, deciding one call, and regexes that other engines never come back from.
 * Times are medians of this run on this machine; the growth from one size to the next is what holds everywhere.
 *
 *   node bench/policy.ts
 */
import type { Json, JsonObject } from "../src/json/value.ts";
import { compilePolicy } from "../src/policy/compile.ts";
import { type Call, decide } from "../src/policy/decide.ts";
import { readPolicy } from "../src/policy/read.ts";

const ROUNDS = 15;

function documentOf(policy: object) {
  const read = readPolicy(JSON.stringify(policy));
  if (!read.ok) throw new Error(read.problems.map(({ message }) => message).join("\n"));
  return read.document;
}

function median(times: number[]): number {
  return times.sort((a, b) => a - b)[Math.floor(times.length / 2)] ?? Number.NaN;
}

/** Milliseconds that one run of `work` takes. */
function timed(work: () => void, times = 1): number {
  const samples: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const start = performance.now();
    for (let time = 0; time < times; time++) work();
    samples.push((performance.now() - start) / times);
  }
  return median(samples);
}

function callOf(tool: string, args: Record<string, Json>): Call {
  const given: JsonObject = Object.assign(Object.create(null), args);
  return { tool, arguments: given, server: "s", grant: { id: "g", label: "l", tags: [] }, time: 0 };
}

const tools: Record<string, object> = {};
for (let nth = 0; nth < 5_000; nth++) {
  tools[`tool_${nth}`] = {
    deny_if: [{ conditions: [{ path: "args.amount", op: "gt", value: 100 }] }],
    limits: [{ counter: `calls_${nth}`, window: "minute", max: 30 }],
  };
}
const large = documentOf({ version: "1", default: "deny", tools });
const compiled = compilePolicy(large);
const call = callOf("tool_4321", { amount: 12, reason: "late" });

console.log(`compile a policy of 5,000 tools   ${timed(() => compilePolicy(large)).toFixed(1)} ms`);
console.log(`decide a call under it            ${(timed(() => decide(compiled, call), 20_000) * 1000).toFixed(2)} µs`);

for (const [pattern, piece] of [
  ["^(a+)+$", "a"],
  ["(x+x+)+y", "x"],
  ["(.*)*=(.*)*;", "ab"],
] as const) {
  const policy = compilePolicy(
    documentOf({
      version: "1",
      default: "allow",
      all_tools: { deny_if: [{ conditions: [{ path: "args.text", op: "regex", value: pattern }] }] },
    }),
  );
  const times = [256, 512, 1024].map((kib) => {
    const text = `${piece.repeat((kib * 1024) / piece.length)}!`;
    return timed(() => decide(policy, callOf("t", { text })));
  });
  const shown = times.map((time) => `${time.toFixed(0)} ms`).join(", ");
  console.log(`regex ${pattern.padEnd(14)} on ¼, ½ and 1 MiB  ${shown}`);
}
