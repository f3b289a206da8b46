/** Runs test files of the copy, and reads from vitest's report which tests failed. */
import { spawn } from "node:child_process";
import { readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { projectOf } from "./project.ts";
import { type FileResult, resultsIn } from "./results.ts";

export type Run =
  | { readonly kind: "ran"; readonly files: readonly FileResult[]; readonly clean: boolean }
  | { readonly kind: "not run"; readonly why: string };

const MOST_MINUTES = 5;
const REPORT = "dist/breach.json";
const VITEST = join(createRequire(import.meta.url).resolve("vitest/package.json"), "../vitest.mjs");

/** @param minutes after which the run is ended, for each of the files */
export async function runTests(root: string, files: readonly string[], minutes = MOST_MINUTES): Promise<Run> {
  rmSync(join(root, REPORT), { force: true });
  const projects = new Set(files.map(projectOf).filter((name) => name !== undefined));
  const ended = await vitest(root, minutes, [
    ...["run", "--root", ".", "--config", "test/vitest.config.ts"],
    ...[...projects].flatMap((name) => ["--project", name]),
    ...["--reporter=json", `--outputFile=${REPORT}`],
    ...files,
  ]);
  if (ended.kind === "late") return { kind: "not run", why: `it took more than ${minutes} minutes` };
  try {
    const results = resultsIn(readFileSync(join(root, REPORT), "utf8"), root);
    if (results.length === 0) return { kind: "not run", why: lastOf(ended.said) };
    return { kind: "ran", files: results, clean: ended.code === 0 };
  } catch {
    return { kind: "not run", why: lastOf(ended.said) };
  }
}

type Ended =
  | { readonly kind: "ended"; readonly code: number | null; readonly said: string }
  | { readonly kind: "late" };

/** In a process group of its own, which is ended with this process and when it is late: workers and workerd with it. */
function vitest(root: string, minutes: number, args: readonly string[]): Promise<Ended> {
  const env = { ...process.env, NO_COLOR: "1", FORCE_COLOR: "0" };
  const child = spawn(process.execPath, [VITEST, ...args], { cwd: root, env, detached: process.platform !== "win32" });
  const end = () => {
    if (child.pid === undefined) return;
    try {
      process.kill(process.platform === "win32" ? child.pid : -child.pid, "SIGKILL");
    } catch {
      // It has ended already.
    }
  };
  process.prependOnceListener("exit", end);
  let said = "";
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", (text) => (said += text));
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => {
      end();
      resolve({ kind: "late" });
    }, minutes * 60_000);
    child.once("error", reject);
    child.once("close", (code) => {
      clearTimeout(late);
      end();
      process.off("exit", end);
      resolve({ kind: "ended", code, said });
    });
  });
}

/** The first line that names an error and what follows it, or the last that says anything. */
function lastOf(said: string): string {
  const lines = stripVTControlCharacters(said)
    .split("\n")
    .map((line) => line.trim());
  const spoken = lines.filter((line) => line !== "" && !line.includes("⎯"));
  const at = spoken.findIndex((line) => /error/i.test(line));
  const told = at === -1 ? spoken.slice(-1) : spoken.slice(at, at + 4);
  return told.join(" ") || "it ended without a word";
}
