/**
 * Runs the official conformance referee against one URL and reads its verdict from the files it writes: its exit code
 * counts failures that a fixture may honestly have, and what it prints is for people.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, readdir, readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { text } from "node:stream/consumers";

export type Status = "SUCCESS" | "FAILURE" | "WARNING" | "SKIPPED" | "INFO";

/** `message` says why a check did not succeed; it names hosts and ids, so it is for reading and not for comparing. */
export type Check = {
  readonly scenario: string;
  readonly id: string;
  readonly status: Status;
  readonly message?: string;
};

type CheckFile = readonly { id: string; status: Status; errorMessage?: string }[];

const CLI = join(
  dirname(createRequire(import.meta.url).resolve("@modelcontextprotocol/conformance/package.json")),
  "dist/index.js",
);

/** A scenario's directory is `server-<scenario>-<ISO time with dashes>`. */
const RESULT_DIR = /^server-(?<scenario>.+)-\d{4}-\d{2}-\d{2}T[\d-]+Z$/;

export async function runReferee(options: { url: string; outDir: string; args: readonly string[] }): Promise<Check[]> {
  const { url, outDir, args } = options;
  await mkdir(outDir, { recursive: true });
  const child = spawn(process.execPath, [CLI, "server", "--url", url, "--output-dir", outDir, ...args], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr), once(child, "close")]);
  const checks = await readChecks(outDir);
  if (checks.length === 0) throw new Error(`The referee left no results in ${outDir}.\n${stdout}\n${stderr}`);
  return checks;
}

async function readChecks(outDir: string): Promise<Check[]> {
  const scenarios = await Promise.all(
    (await readdir(outDir)).map(async (name) => {
      const scenario = RESULT_DIR.exec(name)?.groups?.scenario ?? name;
      const file = await readFile(join(outDir, name, "checks.json"), "utf8").catch(() => undefined);
      if (file === undefined) return [{ scenario, id: "(the scenario broke off)", status: "FAILURE" } as const];
      return (JSON.parse(file) as CheckFile).map(({ id, status, errorMessage }) => ({
        scenario,
        id,
        status,
        ...(errorMessage !== undefined && { message: errorMessage }),
      }));
    }),
  );
  return scenarios.flat().sort((a, b) => compare(key(a), key(b)));
}

export function key({ scenario, id, status }: Check): string {
  return `${scenario} ${id} ${status}`;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
