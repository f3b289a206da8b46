/** Tries one breach in the copy: makes the change, runs its tests, takes the change back. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import type { Breach } from "../breach.ts";
import { breached } from "./change.ts";
import type { FileResult } from "./results.ts";
import { type Run, runTests } from "./vitest.ts";

export type Outcome =
  | { readonly kind: "noticed"; readonly by: readonly string[]; readonly failed: number; readonly of: number }
  | { readonly kind: "not noticed"; readonly failed: readonly string[]; readonly of: number }
  | { readonly kind: "not tried"; readonly why: string };

export async function attempt(root: string, breach: Breach): Promise<Outcome> {
  const path = join(root, breach.file);
  const source = readFileSync(path, "utf8");
  writeFileSync(path, breached(source, breach));
  try {
    return outcomeOf(await runTests(root, breach.tests), breach.expects);
  } finally {
    writeFileSync(path, source);
  }
}

/** Only the test that was named notices: that others fail may have any cause, that files don't load is a bad breach. */
export function outcomeOf(run: Run, expects: RegExp): Outcome {
  if (run.kind === "not run") return { kind: "not tried", why: run.why };
  const failed = run.files.flatMap((file) => file.failed);
  const by = failed.filter((name) => expects.test(name));
  const of = run.files.reduce((sum, file) => sum + file.passed + file.failed.length, 0);
  if (by.length > 0) return { kind: "noticed", by, failed: failed.length, of };
  const broken = run.files.find((file) => file.broken !== undefined);
  if (broken !== undefined) return { kind: "not tried", why: `${broken.file}: ${firstLines(broken)}` };
  return { kind: "not noticed", failed, of };
}

function firstLines({ broken = "" }: FileResult): string {
  const lines = stripVTControlCharacters(broken)
    .split("\n")
    .map((line) => line.trim());
  return lines
    .filter((line) => line !== "")
    .slice(0, 3)
    .join(" ");
}
