/** What is said of a recommended policy to whoever has to sign it: how many of what, and what to look at. Pure. */
import type { ToolClass } from "../../tools/classify/class.ts";
import { SPANS } from "../../tools/recommend/peaks.ts";
import type { Recommendation } from "../../tools/recommend/recommend.ts";
import { type Ruling, WORST_FIRST } from "../../tools/recommend/ruling.ts";
import { brief } from "../scan/words.ts";
import { cell, counted } from "../show.ts";
import { tableLines } from "../table.ts";
import type { Terminal } from "../terminal.ts";
import { second } from "../time.ts";
import type { Heard } from "./from-audit.ts";

export function summary(
  { rulings, left, unshown }: Recommendation,
  from: string,
  { paintErr, width }: Pick<Terminal, "paintErr" | "width">,
): string {
  const classes = classTable(rulings).map(([name, count, what]) => [name ?? "", String(count), what ?? ""]);
  const looks = rulings.filter(({ look }) => look).map(({ name, why }) => [brief(name), cell(why)]);
  const lines = [
    paintErr("bold", `${counted(rulings.length + left.length, "tool")} of ${cell(from)}`),
    ...indented(tableLines({ head: ["CLASS", "TOOLS", "WHAT BECOMES OF THEM"], rows: classes }, undefined)),
    ...headed("Look at these", tableLines({ head: ["TOOL", "WHY"], rows: looks, flexible: ["WHY"] }, width), looks),
    ...headed(
      "No entry can name these, so the policy's default denies them",
      left.map(({ name, why }) => `${brief(JSON.stringify(name))}: ${why}`),
      left,
    ),
    ...headed(
      "No arguments could be made up that the schemas of these take, so no case shows them pass",
      unshown.map(brief),
      unshown,
    ),
  ];
  return lines.join("\n");
}

/** Of a policy made from what a grant did. */
export function leastSummary(
  { least: { needed, refused, left }, label, calls, since }: Heard,
  { paintErr, width }: Pick<Terminal, "paintErr" | "width">,
): string {
  const rows = needed.map((each) => [
    cell(each.tool),
    String(each.calls),
    ...SPANS.map((span) => String(each.peaks[span])),
    each.limits.map(({ window, max }) => `${max}/${window}`).join(", "),
  ]);
  const head = ["TOOL", "CALLS", "MINUTE", "HOUR", "DAY", "LIMITS"];
  const asked = refused.map(
    ({ tool, effect, calls }) => `${cell(tool)}: ${effect}, ${calls === 1 ? "once" : `${calls} times`}`,
  );
  const lines = [
    paintErr(
      "bold",
      `${counted(calls, "call")} of ${cell(label)} since ${second(since)}, with the most in any one minute, hour and day`,
    ),
    ...indented(tableLines({ head, rows, flexible: ["TOOL"] }, width)),
    ...headed("Was refused, and is not in the policy for that", asked, asked),
    ...headed(
      "Was called, and has no entry",
      left.map(({ name, why }) => `${brief(JSON.stringify(name))}: ${why}`),
      left,
    ),
  ];
  return lines.join("\n");
}

type Row = readonly [name: string, count: number, what: string];

/** The classes that there are, the dangerous first, with what the policy makes of them. */
function classTable(rulings: readonly Ruling[]): readonly Row[] {
  const groups = Map.groupBy(rulings, ({ class: toolClass, rule }) => `${toolClass} ${rule.kind}`);
  const order = (toolClass: ToolClass): number => WORST_FIRST.indexOf(toolClass);
  return [...groups.values()]
    .flatMap(([first, ...more]) => (first === undefined ? [] : [{ first, count: more.length + 1 }]))
    .sort((a, b) => order(a.first.class) - order(b.first.class))
    .map(({ first, count }) => [first.class, count, becomes(first.rule)]);
}

function becomes(rule: Ruling["rule"]): string {
  switch (rule.kind) {
    case "open":
      return "open";
    case "hidden":
      return "hidden";
    case "denied":
      return `denied: ${rule.reason}`;
    case "unwrapped":
      return "what they run is decided as if it had been called itself";
    case "limited":
      return rule.counter === undefined
        ? `${rule.max} calls a minute each`
        : `${rule.max} calls a minute together ("${rule.counter}")`;
  }
}

function headed(head: string, lines: readonly string[], items: readonly unknown[]): readonly string[] {
  return items.length === 0 ? [] : ["", `${head}:`, ...indented(lines)];
}

function indented(lines: readonly string[]): readonly string[] {
  return lines.map((line) => `  ${line}`);
}
