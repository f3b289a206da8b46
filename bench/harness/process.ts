/**
 * What a process has used of the machine: CPU of all its threads, and memory. Where `/proc` is, it is read; elsewhere
 * `ps` is asked, which gives whole hundredths of seconds at best. Children are not counted: workerd has none.
 */
import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";

export type Usage = {
  /** User and system time since the process began, in milliseconds. */
  readonly cpuMs: number;
  /** Resident memory, in bytes. */
  readonly memory: number;
};

const HAS_PROC = existsSync("/proc/self/stat");
/** Ticks of `/proc/<pid>/stat` in a second: Linux has said 100 to user space on every machine since 2.6 (`man 7 time`). */
const TICKS_PER_SECOND = 100;

export function usageOf(pid: number): Usage {
  return HAS_PROC ? fromProc(pid) : fromPs(pid);
}

/** Process ids of this process's own children of that name. */
export function childrenNamed(name: string): number[] {
  if (!HAS_PROC) {
    const rows = ps(["-A", "-o", "pid=,ppid=,comm="]).split("\n");
    const children = rows.map((row) => row.trim().split(/\s+/)).filter(([, parent]) => Number(parent) === process.pid);
    return children.filter(([, , command]) => command?.endsWith(name)).map(([pid]) => Number(pid));
  }
  const pids = readdirSync("/proc").filter((entry) => /^[0-9]+$/.test(entry));
  return pids.map(Number).filter((pid) => {
    const fields = statOf(pid);
    return fields !== null && fields.name === name && Number(fields.rest[1]) === process.pid;
  });
}

function fromProc(pid: number): Usage {
  const rest = statOf(pid)?.rest ?? [];
  // Fields 14 and 15 of `man 5 proc_pid_stat`, counted from the state, which is the third.
  const ticks = Number(rest[11]) + Number(rest[12]);
  const resident = /^VmRSS:\s+([0-9]+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
  return { cpuMs: (ticks * 1000) / TICKS_PER_SECOND, memory: Number(resident) * 1024 };
}

/** The name, which may have blanks and brackets in it, and what stands behind it. Null for a process that has ended. */
function statOf(pid: number): { name: string; rest: string[] } | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    const [opened, closed] = [stat.indexOf("("), stat.lastIndexOf(")")];
    return { name: stat.slice(opened + 1, closed), rest: stat.slice(closed + 2).split(" ") };
  } catch {
    return null;
  }
}

function fromPs(pid: number): Usage {
  const [time = "", resident] = ps(["-o", "time=,rss=", "-p", String(pid)])
    .trim()
    .split(/\s+/);
  // [[days-]hours:]minutes:seconds, and hundredths where the system has them.
  const seconds = time
    .replace("-", ":")
    .split(":")
    .reverse()
    .reduce((sum, part, place) => sum + Number(part) * ([1, 60, 3600, 86_400][place] ?? 0), 0);
  return { cpuMs: seconds * 1000, memory: Number(resident) * 1024 };
}

function ps(args: string[]): string {
  return execFileSync("ps", args, { encoding: "utf8" });
}
