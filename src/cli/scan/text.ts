/**
 * A report for people, read from the top: what it is, how dangerous, what is dangerous and why, what is suspicious, what
 * to do. Pure. It stays short however many tools there are; whatever a server wrote goes through `cell`.
 */
import { RISK } from "../../tools/classify/class.ts";
import { cell, counted } from "../show.ts";
import { COLOURS, LINE, type Look } from "./look.ts";
import { DANGEROUS, DESCENDING, type Report } from "./report.ts";
import { ofClass } from "./text-tools.ts";
import { worthALook } from "./text-worth.ts";
import { brief, CLASS_NAMES, costs, has, number, serverName } from "./words.ts";
import { wrapped } from "./wrap.ts";

export function reportText(report: Report, all: boolean, look: Look): string {
  const sections = [
    heading(report, look),
    classes(report, look),
    ...(all ? DESCENDING : DANGEROUS).map((toolClass) => ofClass(report, toolClass, all, look)),
    worthALook(report, all, look),
    notes(report, look),
    next(report, look),
  ];
  return sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join("\n"))
    .join("\n\n");
}

function heading(report: Report, { paint, width }: Look): string[] {
  const { from, era } = report.list;
  const how = era === null ? "" : `, ${era === "modern" ? "2026-07-28 era" : "legacy era"}`;
  return [
    paint("bold", brief(serverName(report))),
    ...wrapped(`${cell(from)}${how}`, width ?? LINE, "").map((line) => paint("dim", line)),
    has(report),
  ];
}

const BAR = 24;

function classes(report: Report, { paint, width }: Look): string[] {
  const { counts } = report;
  const most = Math.max(...Object.values(counts));
  if (most === 0) return ["It lists no tools."];
  const digits = number(most).length;
  const longest = Math.max(4, Math.min(BAR, (width ?? LINE) - digits - 26));
  const rows = DESCENDING.map((toolClass) => {
    const count = counts[toolClass];
    const bar = "█".repeat(Math.ceil((count / most) * longest));
    const name = CLASS_NAMES[toolClass].padEnd(11);
    const line = `${name}  ${number(count).padStart(digits)}  ${paint(COLOURS[toolClass], bar.padEnd(longest))}  ${RISK[toolClass]}`;
    return count === 0 ? paint("dim", `${name}  ${number(count).padStart(digits)}`) : line;
  });
  return [...rows, "", ...wrapped(`The whole list costs a model ${costs(report)}.`, width ?? LINE, "")];
}

function notes({ list }: Report, { paint, width = LINE }: Look): string[] {
  return list.notes.flatMap((note) =>
    wrapped(`Note: ${cell(note)}`, width, "      ").map((line) => paint("yellow", line)),
  );
}

function next(report: Report, { paint, width = LINE }: Look): string[] {
  const count = report.list.tools.length;
  if (count === 0) return [];
  if (report.unfit !== undefined) return wrapped(`Note: ${report.unfit}`, width, "      ");
  const why = `makes a policy of ${counted(count, "tool")} that you can read, change and sign`;
  return [
    paint("bold", "Next"),
    `  npx grantgate policy recommend ${cell(report.source)}`,
    ...wrapped(why, width - 2, "").map((line) => paint("dim", `  ${line}`)),
  ];
}
