/** What is worth a look, by kind, for people. Pure. */
import { cell } from "../show.ts";
import type { Style } from "../terminal.ts";
import type { Finding } from "./finding.ts";
import { FINDING_KINDS, type FindingKind, MEANINGS } from "./kinds.ts";
import { FEW, LINE, type Look, more } from "./look.ts";
import { findingsOf, type Report } from "./report.ts";
import { brief, number, pieces, subject } from "./words.ts";
import { wrapped } from "./wrap.ts";

/** These are told sentence by sentence; of the others it is enough to know where. */
const TOLD: ReadonlySet<FindingKind> = new Set(["steering", "annotation"]);

export function worthALook(report: Report, all: boolean, look: Look): string[] {
  const { paint, width = LINE } = look;
  const found = findingsOf(report);
  const sections = FINDING_KINDS.map((kind) => {
    const own = found.filter(({ finding }) => finding.kind === kind);
    if (own.length === 0) return [];
    const { title, weight } = MEANINGS[kind];
    const colour: Style = weight === "high" ? "red" : weight === "medium" ? "yellow" : "dim";
    const head = `  ${paint(colour, title)} (${number(own.length)})`;
    return [head, ...(TOLD.has(kind) ? told(own, all, look) : placed(own, all, width, look))];
  });
  const lines = sections.flat();
  return lines.length === 0 ? [] : [paint("bold", "Worth a look"), ...lines];
}

type Found = ReturnType<typeof findingsOf>[number];

function told(found: readonly Found[], all: boolean, look: Look): string[] {
  const { width = LINE, paint } = look;
  const shown = all ? found : found.slice(0, FEW);
  return [
    ...shown.flatMap(({ of, finding }) => {
      const text = pieces(cell(finding.text))
        .map((piece) => piece.text)
        .join("");
      const [first = "", ...rest] = wrapped(`${brief(of)}: ${text}`, width - 4, "  ");
      return [first, ...rest].map((line) => `    ${line}`);
    }),
    ...more(found.length - shown.length, { paint, width }).map((line) => `  ${line}`),
  ];
}

function placed(found: readonly Found[], all: boolean, width: number, { paint }: Look): string[] {
  const places = [...new Set(found.map(({ of, finding }: { of: string; finding: Finding }) => subject(of, finding)))];
  const shown = all ? places : places.slice(0, FEW);
  const rest = places.length - shown.length;
  const text = [...shown, ...(rest > 0 ? [`and ${number(rest)} more`] : [])].map(unbroken).join(", ");
  return wrapped(text, width - 4, "").map((line) => paint("dim", `    ${line.replaceAll(JOINED, " ")}`));
}

/** Stands for a space at which no line is broken, while lines are made: a private character that `cell` lets through. */
const JOINED = "\ue000";

const unbroken = (text: string): string => text.replaceAll(" ", JOINED);
