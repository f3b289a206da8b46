/** How much memory the workerd has that this process started, where the system tells so in `/proc`. */
import { existsSync, readdirSync, readFileSync } from "node:fs";

/** Resident, in MiB; null where there is no `/proc`. */
export function memoryOfWorkerd(): number | null {
  if (!existsSync("/proc/self/stat")) return null;
  const kilobytes = readdirSync("/proc")
    .filter((entry) => /^[0-9]+$/.test(entry) && isChild(entry))
    .map((pid) => Number(/^VmRSS:\s+([0-9]+) kB$/m.exec(read(`/proc/${pid}/status`))?.[1] ?? 0));
  return kilobytes.length === 1 ? (kilobytes[0] ?? 0) / 1024 : null;
}

/** The name stands in brackets; behind it come the state and the parent (`man 5 proc_pid_stat`). */
function isChild(pid: string): boolean {
  const [, name, parent] = /\((.+)\) . ([0-9]+) /.exec(read(`/proc/${pid}/stat`)) ?? [];
  return name === "workerd" && Number(parent) === process.pid;
}

/** Empty for a process that has ended meanwhile. */
function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
