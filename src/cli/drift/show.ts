/** Drifted tools in words, and their definitions line by line. What a server wrote can't hide in it: all of it is visible. */
import { bareObject, type Json, type JsonObject, member } from "../../json/value.ts";
import type { Weight } from "../../tools/drift/drift.ts";
import type { Inventory, PinnedTool } from "../admin/tool-calls.ts";
import { type DiffLine, lineDiff, policyDiff } from "../apply/diff.ts";
import { diffText } from "../apply/show.ts";
import { cell } from "../show.ts";
import { type Style, shown, type Terminal } from "../terminal.ts";
import type { Drifted } from "./look.ts";

const COLOUR: Readonly<Record<Weight, Style>> = {
  low: "dim",
  medium: "yellow",
  high: "red",
  critical: ["red", "bold"],
};

type Paint = Terminal["paint"];

/** `create_rule  changed, critical`, and a line for each thing that changed. */
export function headLines({ tool, remarks, weight }: Drifted, paint: Paint): string[] {
  const widest = Math.max(...remarks.map(({ kind }) => kind.length));
  return [
    `${paint("bold", cell(tool.name))}  ${tool.state}, ${paint(COLOUR[weight], weight)}`,
    ...remarks.map(
      ({ kind, weight: own, text }) => `  ${paint(COLOUR[own], own.padEnd(8))}  ${kind.padEnd(widest)}  ${cell(text)}`,
    ),
  ];
}

/** Lines of one definition that are shown; `--json` has all of them. */
const MOST_LINES = 120;

/** The descriptions and the rest of both definitions, as lines that came and went. Empty where nothing can be compared. */
export function differenceLines({ pinned, seen, state, hash, seenHash }: PinnedTool, paint: Paint): string[] {
  if (seen === null || state === "gone" || (state === "changed" && (pinned === null || hash === seenHash))) return [];
  const lines = [
    ...changed(lineDiff(linesOf(pinned), linesOf(seen))),
    ...(pinned === null ? whole(seen) : changed(policyDiff(rest(pinned), rest(seen)))),
  ];
  if (lines.length === 0) return [];
  const visible = lines.map(({ kind, text }): DiffLine => ({ kind, text: shown(text) }));
  const most = visible.slice(0, MOST_LINES);
  const left = visible.length - most.length;
  return [
    diffText(most, paint),
    ...(left > 0 ? [paint("dim", `      and ${left} more lines; --json has all of it`)] : []),
  ];
}

/** Nothing of what is the same on both sides. */
function changed(lines: readonly DiffLine[]): readonly DiffLine[] {
  return lines.some(({ kind, text }) => kind === "added" || kind === "removed" || (kind === "gap" && text !== "…"))
    ? lines
    : [];
}

function linesOf(definition: JsonObject | null): string[] {
  const text = definition === null ? undefined : member(definition, "description");
  return typeof text === "string" ? text.replaceAll("\r\n", "\n").split("\n") : [];
}

function whole(definition: JsonObject): DiffLine[] {
  return JSON.stringify(rest(definition), null, 2)
    .split("\n")
    .map((text) => ({ kind: "added", text }));
}

function rest(definition: JsonObject): Json {
  const others = bareObject();
  for (const key of Object.keys(definition)) {
    if (key !== "name" && key !== "description") others[key] = member(definition, key) ?? null;
  }
  return others;
}

/** "240 tools of server fortios, last listed 2026-11-21T12:00:00Z; 2 are not as pinned". */
export function standing({ server, tools, drifted, listedAt, complete }: Inventory, grant: string | undefined): string {
  const whose = `server ${server}${grant === undefined ? "" : ` for grant ${grant}`}`;
  if (listedAt === null) return shown(`The tools of ${whose} have not been listed yet: nothing is pinned.`);
  const count = `${tools} ${tools === 1 ? "tool" : "tools"}`;
  const differs = drifted === 0 ? "all as pinned" : `${drifted} not as pinned`;
  const partly = complete ? "" : " Its list has not been seen whole yet: tools that come are pinned.";
  return shown(`${count} of ${whose}, ${differs}; last listed ${listedAt}.${partly}`);
}

export const MODES: Readonly<Record<Inventory["drift"], string>> = {
  hold: "Drift is held: such tools are not listed, and calls of them are denied, until they are accepted.",
  warn: "Drift is only told: such tools are listed and can be called.",
  allow: "Drift is allowed: changes are pinned as they come.",
};
