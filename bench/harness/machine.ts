/** On what it was measured: numbers from elsewhere are other numbers. */
import { execFileSync } from "node:child_process";
import { closeSync, fdatasyncSync, mkdtempSync, openSync, readFileSync, rmSync, writeSync } from "node:fs";
import { createRequire } from "node:module";
import { arch, availableParallelism, cpus, loadavg, platform, release, tmpdir, totalmem } from "node:os";
import { join } from "node:path";
import { median } from "./figures.ts";

export type Machine = {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGb: number;
  readonly system: string;
  readonly node: string;
  readonly workerd: string;
  /** How long this machine's disk takes until it holds 4 KiB: what each commit of a Durable Object waits for. */
  readonly fsyncMs: number;
  /** What else the machine did when it began: processes that want a CPU. */
  readonly load: number;
};

export function machine(): Machine {
  return {
    cpu: cpus()[0]?.model.trim() ?? "unknown",
    cores: availableParallelism(),
    memoryGb: Math.round(totalmem() / 2 ** 30),
    system: `${platform()} ${arch()} ${release().split("-")[0]}`,
    node: process.version,
    workerd: versionOf("workerd"),
    fsyncMs: fsyncMs(),
    load: loadavg()[0] ?? 0,
  };
}

/** The commit that is measured, or null where this is no checkout; `-dirty` with what is not committed. */
export function commit(): string | null {
  try {
    return execFileSync("git", ["describe", "--always", "--dirty", "--abbrev=9"], { encoding: "utf8" }).trim();
  } catch {
    return null;
  }
}

/** As Miniflare has it, which is what is run. */
function versionOf(name: string): string {
  const from = createRequire(createRequire(import.meta.url).resolve("miniflare"));
  const { version } = Object(JSON.parse(readFileSync(from.resolve(`${name}/package.json`), "utf8")));
  return String(version);
}

function fsyncMs(): number {
  const folder = mkdtempSync(join(tmpdir(), "grantgate-bench-"));
  const file = openSync(join(folder, "synced"), "w");
  const page = Buffer.alloc(4096);
  const times = Array.from({ length: 50 }, () => {
    const start = performance.now();
    writeSync(file, page);
    fdatasyncSync(file);
    return performance.now() - start;
  });
  closeSync(file);
  rmSync(folder, { recursive: true });
  return median(times);
}
