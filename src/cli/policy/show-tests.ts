/** What came of a policy's cases, as test runners tell it. Pure. */

import type { Expected } from "../../policy/cases.ts";
import { shown, type Terminal } from "../terminal.ts";
import type { CaseResult } from "./run-cases.ts";
import { problemText, type Texts } from "./show-findings.ts";
import type { Run, Suite } from "./suite.ts";
import { hasCases, type Mutations, type PlacedMutation, type Tally } from "./tally.ts";

type Paint = Terminal["paint"];

/** One line for each policy. */
export function suiteLine(suite: Suite, paint: Paint): string {
  if (suite.kind === "broken") return `${paint("red", "✗")} ${suite.file}  ${paint("red", "can't be read")}`;
  const name = suite.cases ?? suite.file;
  if (!hasCases(suite)) return `${paint("yellow", "-")} ${name}  ${paint("yellow", "no cases")}`;
  const failed = suite.results.filter(({ wrong }) => wrong.length > 0).length;
  const total = counted(suite.results.length, "case");
  if (failed === 0) return `${paint("green", "✓")} ${name}  ${paint("dim", total)}`;
  return `${paint("red", "✗")} ${name}  ${total}, ${paint("red", `${failed} failed`)}`;
}

/** What is wrong with a policy: its files, or each case that failed. Empty when nothing is. */
export function failureTexts(suite: Suite, texts: Texts, terminal: Terminal): string[] {
  if (suite.kind === "broken") return suite.problems.map((problem) => problemText(problem, texts, terminal));
  const failed = suite.results.filter(({ wrong }) => wrong.length > 0);
  return failed.map((result) => caseText(suite, result, terminal.paint));
}

function caseText({ cases, file }: Run, { case: each, actual, wrong }: CaseResult, paint: Paint): string {
  const place = paint("bold", `${cases ?? file}:${each.line}:${each.column}`);
  const part = (field: keyof Expected, text: string): string => (wrong.includes(field) ? paint("red", text) : text);
  return [
    `${place}  ${shown(each.name)}`,
    `  expected  ${told(each.expect, (_, text) => text)}`,
    `  actual    ${told(actual, part)}`,
  ].join("\n");
}

function told({ effect, rule, text }: Expected, part: (field: keyof Expected, text: string) => string): string {
  return [
    part("effect", effect),
    ...(rule === undefined ? [] : [part("rule", shown(rule))]),
    ...(text === undefined ? [] : [part("text", JSON.stringify(text))]),
  ].join("  ");
}

/** Every rule with a mark, or only those that no case reached. */
export function coverageText({ file, rules }: Run, which: "all" | "unreached", paint: Paint): string {
  const wanted = which === "all" ? rules : rules.filter(({ reached }) => !reached);
  const lines = wanted.map(({ pointer, line, column, reached }) => {
    const mark = reached ? paint("green", "✓") : paint("red", "✗");
    return `  ${mark} ${file}:${line}:${column}  ${shown(pointer)}`;
  });
  const reached = rules.filter((rule) => rule.reached).length;
  return [`${paint("bold", file)}  ${reached} of ${counted(rules.length, "rule")} reached`, ...lines].join("\n");
}

/** How a policy stands its mutants, and each that no case notices. */
export function mutationText({ file }: Run, mutation: PlacedMutation | undefined, paint: Paint): string {
  if (mutation === undefined) return `${paint("bold", file)}  not mutated: its cases have to pass first`;
  const { tried, skipped, survivors } = mutation;
  const invalid = skipped === 0 ? "" : paint("dim", ` (${skipped} more would be no valid policy)`);
  const head = `${paint("bold", file)}  ${tried - survivors.length} of ${counted(tried, "mutant")} noticed${invalid}`;
  const lines = survivors.map(
    ({ line, column, pointer, change }) =>
      `  ${paint("red", "✗")} ${file}:${line}:${column}  ${shown(pointer)}  ${shown(change)}`,
  );
  return [head, ...lines].join("\n");
}

/** The closing lines. */
export function summaryText(counts: Tally, mutations: Mutations, milliseconds: number, paint: Paint): string {
  const { passed, failed, broken, untested, tested, rules, reached, mutants, survivors } = counts;
  const lines = [
    ["Cases", parts(paint, [failed, "failed", "red"], [passed, "passed", "green"])],
    [
      "Policies",
      parts(paint, [broken, "can't be read", "red"], [untested, "without cases", "yellow"], [tested, "tested"]),
    ],
    ["Coverage", `${reached} of ${counted(rules, "rule")} reached`],
    ["Mutants", mutations.size === 0 ? "" : `${mutants - survivors} of ${mutants} noticed`],
    ["Time", milliseconds < 1000 ? `${milliseconds} ms` : `${(milliseconds / 1000).toFixed(1)} s`],
  ];
  return lines
    .filter(([, text]) => text !== "")
    .map(([name = "", text]) => `${paint("dim", name.padStart(8))}  ${text}`)
    .join("\n");
}

type Part = readonly [count: number, what: string, colour?: "red" | "yellow" | "green"];

function parts(paint: Paint, ...counts: readonly Part[]): string {
  return counts
    .filter(([count]) => count > 0)
    .map(([count, what, colour]) => (colour === undefined ? `${count} ${what}` : paint(colour, `${count} ${what}`)))
    .join(", ");
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? "" : "s"}`;
}
