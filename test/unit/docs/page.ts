/** A page of docs/ as its tests see it: fenced blocks with their labels, tables, and what it quotes. */
import { readFileSync } from "node:fs";
import { join } from "node:path";

export const ROOT = join(import.meta.dirname, "../../..");

export const PAGES = ["policy.md", "limits.md"] as const;

export function pageText(name: string): string {
  return readFileSync(join(ROOT, "docs", name), "utf8");
}

/** `label` is what an HTML comment right before the fence says: `example: walls`. */
export type Block = { readonly language: string; readonly label: string | undefined; readonly body: string };

const BLOCK = /(?:^<!-- (.+) -->\n)?^```([a-z]*)\n([\s\S]*?)^```$/gm;

export function blocksIn(text: string): readonly Block[] {
  return [...text.matchAll(BLOCK)].map(([, label, language = "", body = ""]) => ({ language, label, body }));
}

/** A page without its fenced blocks. */
export function proseOf(text: string): string {
  return text.replaceAll(BLOCK, "");
}

/** Cells by row, without the row of dashes; the first row is the header. */
export type Table = readonly (readonly string[])[];

export function tablesIn(text: string): readonly Table[] {
  const tables: string[][][] = [];
  let open: string[][] | undefined;
  for (const line of proseOf(text).split("\n")) {
    if (!line.startsWith("|")) {
      open = undefined;
      continue;
    }
    if (open === undefined) {
      open = [];
      tables.push(open);
    }
    const cells = line.split(/(?<!\\)\|/).slice(1, -1);
    if (!cells.every((cell) => /^-*$/.test(cell.trim())) || cells.every((cell) => cell.trim() === "")) {
      open.push(cells.map((cell) => cell.trim().replaceAll("\\|", "|")));
    }
  }
  return tables;
}

/** The first table with this header. */
export function tableUnder(text: string, ...header: readonly string[]): Table {
  const table = tablesIn(text).find(([first]) => header.join() === first?.join());
  if (table === undefined) throw new Error(`the page has no table with the header ${header.join(", ")}`);
  return table.slice(1);
}

export function spansIn(text: string): readonly string[] {
  return [...text.matchAll(/`([^`]+)`/g)].map(([, span = ""]) => span);
}

/** What the page says that a client is told: lines of `text` blocks, and spans that begin as such texts do. */
export function quotesIn(text: string): readonly string[] {
  const lines = blocksIn(text).flatMap(({ language, body }) => (language === "text" ? body.trimEnd().split("\n") : []));
  return [...lines, ...spansIn(proseOf(text))].filter((each) => /^(?:\[POLICY DENIED\] |Unknown tool: )/.test(each));
}
