/**
 * Which files are meant by what the user typed: one file, the folder of one server, or the folder of all of them. Read
 * and nothing more. It must never pass over a file that was named.
 */
import { statSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { list, NOT_A_POLICY, readSource, type SourceFile, shownPath } from "../apply/folder.ts";
import { usage } from "../failure.ts";

export type PolicyFiles = {
  readonly name: string;
  readonly file: SourceFile;
  /** `<policy>.cases.json` beside it. */
  readonly cases: SourceFile | undefined;
};

export type ServerFiles = {
  /** The folder's name, which is the server's. */
  readonly slug: string;
  readonly folder: string;
  readonly server: SourceFile | undefined;
  readonly tools: SourceFile | undefined;
  readonly policies: readonly PolicyFiles[];
  /** Cases files without a policy. */
  readonly strays: readonly SourceFile[];
};

const CASES = ".cases.json";

export function findFiles(path: string, cwd: string): ServerFiles[] {
  const target = resolve(cwd, path);
  const stat = statSync(target, { throwIfNoEntry: false });
  if (stat === undefined) throw usage(`There is no file or folder ${path}.`);
  if (!stat.isDirectory()) return [aroundFile(target, cwd)];
  const folders = serverFolders(target, cwd);
  if (folders.length === 0) {
    throw usage(`${shownPath(target, cwd)} holds no policy.`, "It wants a folder for each server, with its policies.");
  }
  return folders.map((folder) => inFolder(folder, cwd));
}

/** Folders to look for changes in. */
export function serverFolders(target: string, cwd: string): string[] {
  const entries = list(target, cwd).filter(({ name }) => !name.startsWith("."));
  const isServer = entries.some(({ is, name }) => is === "file" && name === "server.json");
  const below = entries.filter(({ is }) => is === "folder").map(({ name }) => join(target, name));
  const servers = isServer ? [] : below.filter((folder) => jsonIn(folder, cwd).length > 0);
  if (servers.length > 0) return servers;
  return jsonIn(target, cwd).length > 0 ? [target] : [];
}

function inFolder(folder: string, cwd: string): ServerFiles {
  const names = jsonIn(folder, cwd);
  const source = (name: string): SourceFile | undefined => optionalSource(folder, names, name, cwd);
  const stems = names.filter((name) => !NOT_A_POLICY.test(name)).map((name) => name.slice(0, -".json".length));
  const strays = names.filter((name) => name.endsWith(CASES) && !stems.includes(name.slice(0, -CASES.length)));
  return {
    slug: basename(folder),
    folder: shownPath(folder, cwd),
    server: source("server.json"),
    tools: source("tools.json"),
    policies: stems.map((stem) => ({
      name: stem,
      file: readSource(join(folder, `${stem}.json`), cwd),
      cases: source(`${stem}${CASES}`),
    })),
    strays: strays.map((name) => readSource(join(folder, name), cwd)),
  };
}

/** A policy and its cases belong together, whichever of them was named; the list of tools serves both. */
function aroundFile(path: string, cwd: string): ServerFiles {
  const folder = dirname(path);
  const name = basename(path);
  const names = jsonIn(folder, cwd);
  const source = (wanted: string): SourceFile | undefined => optionalSource(folder, names, wanted, cwd);
  const around = { slug: basename(folder), folder: shownPath(folder, cwd), server: undefined, strays: [] };
  if (name === "server.json") return { ...around, server: source(name), tools: undefined, policies: [] };
  if (name === "tools.json") return { ...around, tools: source(name), policies: [] };
  const stem = name.endsWith(CASES) ? name.slice(0, -CASES.length) : name.replace(/\.json$/, "");
  const tools = source("tools.json");
  const cases = source(`${stem}${CASES}`);
  if (name.endsWith(CASES)) {
    const file = source(`${stem}.json`);
    if (file === undefined) return { ...around, tools, policies: [], strays: cases === undefined ? [] : [cases] };
    return { ...around, tools, policies: [{ name: stem, file, cases }] };
  }
  return { ...around, tools, policies: [{ name: stem, file: readSource(path, cwd), cases }] };
}

function jsonIn(folder: string, cwd: string): string[] {
  return list(folder, cwd)
    .filter(({ is, name }) => is === "file" && name.endsWith(".json") && !name.startsWith("."))
    .map(({ name }) => name);
}

function optionalSource(folder: string, names: readonly string[], name: string, cwd: string): SourceFile | undefined {
  return names.includes(name) ? readSource(join(folder, name), cwd) : undefined;
}
