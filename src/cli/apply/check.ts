/**
 * Everything that can be said about the files before the gateway is asked: all mistakes of all files at once, or
 * servers and policies ready to be compared. Pure. Nothing is sent while one file has a mistake.
 */
import { createHash } from "node:crypto";
import { readPolicy } from "../../policy/read.ts";
import { SLUG } from "../../upstream/server-file.ts";
import type { Environment } from "../context.ts";
import type { Problem } from "../problem.ts";
import type { ServerFolder, SourceFile } from "./folder.ts";
import { readServerFile, type ServerSpec } from "./server-file.ts";

/** As the gateway takes them: they become parts of a URL. */
const POLICY_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/;

export type CheckedPolicy = {
  readonly name: string;
  readonly file: SourceFile;
  readonly canonical: string;
  /** SHA-256 of the canonical text in hex: equal versions are the same policy. */
  readonly version: string;
};

export type CheckedServer = {
  readonly slug: string;
  readonly folder: string;
  readonly server:
    | { readonly kind: "apply"; readonly file: SourceFile; readonly spec: ServerSpec }
    | { readonly kind: "skip"; readonly variable: string }
    /** No server.json: the gateway must know the server already. */
    | { readonly kind: "known" };
  readonly policies: readonly CheckedPolicy[];
};

export type Checked =
  | { readonly ok: true; readonly servers: readonly CheckedServer[] }
  | { readonly ok: false; readonly problems: readonly Problem[] };

export function check(folders: readonly ServerFolder[], env: Environment): Checked {
  const problems: Problem[] = [];
  const servers = folders.map((folder): CheckedServer => {
    if (!SLUG.test(folder.slug)) problems.push(misnamed(folder.name, "small letters, digits and hyphens"));
    const server = folder.server === undefined ? { kind: "known" as const } : checkServer(folder.server, env, problems);
    const policies = folder.policies.flatMap(({ name, file }) => checkPolicy(name, file, problems));
    return { slug: folder.slug, folder: folder.name, server, policies };
  });
  return problems.length === 0 ? { ok: true, servers } : { ok: false, problems };
}

function checkServer(file: SourceFile, env: Environment, problems: Problem[]): CheckedServer["server"] {
  const read = readServerFile(file, env);
  if (read.kind === "read") return { kind: "apply", file, spec: read.spec };
  if (read.kind === "skip") return read;
  problems.push(...read.problems);
  return { kind: "known" };
}

function checkPolicy(name: string, file: SourceFile, problems: Problem[]): CheckedPolicy[] {
  if (!POLICY_NAME.test(name)) problems.push(misnamed(file.name, "letters, digits, dots, underscores and hyphens"));
  const read = readPolicy(file.text);
  if (!read.ok) {
    problems.push(...read.problems.map((problem) => ({ ...problem, file: file.name })));
    return [];
  }
  const version = createHash("sha256").update(read.canonical).digest("hex");
  return [{ name, file, canonical: read.canonical, version }];
}

function misnamed(file: string, characters: string): Problem {
  const message = `the name becomes part of a URL: up to 63 ${characters}, a letter or digit first`;
  return { file, line: 1, column: 1, message };
}
