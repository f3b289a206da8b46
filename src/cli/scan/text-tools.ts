/** The tools of one class for people: each with why it has its class, and what else about it is worth a look. Pure. */
import { cell } from "../show.ts";
import { textWidth } from "../table.ts";
import { weightOf } from "./finding.ts";
import { MEANINGS } from "./kinds.ts";
import { COLOURS, FEW, LINE, type Look, more } from "./look.ts";
import type { Report, ScannedTool } from "./report.ts";
import { brief, byKind, CLASS_NAMES, number, pieces, reason } from "./words.ts";
import { wrapped } from "./wrap.ts";

export function ofClass({ tools }: Report, toolClass: ScannedTool["class"], all: boolean, look: Look): string[] {
  const own = tools.filter((tool) => tool.class === toolClass);
  if (own.length === 0) return [];
  // What has something to it besides its class comes first.
  const ordered = all ? own : own.toSorted((a, b) => heft(b) - heft(a) || a.index - b.index);
  const shown = all ? ordered : ordered.slice(0, FEW);
  const widest = Math.max(...shown.map(({ name }) => textWidth(brief(name))));
  const column = Math.min(widest, 32, Math.floor((look.width ?? LINE) * 0.4));
  const title = `${CLASS_NAMES[toolClass]} (${number(own.length)})`;
  return [
    look.paint(["bold", COLOURS[toolClass]], title),
    ...shown.flatMap((tool) => toolLines(tool, column, look)),
    ...more(own.length - shown.length, look),
  ];
}

const HEFT = { high: 100, medium: 10, low: 1 } as const;

function heft({ findings }: ScannedTool): number {
  return findings.reduce((sum, finding) => sum + HEFT[weightOf(finding)], 0);
}

function toolLines(tool: ScannedTool, column: number, { paint, width = LINE }: Look): string[] {
  const name = brief(tool.name);
  const gap = " ".repeat(column + 4);
  // What a class means stands in its heading; each line says what is the tool's own.
  const why = (reason(tool)?.text ?? "").replace(
    /(?:, which (?:loses what was there|moves money|sets something going|looks and changes nothing)|; no undo named)$/,
    "",
  );
  const lines = [
    ...sentence(why, width - gap.length, paint),
    ...byKind(tool.findings)
      .filter(([kind]) => kind !== "path" || tool.class !== "read")
      .map(([kind, parameters]) => {
        const where = parameters.length === 0 ? "" : ` (${parameters.slice(0, FEW).map(brief).join(", ")})`;
        return `${uncapped(MEANINGS[kind].title)}${where}`;
      })
      .flatMap((text) => wrapped(`+ ${text}`, width - gap.length, "  ").map((line) => paint("yellow", line))),
  ];
  const isLong = textWidth(name) > column;
  const head = isLong ? `  ${name}` : `  ${name}${" ".repeat(column - textWidth(name))}  ${lines[0] ?? ""}`;
  return [head.trimEnd(), ...lines.slice(isLong ? 0 : 1).map((line) => `${gap}${line}`)];
}

function uncapped(title: string): string {
  return title.charAt(0).toLowerCase() + title.slice(1);
}

/** Words of the server stand out, so that nobody takes them for ours. */
function sentence(text: string, width: number, paint: Look["paint"]): string[] {
  const all = pieces(text).map(({ kind, text }) => ({ kind, text: kind === "word" ? brief(text) : cell(text) }));
  const plain = all.map((piece) => piece.text).join("");
  const words = new Set(all.flatMap(({ kind, text }) => (kind === "word" ? [text] : [])));
  return wrapped(plain, width, "").map((line) =>
    line
      .split(" ")
      .map((word) => (words.has(word.replace(/[,;:.]$/, "")) ? paint("bold", word) : word))
      .join(" "),
  );
}
