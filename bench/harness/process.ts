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

/**
 * CPU that the threads of a young process have had, in milliseconds: to the microsecond where the kernel counts so.
 * Threads that have ended are missing, so it says nothing of a long time.
 */
export function cpuOfYoung(pid: number): number {
  try {
    const threads = readdirSync(`/proc/${pid}/task`);
    // The first field is time on a CPU in nanoseconds (Documentation/scheduler/sched-stats).
    const times = threads.map((id) => Number(readFileSync(`/proc/${pid}/task/${id}/schedstat`, "utf8").split(" ")[0]));
    return times.reduce((sum, time) => sum + time, 0) / 1e6;
  } catch {
    return usageOf(pid).cpuMs;
  }
}

function fromProc(pid: number): Usage {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  // Behind the name, which may have blanks and brackets in it. Fields 14 and 15 of `man 5 proc_pid_stat`, counted from
  // the state, which is the third.
  const rest = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const ticks = Number(rest[11]) + Number(rest[12]);
  const resident = /^VmRSS:\s+([0-9]+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
  return { cpuMs: (ticks * 1000) / TICKS_PER_SECOND, memory: Number(resident) * 1024 };
}

function fromPs(pid: number): Usage {
  const said = execFileSync("ps", ["-o", "time=,rss=", "-p", String(pid)], { encoding: "utf8" });
  const [time = "", resident] = said.trim().split(/\s+/);
  // [[days-]hours:]minutes:seconds, and hundredths where the system has them.
  const seconds = time
    .replace("-", ":")
    .split(":")
    .reverse()
    .reduce((sum, part, place) => sum + Number(part) * ([1, 60, 3600, 86_400][place] ?? 0), 0);
  return { cpuMs: seconds * 1000, memory: Number(resident) * 1024 };
}
