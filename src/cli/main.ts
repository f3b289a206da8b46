/** The running command: what the process gives, handed to `run`, and the exit code handed back. */
import { homedir } from "node:os";
import { join } from "node:path";
import { run } from "./run.ts";
import { processTerminal } from "./terminal.ts";

// A reader that has seen enough (`grantgate tools | head -1`) is no error.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  process.exit(error.code === "EPIPE" ? 0 : 1);
});

process.exitCode = await run(process.argv.slice(2), {
  terminal: processTerminal(),
  env: process.env,
  cwd: process.cwd(),
  root: join(import.meta.dirname, "..", ".."),
  home: homedir(),
  platform: process.platform,
  now: () => new Date(),
});
