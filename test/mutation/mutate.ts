/**
 * Shows how much the unit tests notice: changes the source in one small way after the other, in a copy, and counts the
 * changes that no test fails on. README.md next to this says how to read it.
 *
 *   npm run mutate -- [room or file…] [--concurrency <n>] [--force]
 *
 * Ends with 1 unless every room reaches the bar. What was tried before is only tried again where it or its tests
 * changed; `--force` tries it again.
 */
import { globSync } from "node:fs";
import { parseArgs } from "node:util";
import { Stryker } from "@stryker-mutator/core";
import { BAR, ROOMS, type Room } from "./rooms.ts";

const OUT = "out/mutation";
/** What is prepared for mutants is slow, so not all of a room is at once. */
const FILES_AT_ONCE = 6;
const COUNTED = ["Killed", "Timeout", "Survived", "NoCoverage", "Ignored", "RuntimeError"] as const;

type Row = { readonly room: string; readonly score: number; readonly counts: readonly number[] };

async function main(): Promise<boolean> {
  const { positionals: asked, values } = parseArgs({
    allowPositionals: true,
    options: { concurrency: { type: "string", default: "1" }, force: { type: "boolean", default: false } },
  });
  const rooms = ROOMS.map((room) => ({ room, files: filesOf(room) }));
  const unknown = asked.find((one) => !rooms.some(({ room, files }) => room.name === one || files.includes(one)));
  if (unknown !== undefined) throw new Error(`${unknown} is neither a room nor a file in one`);
  const rows: Row[] = [];
  for (const { room, files } of rooms) {
    const chosen =
      asked.length === 0 || asked.includes(room.name) ? files : files.filter((file) => asked.includes(file));
    if (chosen.length > 0) rows.push(await tried(room, chosen, Number(values.concurrency), values.force));
  }
  console.log(["room", "score", ...COUNTED].join("\t"));
  for (const { room, score, counts } of rows) console.log([room, score.toFixed(2), ...counts].join("\t"));
  return rows.every(({ score }) => score >= BAR);
}

function filesOf({ files }: Room): readonly string[] {
  return globSync([...files])
    .map((file) => file.replaceAll("\\", "/"))
    .toSorted();
}

/** The results are of all that was ever tried of the room. */
async function tried(room: Room, files: readonly string[], concurrency: number, force: boolean): Promise<Row> {
  let results: Awaited<ReturnType<Stryker["runMutationTest"]>> = [];
  for (let from = 0; from < files.length; from += FILES_AT_ONCE) {
    const upTo = from + FILES_AT_ONCE;
    results = await strykerFor(
      room,
      files.slice(from, upTo),
      upTo >= files.length,
      concurrency,
      force,
    ).runMutationTest();
  }
  const counts = COUNTED.map((status) => results.filter((result) => result.status === status).length);
  const [killed = 0, timeout = 0, survived = 0, uncovered = 0] = counts;
  const noticed = killed + timeout;
  return { room: room.name, score: (100 * noticed) / (noticed + survived + uncovered), counts };
}

function strykerFor(room: Room, mutate: readonly string[], isLast: boolean, concurrency: number, force: boolean) {
  return new Stryker({
    testRunner: "vitest",
    plugins: ["@stryker-mutator/vitest-runner"],
    vitest: { configFile: "test/mutation/vitest.config.ts", dir: room.tests, related: false },
    coverageAnalysis: "perTest",
    mutate: [...mutate],
    // Only what these tests need: elsewhere in the tree others may be at work while it is copied.
    ignorePatterns: [
      "/*",
      ...["!/src", "!/docs", "!/policies", "!/tsconfig.json"],
      ...["!/test", "/test/*", "!/test/mutation", "!/test/unit"],
    ],
    // There is nothing in it that has to be rewritten, and no compiler that Stryker could do it with.
    tsconfigFile: "none",
    concurrency,
    incremental: true,
    force,
    incrementalFile: `${OUT}/${room.name}.incremental.json`,
    tempDirName: `${OUT}/${room.name}.sandbox`,
    cleanTempDir: "always",
    // A mutant that a busy machine is slow with must not count as noticed.
    timeoutMS: 15_000,
    dryRunTimeoutMinutes: 60,
    reporters: ["progress-append-only", ...(isLast ? ["clear-text", "html", "json"] : [])],
    clearTextReporter: { reportTests: false, logTests: false },
    htmlReporter: { fileName: `${OUT}/${room.name}.html` },
    jsonReporter: { fileName: `${OUT}/${room.name}.json` },
  });
}

process.exitCode = (await main()) ? 0 : 1;
