/** From an argument list to an exit code: parses, runs one command, and puts every failure into words. */
import { CommanderError } from "commander";
import type { Context } from "./context.ts";
import { type ExitCode, Failure } from "./failure.ts";
import { jsonText } from "./json-text.ts";
import { problemLines } from "./problem.ts";
import { program } from "./program.ts";

export async function run(argv: readonly string[], context: Context): Promise<ExitCode> {
  let exit: ExitCode = 0;
  const commands = program(context, (code) => {
    exit = code;
  });
  try {
    await commands.parseAsync([...argv], { from: "user" });
    return exit;
  } catch (error) {
    // Commander has said what it had to say; help that was asked for is no mistake.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    if (error instanceof Failure) {
      tell(error, context, argv.includes("--json"));
      return error.exit;
    }
    throw error;
  }
}

function tell({ message, next, problems }: Failure, { terminal }: Context, json: boolean): void {
  if (json) {
    terminal.err(jsonText({ error: { message, ...(next && { next }), ...(problems.length > 0 && { problems }) } }));
    return;
  }
  terminal.err(`${terminal.paintErr("red", "error:")} ${message}${problems.length > 0 ? ":" : ""}`);
  for (const line of problemLines(problems)) terminal.err(`  ${line}`);
  if (next !== undefined) terminal.err(next);
}
