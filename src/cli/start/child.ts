/**
 * A child process with everything it starts. It is stopped as a whole: asked first, then made to. Its output goes to a
 * log file, which is read back when it ends without being asked.
 */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { closeSync, mkdirSync, openSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import type { Environment } from "../context.ts";
import { errorCode } from "../failure.ts";

export type Child = {
  /** How a message about it begins: "The gateway", "The demo server". */
  readonly name: string;
  readonly log: string;
  /** Settles when the process has ended, with a few words on how. */
  readonly ended: Promise<string>;
  readonly stop: () => Promise<void>;
  /** At once and without a word, for the moment when this process itself ends. */
  readonly kill: () => void;
};

export type Command = {
  readonly name: string;
  /** A JavaScript file and its arguments, run by this process's own Node. */
  readonly script: readonly string[];
  readonly cwd: string;
  readonly env: Environment;
  readonly log: string;
  /** Modules to load first, besides the leash. */
  readonly preload?: readonly string[];
};

const WINDOWS = process.platform === "win32";
/** Milliseconds that a child has to end by itself. */
const PATIENCE = 5000;

export function startChild({ name, script, cwd, env, log, preload = [] }: Command): Child {
  mkdirSync(dirname(log), { recursive: true });
  const output = openSync(log, "w", 0o600);
  const modules = [join(import.meta.dirname, "leash.mjs"), ...preload];
  const child = spawn(
    process.execPath,
    [...modules.flatMap((module) => ["--import", pathToFileURL(module).href]), ...script],
    {
      cwd,
      env: { ...env },
      stdio: ["ignore", output, output, "ipc"],
      // A group of its own on POSIX, so that one signal reaches all of it. On Windows it would open a console.
      detached: !WINDOWS,
      windowsHide: true,
    },
  );
  closeSync(output);
  const ended = ending(child);
  return {
    name,
    log,
    ended,
    kill: () => signalTree(child, "SIGKILL"),
    stop: async () => {
      if (WINDOWS) signalTree(child, "SIGKILL");
      // Its own children are its to end; only what it leaves behind is ended for it.
      else child.kill("SIGTERM");
      await Promise.race([ended, sleep(PATIENCE, undefined, { ref: false })]);
      signalTree(child, "SIGKILL");
      await ended;
    },
  };
}

function ending(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    child.once("error", (error) => resolve(`could not be started (${errorCode(error) ?? error.message})`));
    child.once("exit", (code, signal) => resolve(signal ? `was ended by ${signal}` : `ended with code ${code}`));
  });
}

function signalTree({ pid }: ChildProcess, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  if (WINDOWS) {
    spawnSync("taskkill", ["/pid", String(pid), "/T", "/F"], { stdio: "ignore", windowsHide: true });
    return;
  }
  try {
    process.kill(-pid, signal);
  } catch (error) {
    // Nobody of the group is left, which is what was wanted. (macOS says EPERM for a group of the dead.)
    if (errorCode(error) !== "ESRCH" && errorCode(error) !== "EPERM") throw error;
  }
}

/** The last lines of a log, for the message that says something went wrong. */
export function logTail(path: string, lines: number): string {
  try {
    return readFileSync(path, "utf8").trimEnd().split("\n").slice(-lines).join("\n");
  } catch {
    return "";
  }
}
