/**
 * Reads a server.json: the gateway's own schema, after `${env:NAME}` in the URL has been filled in. Pure.
 * No message may repeat what an environment variable held.
 */
/// <reference path="../web-crypto.d.ts" />
import type * as z from "zod";
import { locate } from "../../json/locate.ts";
import { parseJson } from "../../json/parse.ts";
import { placeAt, placesIn } from "../../json/place.ts";
import { child } from "../../json/pointer.ts";
import { isObject, type Json, member } from "../../json/value.ts";
import { ServerFile } from "../../upstream/server.ts";
import { type Environment, variable } from "../context.ts";
import type { Problem } from "../problem.ts";
import type { SourceFile } from "./folder.ts";

/** What is sent: the file without its `$schema`, with a complete URL. */
export type ServerSpec = Omit<ServerFile, "$schema" | "drift">;

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
  const read = ServerFile.safeParse(value, { error: missing });
  if (!read.success) return { kind: "wrong", problems: placed(file, text, read.error.issues.flatMap(noted)) };
  if (unset !== undefined) return { kind: "skip", variable: unset };
  const { $schema: _, drift: __, ...spec } = read.data;
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

type Note = { readonly pointer: string; readonly message: string };

function missing(issue: { readonly code?: string; readonly input?: unknown }): string | undefined {
  return issue.code === "invalid_type" && issue.input === undefined ? "is required" : undefined;
}

function noted(issue: z.core.$ZodIssue): Note[] {
  const pointer = issue.path.reduce<string>((above, key) => child(above, String(key)), "");
  if (issue.code !== "unrecognized_keys") return [{ pointer, message: issue.message }];
  return issue.keys.map((key) => ({ pointer: child(pointer, key), message: "is no field of a server.json" }));
}

/** With line and column; of something that is missing, those of what it is missing in. */
function placed(file: string, text: string, notes: readonly Note[]): Problem[] {
  const above = (pointer: string): string => pointer.slice(0, Math.max(0, pointer.lastIndexOf("/")));
  const found = locate(text, new Set(notes.flatMap(({ pointer }) => [pointer, above(pointer)])));
  const placeOf = placesIn(text);
  return notes.map(({ pointer, message }) => {
    const offset = (found.get(pointer) ?? found.get(above(pointer)))?.key ?? 0;
    return { file, ...placeOf(offset), pointer, message: `${pointer === "" ? "this" : pointer} ${message}` };
  });
}
