/**
 * How well the classifier agrees with labels that people gave: a confusion matrix, and what it misses.
 *
 *   npm run classify:score -- FILE [--contested] [--half development|held-out] [--misses] [--json]
 *
 * FILE has one JSON object a line: `server`, `tool`, `description`, `category`, optionally `contested`, `inputSchema` and
 * `annotations`. The halves are drawn by server from the seed below: rules are written looking at one of them, and the
 * other tells what they are worth.
 */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { isObject, type Json, type JsonObject } from "../json/value.ts";
import { CLASSES, type ToolClass } from "../tools/classify/class.ts";
import { type Classification, classify } from "../tools/classify/classify.ts";
import { tableLines } from "./table.ts";

const SEED = "1";
const DANGEROUS: readonly ToolClass[] = ["execute", "destructive", "financial"];

type Row = {
  readonly server: string;
  readonly tool: string;
  readonly label: ToolClass;
  readonly contested: boolean;
  readonly given: Classification;
};

function fail(message: string): never {
  console.error(message);
  process.exit(2);
}

function linesOf(path: string): string[] {
  try {
    return readFileSync(path, "utf8").split("\n");
  } catch (error) {
    return fail(`Could not read the file: ${error instanceof Error ? error.message : error}`);
  }
}

function jsonOf(line: string, at: number): Json {
  try {
    return JSON.parse(line);
  } catch {
    return fail(`Line ${at + 1} is not JSON.`);
  }
}

function rowOf(line: string, at: number): Row {
  const row = jsonOf(line, at);
  const { server, tool, category, contested, description, inputSchema, annotations }: JsonObject = isObject(row)
    ? row
    : {};
  const label = CLASSES.find((known) => typeof category === "string" && known === category.toLowerCase());
  if (typeof server !== "string" || typeof tool !== "string" || label === undefined) {
    return fail(`Line ${at + 1}: expected "server", "tool" and a known "category".`);
  }
  const given = classify({ name: tool, description, inputSchema, annotations });
  return { server, tool, label, contested: contested === true, given };
}

/** The first half is the one that rules were written looking at. */
function halves(rows: readonly Row[]): { readonly development: Row[]; readonly "held-out": Row[] } {
  const draw = (server: string) => createHash("sha256").update(`${SEED}\n${server}`).digest("hex");
  const servers = [...Map.groupBy(rows, ({ server }) => server)].map(([server, own]) => ({ lot: draw(server), own }));
  const out = { development: [] as Row[], "held-out": [] as Row[] };
  for (const { own } of servers.sort((a, b) => (a.lot < b.lot ? -1 : 1))) {
    (out.development.length <= out["held-out"].length ? out.development : out["held-out"]).push(...own);
  }
  return out;
}

const isRight = ({ label, given }: Row): boolean => label === given.class;
const share = (part: number, whole: number): string => (whole === 0 ? "-" : `${((100 * part) / whole).toFixed(1)} %`);

function measures(rows: readonly Row[]) {
  const clear = rows.filter(({ contested }) => !contested);
  const dangerous = clear.filter(({ label }) => DANGEROUS.includes(label));
  return {
    rows: rows.length,
    right: rows.filter(isRight).length,
    uncontested: clear.length,
    uncontestedRight: clear.filter(isRight).length,
    dangerous: dangerous.length,
    dangerousCalledRead: dangerous.filter(({ given }) => given.class === "read").length,
  };
}

function matrix(rows: readonly Row[]): number[][] {
  return CLASSES.map((label) =>
    CLASSES.map((given) => rows.filter((row) => row.label === label && row.given.class === given).length),
  );
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    contested: { type: "boolean", default: false },
    half: { type: "string" },
    misses: { type: "boolean", default: false },
    json: { type: "boolean", default: false },
  },
});
const file =
  positionals[0] ??
  fail("Usage: npm run classify:score -- FILE [--contested] [--half development|held-out] [--misses] [--json]");
const all = linesOf(file).flatMap((line, at) => (line.trim() === "" ? [] : [rowOf(line, at)]));
const split = halves(all);
const { half } = values;
if (half !== undefined && half !== "development" && half !== "held-out") fail("--half is development or held-out.");
const chosen = half === "development" || half === "held-out" ? split[half] : all;
const counted = chosen.filter(({ contested }) => values.contested || !contested);
const misses = counted.filter((row) => !isRight(row));

if (values.json) {
  const scores = {
    development: measures(split.development),
    "held-out": measures(split["held-out"]),
    all: measures(all),
  };
  console.log(
    JSON.stringify(
      { scores, classes: CLASSES, matrix: matrix(counted), ...(values.misses ? { misses } : {}) },
      null,
      2,
    ),
  );
} else {
  const head = ["label \\ given", ...CLASSES];
  const cells = matrix(counted).map((row, at) => [CLASSES[at] ?? "", ...row.map(String)]);
  const scores = Object.entries({ ...split, all }).map(([name, rows]) => {
    const m = measures(rows);
    return [
      name,
      `${m.uncontestedRight}/${m.uncontested} ${share(m.uncontestedRight, m.uncontested)}`,
      `${m.right}/${m.rows} ${share(m.right, m.rows)}`,
      `${m.dangerousCalledRead}/${m.dangerous} ${share(m.dangerousCalledRead, m.dangerous)}`,
    ];
  });
  const scoreHead = ["rows", "agree", "with contested", "dangerous called read"];
  console.log(
    [
      ...tableLines({ head, rows: cells }, undefined),
      "",
      ...tableLines({ head: scoreHead, rows: scores }, undefined),
    ].join("\n"),
  );
  for (const { tool, label, given } of values.misses ? misses : []) {
    console.log(`\n${tool}: labelled ${label}, given ${given.class} (${given.confidence})`);
    for (const one of given.evidence) console.log(`  ${one.class}: ${one.text}`);
  }
}
