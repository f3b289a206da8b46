/** `grantgate policy check`: all mistakes of all files at once, before anything is sent or run. */
import type { Context } from "../context.ts";
import type { ExitCode } from "../failure.ts";
import { checkFiles } from "../policy/check-files.ts";
import { findFiles } from "../policy/find.ts";
import { findingText, textsOf } from "../policy/show-findings.ts";
import { printJson } from "../show.ts";

export type PolicyCheckOptions = { readonly strict?: true; readonly json?: true };

export async function policyCheck(
  { terminal, cwd, env }: Context,
  paths: readonly string[],
  { strict, json }: PolicyCheckOptions,
): Promise<ExitCode> {
  const servers = paths.flatMap((path) => findFiles(path, cwd));
  const texts = textsOf(servers);
  const findings = checkFiles(servers, env);
  const errors = findings.filter(({ severity }) => severity === "error").length;
  const warnings = findings.length - errors;
  if (json) {
    printJson(terminal, { files: texts.size, errors, warnings, findings });
  } else {
    for (const finding of findings) terminal.out(`${findingText(finding, texts, terminal)}\n`);
    terminal.err(summary(texts.size, errors, warnings));
  }
  return errors > 0 || (strict && warnings > 0) ? 1 : 0;
}

function summary(files: number, errors: number, warnings: number): string {
  const parts = [counted(errors, "error"), counted(warnings, "warning")].filter((part) => part !== "");
  return `${counted(files, "file")}: ${parts.length === 0 ? "nothing wrong" : parts.join(", ")}.`;
}

function counted(count: number, what: string): string {
  return count === 0 ? "" : `${count} ${what}${count === 1 ? "" : "s"}`;
}
