/**
 * Reads what an operator sends: bounded, strict UTF-8, strict JSON, and against a schema that knows every field.
 *
 * Nothing is ignored: an unknown field, a repeated key and a wrong type are faults with their place in the text.
 */
import type * as z from "zod";
import { checked, faultsOf } from "../json/checked.ts";
import { parseJson } from "../json/parse.ts";
import { placeAt } from "../json/place.ts";
import { type BodyFault, readText } from "../upstream/body.ts";
import { invalid, problem } from "./problem.ts";

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
  const read = checked(text, parsed.value, schema);
  return read.ok ? read : { ok: false, refused: invalid(read.faults) };
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
