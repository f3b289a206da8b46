/**
 * Where a list of tools comes from: an MCP server by its URL or by a command that runs it, a file, or a server that the
 * folder or the gateway knows by its slug. Whoever reads a list gets the tools as they were given, member for member.
 */
import { statSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import type { JsonObject } from "../../json/value.ts";
import { SLUG } from "../../upstream/server-file.ts";
import type { SourceFile } from "../apply/folder.ts";
import type { Context } from "../context.ts";
import { usage } from "../failure.ts";
import type { Era } from "../mcp/client.ts";
import { listedByCommand } from "./command.ts";
import { listedInFile } from "./file.ts";
import { readHeaders } from "./headers.ts";
import { listedAtUrl } from "./remote.ts";
import { listedByFolder, listedBySlug } from "./slug.ts";

export type SourceOptions = {
  /** `Name: value`, sent with each request to a URL. */
  readonly header?: readonly string[];
  readonly era: Era;
  /** Seconds to wait for each answer. */
  readonly timeout?: number;
  /** Names of environment variables that a command gets besides those that are safe. */
  readonly env?: readonly string[];
};

export type Listed = {
  /** What the server is called in a few words: for headings, file names and policies. */
  readonly name: string;
  /** The URL without secrets, the command, or the file's name. */
  readonly from: string;
  readonly kind: "url" | "command" | "file" | "gateway";
  /** The protocol that was spoken; null where none was. */
  readonly era: "legacy" | "modern" | null;
  readonly tools: readonly JsonObject[];
  readonly resources: readonly JsonObject[];
  readonly templates: readonly JsonObject[];
  readonly prompts: readonly JsonObject[];
  readonly serverInfo?: JsonObject;
  readonly instructions?: string;
  /** What the list lacks, in sentences: pages that were cut, entries that are no tools. */
  readonly notes: readonly string[];
  /** The file that stands for the server in a report. */
  readonly file?: ListedFile;
};

export type ListedFile = SourceFile & {
  /** JSON Pointers to the tools, in their order; empty where the file does not hold them. */
  readonly pointers: readonly string[];
};

/** Told how far it is; an empty text when there is nothing more to tell. */
export type Progress = (text: string) => void;

/** Throws a `Failure` that says what stood in the way. A command after `--` is a list of words. */
export async function listed(
  context: Context,
  source: string | readonly string[],
  options: SourceOptions,
  progress: Progress,
): Promise<Listed> {
  if (typeof source !== "string") {
    refuseHeaders(options, "a command");
    return listedByCommand(context, source, options, progress);
  }
  if (options.env !== undefined && options.env.length > 0) {
    throw usage(
      "--env is for a command.",
      "A command stands after `--`, as in `npx grantgate scan -- node server.js`.",
    );
  }
  if (/^https?:/i.test(source)) {
    const headers = readHeaders(options.header ?? []);
    return listedAtUrl({ url: source, headers, name: undefined }, options, progress);
  }
  const path = resolve(context.cwd, source);
  const there = statSync(path, { throwIfNoEntry: false });
  if (there?.isFile()) {
    refuseHeaders(options, "a file");
    return listedInFile(path, context.cwd);
  }
  if (there?.isDirectory() && statSync(join(path, "server.json"), { throwIfNoEntry: false })?.isFile()) {
    return listedByFolder(context, { slug: basename(path), folder: path }, options, progress);
  }
  if (SLUG.test(source)) return listedBySlug(context, source, options, progress);
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(source)) throw usage(`${source} is no http:// or https:// URL.`);
  throw usage(
    `There is no file ${source}, and it is no URL and no server's name.`,
    "A command that runs a server stands after `--`, as in `npx grantgate scan -- npx -y @scope/server`.",
  );
}

function refuseHeaders({ header }: SourceOptions, what: string): void {
  if (header !== undefined && header.length > 0) {
    throw usage(`--header is for a URL, not for ${what}.`);
  }
}
