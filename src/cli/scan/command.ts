/**
 * The tools of a server that a command runs and that speaks over its standard input and output. It gets the environment
 * that the SDK deems safe and what the user named, and it is ended when the list is there.
 */
import type { Stream } from "node:stream";
import { StdioClientTransport } from "@modelcontextprotocol/client/stdio";
import { type Context, type Environment, variable } from "../context.ts";
import { errorCode, type Failure, found, unreachable, usage } from "../failure.ts";
import { shown } from "../terminal.ts";
import { explainedTalk } from "./explain.ts";
import { PATIENCE } from "./remote.ts";
import { isClosed, isTimeout } from "./sdk-errors.ts";
import { redacting } from "./secrets.ts";
import { converse, titleOf } from "./session.ts";
import type { Listed, Progress, SourceOptions } from "./source.ts";

export async function listedByCommand(
  { cwd, env: environment }: Context,
  words: readonly string[],
  { era, timeout = PATIENCE, env: names = [] }: SourceOptions,
  progress: Progress,
): Promise<Listed> {
  const [command, ...args] = words;
  if (command === undefined || command === "") {
    throw usage(
      "Nothing stands after `--`.",
      "Put the command there, as in `npx grantgate scan -- npx -y @scope/server`.",
    );
  }
  const env = named(names, environment);
  const redact = redacting(Object.values(env));
  const place = words.map(quoted).join(" ");
  const transport = new StdioClientTransport({ command, args, env, cwd, stderr: "pipe" });
  const told = lastLines(transport.stderr);
  try {
    const heard = await converse({ transport, era, timeout: timeout * 1000, redact, progress });
    return { name: titleOf(heard.serverInfo) ?? command, from: redact(place), kind: "command", ...heard };
  } catch (error) {
    const said = told().map((line) => shown(redact(line)));
    throw explained(error, command, explainedTalk(error, { place: command, era, hasHeaders: false, redact }), said);
  } finally {
    progress("");
  }
}

function named(names: readonly string[], environment: Environment): Record<string, string> {
  return Object.fromEntries(
    names.map((name) => {
      const value = variable(environment, name);
      if (value === undefined) throw usage(`The variable ${name} of --env is not set.`);
      return [name, value] as const;
    }),
  );
}

function explained(error: unknown, command: string, talk: Failure, said: readonly string[]): Failure {
  const code = errorCode(error);
  if (code === "ENOENT") return found(`There is no command ${command}.`, "Is it installed, and spelt right?");
  if (code === "EACCES") return found(`The command ${command} may not be run.`);
  const last = said.length === 0 ? undefined : `It wrote last:\n${said.map((line) => `  ${line}`).join("\n")}`;
  if (isTimeout(error)) return unreachable(`${command} did not answer in time.`, last ?? talk.next);
  if (isClosed(error)) return unreachable(`${command} ended before it had answered.`, last);
  return last === undefined ? talk : unreachable(talk.message, last);
}

const LAST_LINES = 8;
const LONGEST_LINE = 400;

/** What a process writes must be read, or it stands still when the pipe is full. */
function lastLines(stream: Stream | null): () => readonly string[] {
  let text = "";
  stream?.on("data", (chunk: Buffer) => {
    text = (text + chunk.toString("utf8")).slice(-LAST_LINES * LONGEST_LINE);
  });
  return () =>
    text
      .split("\n")
      .filter((line) => line.trim() !== "")
      .slice(-LAST_LINES)
      .map((line) => line.slice(0, LONGEST_LINE));
}

function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
