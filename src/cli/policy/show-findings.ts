/** Mistakes in files as an editor's terminal wants them: a place to jump to, the words, the line with a mark. Pure. */
import type { SourceFile } from "../apply/folder.ts";
import type { Problem } from "../problem.ts";
import { shown, type Terminal } from "../terminal.ts";
import type { Finding } from "./check-files.ts";
import type { ServerFiles } from "./find.ts";
import { snippet } from "./snippet.ts";

export type Texts = ReadonlyMap<string, string>;

/** All files that were found, by the names that messages use. */
export function textsOf(servers: readonly ServerFiles[]): Texts {
  const files = servers.flatMap(({ server, tools, policies, strays }): (SourceFile | undefined)[] => [
    server,
    tools,
    ...policies.flatMap(({ file, cases }) => [file, cases]),
    ...strays,
  ]);
  return new Map(files.flatMap((file) => (file === undefined ? [] : [[file.name, file.text] as const])));
}

export function findingText(finding: Finding, texts: Texts, { paint, width }: Terminal): string {
  const colour = finding.severity === "error" ? "red" : "yellow";
  const label = finding.severity === "error" ? "" : `${paint(colour, "warning:")} `;
  return withSource(finding, `${label}${shown(finding.message)}`, texts, { paint, width }, colour);
}

export function problemText(problem: Problem, texts: Texts, terminal: Terminal): string {
  return withSource(problem, shown(problem.message), texts, terminal, "red");
}

function withSource(
  { file, line, column }: Problem,
  message: string,
  texts: Texts,
  { paint, width }: Pick<Terminal, "paint" | "width">,
  colour: "red" | "yellow",
): string {
  const text = texts.get(file);
  const place = `${paint("bold", `${file}:${line}:${column}`)}  ${message}`;
  if (text === undefined) return place;
  const [source = "", mark = ""] = snippet(text, line, column, width);
  return [place, `  ${paint("dim", source)}`, `  ${paint(colour, mark)}`].join("\n");
}
