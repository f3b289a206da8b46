/**
 * Reads what an operator sends: bounded, strict UTF-8, strict JSON, and against a schema that knows every field.
 *
 * Nothing is ignored: an unknown field, a repeated key and a wrong type are faults with their place in the text.
 */
import type * as z from "zod";
import { locate } from "../json/locate.ts";
import { parseJson } from "../json/parse.ts";
import { placeAt, placesIn } from "../json/place.ts";
import { child } from "../json/pointer.ts";
import { isObject, type Json } from "../json/value.ts";
import { type BodyFault, readText } from "../upstream/body.ts";
import { type Fault, invalid, problem } from "./problem.ts";

export type Body<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly refused: Response };

/** The body as text, of at most so many bytes. */
export async function readBody(request: Request, maxBytes: number): Promise<Body<string>> {
  const body = await readText(request, maxBytes, null);
  return body.ok ? { ok: true, value: body.text } : refused(body.fault, maxBytes);
}

/** The body as what the schema makes of it. */
export async function readDocument<T>(request: Request, schema: z.ZodType<T>, maxBytes: number): Promise<Body<T>> {
  const body = await readBody(request, maxBytes);
  if (!body.ok) return body;
  const text = body.value;
  const parsed = parseJson(text);
  if (!parsed.ok) {
    const { reason, offset } = parsed.fault;
    return { ok: false, refused: invalid([{ pointer: "", ...placeAt(text, offset), message: reason }]) };
  }
  const read = schema.safeParse(parsed.value, { error: missing });
  const faults = [...protoKeys(parsed.value, ""), ...(read.success ? [] : read.error.issues.flatMap(faultsOf))];
  if (read.success && faults.length === 0) return { ok: true, value: read.data };
  return { ok: false, refused: invalid(placed(text, faults)) };
}

/** The query of the URL; a parameter that is not known is refused, since to leave it out would answer another question. */
export function readQuery<T>(request: Request, schema: z.ZodType<T>): Body<T> {
  const read = schema.safeParse(Object.fromEntries(new URL(request.url).searchParams));
  if (read.success) return { ok: true, value: read.data };
  const [fault] = read.error.issues.flatMap(faultsOf);
  const text = fault === undefined ? "The query can't be read." : `Query ${fault.pointer.slice(1)}: ${fault.message}.`;
  return { ok: false, refused: problem(400, text) };
}

function refused(fault: BodyFault, maxBytes: number): { readonly ok: false; readonly refused: Response } {
  const response =
    fault === "too large"
      ? problem(413, `This may have ${maxBytes} bytes at most.`)
      : problem(400, `The body can't be read: it is ${fault}.`);
  return { ok: false, refused: response };
}

/** Schemas of records drop this one key without a word, since it would change a prototype. */
function protoKeys(value: Json, pointer: string): Fault[] {
  if (Array.isArray(value)) return value.flatMap((item, index) => protoKeys(item, child(pointer, index)));
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([key, member]) => {
    const at = child(pointer, key);
    return key === "__proto__" ? [{ pointer: at, message: "is no name that can be used" }] : protoKeys(member, at);
  });
}

function missing(issue: { readonly code?: string; readonly input?: unknown }): string | undefined {
  return issue.code === "invalid_type" && issue.input === undefined ? "is required" : undefined;
}

function faultsOf(issue: z.core.$ZodIssue): Fault[] {
  const pointer = issue.path.reduce<string>((parent, key) => child(parent, String(key)), "");
  if (issue.code === "invalid_key") return [{ pointer, message: issue.issues[0]?.message ?? issue.message }];
  if (issue.code !== "unrecognized_keys") return [{ pointer, message: issue.message }];
  return issue.keys
    .filter((key) => key !== "__proto__")
    .map((key) => ({ pointer: child(pointer, key), message: "is no field that is known here" }));
}

/** With line and column, of the nearest thing that is there when the place itself is missing. */
function placed(text: string, faults: readonly Fault[]): Fault[] {
  const found = locate(text, new Set(faults.flatMap(({ pointer }) => [pointer, parentOf(pointer)])));
  const placeOf = placesIn(text);
  return faults.map((fault) => {
    const location = found.get(fault.pointer) ?? found.get(parentOf(fault.pointer));
    return location === undefined ? fault : { ...fault, ...placeOf(location.key) };
  });
}

function parentOf(pointer: string): string {
  return pointer.slice(0, Math.max(0, pointer.lastIndexOf("/")));
}
