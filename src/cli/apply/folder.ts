/**
 * The files of `policies/` as they lie on disk, read and nothing more. What they say is `check.ts`'s business.
 * It must never leave out a file silently that a user would expect to be in force.
 */
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join, relative } from "node:path";
import { errorCode, found, usage } from "../failure.ts";

/** A file as text, under the name the user would type. */
export type SourceFile = { readonly name: string; readonly text: string };

export type ServerFolder = {
  readonly slug: string;
  readonly name: string;
  /** `server.json`; absent when the folder only brings policies for a server that the gateway already knows. */
  readonly server: SourceFile | undefined;
  readonly policies: readonly { readonly name: string; readonly file: SourceFile }[];
};

/** Belongs to the offline checks of a policy, not to what is sent. */
export const NOT_A_POLICY = /^(?:server|tools)\.json$|\.cases\.json$|^\./;

export function readFolder(directory: string, cwd: string): ServerFolder[] {
  const entries = list(directory, cwd);
  if (entries.some((entry) => entry.is === "file" && entry.name === "server.json")) {
    throw usage(
      `${shownPath(directory, cwd)} is the folder of one server.`,
      "Name the folder above it, which holds a folder for each server.",
    );
  }
  const folders = entries
    .filter((entry) => entry.is === "folder" && !entry.name.startsWith("."))
    .map((entry) => readServer(join(directory, entry.name), entry.name, cwd))
    .filter(({ server, policies }) => server !== undefined || policies.length > 0);
  if (folders.length === 0) {
    throw usage(
      `${shownPath(directory, cwd)} holds no server.`,
      "It wants a folder for each server, with server.json and a file for each policy.",
    );
  }
  return folders;
}

function readServer(directory: string, slug: string, cwd: string): ServerFolder {
  const files = list(directory, cwd).filter((entry) => entry.is === "file" && entry.name.endsWith(".json"));
  const source = (name: string): SourceFile => readSource(join(directory, name), cwd);
  return {
    slug,
    name: shownPath(directory, cwd),
    server: files.some(({ name }) => name === "server.json") ? source("server.json") : undefined,
    policies: files
      .filter(({ name }) => !NOT_A_POLICY.test(name))
      .map(({ name }) => ({ name: name.slice(0, -".json".length), file: source(name) })),
  };
}

/** A byte order mark stays in the text: the strict reader names it as a mistake. */
export function readSource(path: string, cwd: string): SourceFile {
  const name = shownPath(path, cwd);
  try {
    return { name, text: new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(readFileSync(path)) };
  } catch (error) {
    throw found(
      `${name} can't be read: ${errorCode(error) === "ERR_ENCODING_INVALID_ENCODED_DATA" ? "it is not UTF-8" : errorCode(error)}.`,
    );
  }
}

export type Entry = { readonly name: string; readonly is: "file" | "folder" };

/** Sorted, with links followed: mounted configuration is often made of links. */
export function list(directory: string, cwd: string): Entry[] {
  try {
    return readdirSync(directory)
      .sort()
      .map((name) => ({ name, is: statSync(join(directory, name)).isDirectory() ? "folder" : "file" }));
  } catch (error) {
    const why = errorCode(error) === "ENOENT" ? "There is no folder" : "This can't be read as a folder:";
    throw usage(`${why} ${shownPath(directory, cwd)}.`, "Name the folder that holds a folder for each server.");
  }
}

/** Relative to where the user stands, as long as that is the shorter way to say it. */
export function shownPath(path: string, cwd: string): string {
  const short = relative(cwd, path);
  return short === "" ? "." : short.startsWith("..") && short.length > path.length ? path : short;
}
