/** Where the arguments of a call come from: the command line, a file, or a pipe. */
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { text as readAll } from "node:stream/consumers";
import type { Context } from "./context.ts";
import { errorCode, usage } from "./failure.ts";

/** `-` reads standard input and `@file` a file, since quoting JSON for a shell is a craft of its own. */
export async function argumentText({ cwd }: Context, json: string | undefined): Promise<string> {
  if (json === undefined) return "{}";
  if (json === "-") return readAll(process.stdin);
  if (!json.startsWith("@")) return json;
  try {
    return readFileSync(resolve(cwd, json.slice(1)), "utf8");
  } catch (error) {
    throw usage(`The file ${json.slice(1)} can't be read (${errorCode(error) ?? "error"}).`);
  }
}
