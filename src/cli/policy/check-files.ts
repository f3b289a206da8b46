/**
 * Everything that can be said about policy files without running them: all mistakes of all files at once. Pure.
 *
 * Policies and servers are judged by what `apply` judges them by, so that what passes here is not refused there.
 */
import { locate } from "../../json/locate.ts";
import { placesIn } from "../../json/place.ts";
import { readCases } from "../../policy/cases.ts";
import type { PolicyProblem } from "../../policy/problem.ts";
import { readPolicy } from "../../policy/read.ts";
import { warnings } from "../../policy/warnings/warnings.ts";
import { check } from "../apply/check.ts";
import type { SourceFile } from "../apply/folder.ts";
import type { Environment } from "../context.ts";
import type { Problem } from "../problem.ts";
import { type CaseNote, crosscheckCases } from "./crosscheck-cases.ts";
import type { PolicyFiles, ServerFiles } from "./find.ts";
import { readTools, type ToolList } from "./tools-file.ts";

export type Finding = Problem & { readonly severity: "error" | "warning" };

/** Of each server its errors first, in the order of its files, then its warnings. */
export function checkFiles(servers: readonly ServerFiles[], env: Environment): Finding[] {
  const findings = servers.flatMap((server) => {
    const { tools, problems } = checkTools(server.tools);
    const errors = [
      ...serverProblems(server, env),
      ...problems,
      ...server.policies.flatMap((policy) => casesProblems(policy, tools)),
      ...server.strays.map(strayProblem),
    ];
    const advice = server.policies.flatMap((policy) => policyWarnings(policy, tools));
    return [...rated("error", errors), ...rated("warning", advice)];
  });
  return unique(findings);
}

function rated(severity: Finding["severity"], problems: readonly Problem[]): Finding[] {
  return problems.map((problem) => ({ ...problem, severity }));
}

function policyWarnings({ file }: PolicyFiles, tools: ToolList | undefined): Problem[] {
  const read = readPolicy(file.text);
  return read.ok ? inFile(file.name, warnings(file.text, read.document, tools && [...tools.values()])) : [];
}

/** What `apply` would say of these files. */
function serverProblems({ slug, folder, server, policies }: ServerFiles, env: Environment): readonly Problem[] {
  // Only where the folder is a server's does its name become part of a URL.
  const name = server === undefined ? "server" : slug;
  const checked = check([{ slug: name, name: folder, server, policies }], env);
  return checked.ok ? [] : checked.problems;
}

/** The tools that the server lists, as far as its file can be read. */
export function checkTools(file: SourceFile | undefined): {
  readonly tools: ToolList | undefined;
  readonly problems: readonly Problem[];
} {
  if (file === undefined) return { tools: undefined, problems: [] };
  const read = readTools(file.text);
  return read.ok
    ? { tools: read.tools, problems: [] }
    : { tools: undefined, problems: inFile(file.name, read.problems) };
}

function casesProblems({ file, cases }: PolicyFiles, tools: ToolList | undefined): readonly Problem[] {
  if (cases === undefined) return [];
  const read = readCases(cases.text);
  if (!read.ok) return inFile(cases.name, read.problems);
  const policy = readPolicy(file.text);
  return policy.ok ? noted(cases, crosscheckCases(read.cases, policy.document, tools)) : [];
}

export function inFile(file: string, problems: readonly PolicyProblem[]): Problem[] {
  return problems.map((problem) => ({ ...problem, file }));
}

function noted({ name: file, text }: SourceFile, notes: readonly CaseNote[]): Problem[] {
  const found = locate(text, new Set(notes.map(({ pointer }) => pointer)));
  const placeOf = placesIn(text);
  return notes.map((note) => ({ file, ...note, ...placeOf(found.get(note.pointer)?.value ?? 0) }));
}

export function strayProblem({ name: file }: SourceFile): Problem {
  const message = `there is no policy beside these cases: ${file.replace(/\.cases\.json$/, ".json")} is missing`;
  return { file, line: 1, column: 1, message };
}

/** A file that was named twice is judged once. */
function unique(findings: readonly Finding[]): Finding[] {
  const byText = new Map(findings.map((finding) => [JSON.stringify(finding), finding]));
  return [...byText.values()];
}
