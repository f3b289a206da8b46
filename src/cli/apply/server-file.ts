/**
 * Reads a server.json: the gateway's own schema, after `${env:NAME}` in the URL has been filled in. Pure.
 * No message may repeat what an environment variable held.
 */
import { checked, type Fault } from "../../json/checked.ts";
import { parseJson } from "../../json/parse.ts";
import { placeAt } from "../../json/place.ts";
import { isObject, type Json, member } from "../../json/value.ts";
import { ServerFile } from "../../upstream/server-file.ts";
import { type Environment, variable } from "../context.ts";
import type { Problem } from "../problem.ts";
import type { SourceFile } from "./folder.ts";

/** What is sent: the file without its `$schema`, with a complete URL. */
export type ServerSpec = Omit<ServerFile, "$schema">;

export type ReadServer =
  | { readonly kind: "read"; readonly spec: ServerSpec }
  /** The file is fine, but its URL names a variable that is not set: the server is for another environment. */
  | { readonly kind: "skip"; readonly variable: string }
  | { readonly kind: "wrong"; readonly problems: readonly Problem[] };

const VARIABLE = /\$\{env:([A-Za-z_][A-Za-z0-9_]*)\}/g;

export function readServerFile({ name: file, text }: SourceFile, env: Environment): ReadServer {
  const parsed = parseJson(text);
  if (!parsed.ok) {
    const { reason, offset } = parsed.fault;
    return { kind: "wrong", problems: [{ file, ...placeAt(text, offset), message: reason }] };
  }
  const { value, unset } = filled(parsed.value, env);
  const read = checked(text, value, ServerFile);
  if (!read.ok) return { kind: "wrong", problems: read.faults.map((fault) => problemOf(file, fault)) };
  if (unset !== undefined) return { kind: "skip", variable: unset };
  const { $schema: _, ...spec } = read.value;
  return { kind: "read", spec };
}

/** The document with a URL to judge. For a variable that is not set stands a URL that is fine, so the rest is judged. */
function filled(document: Json, env: Environment): { readonly value: Json; readonly unset: string | undefined } {
  const url = isObject(document) ? member(document, "url") : undefined;
  if (!isObject(document) || typeof url !== "string") return { value: document, unset: undefined };
  const unset = [...url.matchAll(VARIABLE)].map(([, name = ""]) => name).find((name) => !variable(env, name));
  const complete =
    unset === undefined ? url.replace(VARIABLE, (_, name: string) => env[name] ?? "") : "https://unset.invalid";
  return { value: { ...document, url: complete }, unset };
}

function problemOf(file: string, { pointer, line = 1, column = 1, message }: Fault): Problem {
  return { file, line, column, pointer, message: `${pointer === "" ? "this" : pointer} ${message}` };
}
