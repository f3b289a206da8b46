/**
 * A report for a pull request, in GitHub's Markdown. Pure. Whatever a server wrote stands in code, with every sign that
 * Markdown or HTML could take for its own written as an entity: it can't forge a table, a link or a mention.
 */
import { RISK } from "../../tools/classify/class.ts";
import { cell } from "../show.ts";
import { FINDING_KINDS, MEANINGS } from "./kinds.ts";
import { DANGEROUS, DESCENDING, findingsOf, type Report, type ScannedTool } from "./report.ts";
import { brief, byKind, CLASS_NAMES, costs, has, number, pieces, reason, serverName, subject } from "./words.ts";

/** GitHub takes comments of 65,536 characters: so much for the table, and for what there is of each kind. */
const ROWS: Room = { lines: 60, characters: 25_000 };
const PLACES: Room = { lines: 20, characters: 2_500 };
const MOST_PARAMETERS = 8;

type Room = { readonly lines: number; readonly characters: number };

/** The first of the lines, as many as there is room for. */
function fitting(lines: readonly string[], { lines: most, characters }: Room): readonly string[] {
  let used = 0;
  return lines.slice(0, most).filter((line) => {
    used += line.length;
    return used <= characters;
  });
}

export function reportMarkdown(report: Report, all: boolean): string {
  const { tools } = report;
  const dangerous = tools.filter((tool) => DANGEROUS.includes(tool.class));
  const rest = tools.filter((tool) => !DANGEROUS.includes(tool.class));
  return [
    `## Tools of ${code(serverName(report))}`,
    `${code(report.list.from)}${report.list.era === null ? "" : `, ${report.list.era} era`}: ${has(report)}.`,
    classTable(report),
    `The whole list costs a model ${costs(report)}.`,
    ...(dangerous.length > 0 ? ["### Dangerous tools", toolTable(dangerous, all)] : []),
    ...worth(report, all),
    ...(all && rest.length > 0
      ? [`<details><summary>The other ${number(rest.length)} tools</summary>`, toolTable(rest, all), "</details>"]
      : []),
    ...(report.list.notes.length > 0 ? [report.list.notes.map((note) => `> ${plain(note)}`).join("\n>\n")] : []),
  ].join("\n\n");
}

function classTable({ counts }: Report): string {
  const rows = DESCENDING.map(
    (toolClass) => `| ${CLASS_NAMES[toolClass]} | ${RISK[toolClass]} | ${number(counts[toolClass])} |`,
  );
  return ["| class | risk | tools |", "|---|---|---:|", ...rows].join("\n");
}

function toolTable(tools: readonly ScannedTool[], all: boolean): string {
  const rows = tools.map((tool) => {
    const found = byKind(tool.findings).map(([kind, parameters]) => {
      const few = parameters.slice(0, MOST_PARAMETERS).map(code);
      const where =
        few.length === 0 ? "" : ` (${[...few, ...(few.length < parameters.length ? ["…"] : [])].join(", ")})`;
      return `${MEANINGS[kind].title}${where}`;
    });
    return `| ${code(tool.name)} | ${CLASS_NAMES[tool.class]} | ${marked(reason(tool)?.text ?? "")} | ${found.join("; ")} |`;
  });
  const shown = all ? rows : fitting(rows, ROWS);
  const more = rows.length - shown.length;
  return [
    "| tool | class | why | worth a look |",
    "|---|---|---|---|",
    ...shown,
    ...(more > 0 ? ["", `And ${number(more)} more.`] : []),
  ].join("\n");
}

function worth(report: Report, all: boolean): string[] {
  const found = findingsOf(report);
  const items = FINDING_KINDS.flatMap((kind) => {
    const own = found.filter(({ finding }) => finding.kind === kind);
    if (own.length === 0) return [];
    const { title, why } = MEANINGS[kind];
    const places = own.map(({ of, finding }) =>
      kind === "steering" || kind === "annotation"
        ? `${code(of)}: ${marked(finding.text)}`
        : code(subject(of, finding)),
    );
    const shown = all ? places : fitting(places, PLACES);
    const more = places.length - shown.length;
    const list = [...shown, ...(more > 0 ? [`and ${number(more)} more`] : [])];
    return [`* **${title}** (${number(own.length)}). ${why}`, ...list.map((place) => `  * ${place}`)];
  });
  return items.length === 0 ? [] : ["### Worth a look", items.join("\n")];
}

/** A sentence of ours around words of the server's, which stand in quotes or between stars. */
function marked(sentence: string): string {
  return pieces(sentence)
    .map(({ kind, text }) => (kind === "word" ? code(text) : quotesIn(text)))
    .join("");
}

function quotesIn(text: string): string {
  return text
    .split(/"((?:[^"\\]|\\.)*)"/)
    .map((part, index) => (index % 2 === 1 ? code(part) : plain(part)))
    .join("");
}

/** All that Markdown or HTML reads, but for what stands in the middle of a word or of a path and means nothing there. */
const SIGNS = /(?![,%;()'/ -]|(?<=[A-Za-z0-9])[_.](?=[A-Za-z0-9]))[!-/:-@[-`{-~]/g;

function entities(text: string): string {
  return (
    cell(text)
      .replace(SIGNS, (sign) => `&#${sign.charCodeAt(0)};`)
      .replace(/\bwww\./gi, (www) => www.replace(".", "&#46;"))
      // An address is looked for after entities are read; a comment parts the text.
      .replaceAll("&#64;", "&#64;<!-- -->")
  );
}

/** HTML's own code, since a span between backticks ends at the next one. Mentions are not looked for inside. */
function code(text: string): string {
  return `<code>${entities(brief(text))}</code>`;
}

/** What GitHub takes for an issue, a ticket or a commit, wherever text stands outside of code. */
const REFERENCES = /&#35;(?=\d)|\b[A-Za-z]+-(?=\d)/g;
const COMMIT = /\b[0-9a-f]{7,}\b/gi;

/** Our own words, in which something of a server's may still stand: nobody is mentioned outside of code, and nothing referred to. */
function plain(text: string): string {
  return entities(text.replaceAll("@", "(at)"))
    .replace(REFERENCES, "$&<!-- -->")
    .replace(COMMIT, (commit) => commit.replace(/.{4}\B/g, "$&<!-- -->"));
}
