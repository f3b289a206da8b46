/**
 * Reads what an operator sends: bounded, strict UTF-8, strict JSON, and against a schema that knows every field.
 *
 * Nothing is ignored: an unknown field, a repeated key and a wrong type are faults with their place in the text.
 */
import type * as z from "zod/mini";
import { checked, faultsOf } from "../../json/checked.ts";
import { parseJson } from "../../json/parse.ts";
import { placeAt } from "../../json/place.ts";
import { isJsonType } from "../../mcp/media.ts";
import { type BodyFault, readText } from "../../upstream/body.ts";
import { invalid, problem } from "../problem.ts";

export type Read<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly refused: Response };

/** The body as text, of at most so many bytes. Only JSON is taken: a page of another site can't send that unasked. */
export async function readBody(request: Request, mostBytes: number): Promise<Read<string>> {
  if (!isJsonType(request.headers.get("content-type"))) {
    return { ok: false, refused: problem(415, "Send the body as JSON, with `Content-Type: application/json`.") };
  }
  const body = await readText(request, mostBytes, null);
  return body.ok ? { ok: true, value: body.text } : refused(body.fault, mostBytes);
}

/** The text as what the schema makes of it. */
export function readDocument<T>(text: string, schema: z.ZodMiniType<T>): Read<T> {
  const parsed = parseJson(text);
  if (!parsed.ok) {
    const { reason, offset } = parsed.fault;
    return { ok: false, refused: invalid([{ pointer: "", ...placeAt(text, offset), message: reason }]) };
  }
  const read = checked(text, parsed.value, schema);
  return read.ok ? read : { ok: false, refused: invalid(read.faults) };
}

/**
 * The query of the URL. A parameter that is not known or comes twice is refused, since to leave one out would answer
 * another question.
 */
export function readQuery<T>(request: Request, schema: z.ZodMiniType<T>): Read<T> {
  const given = new URL(request.url).searchParams;
  const twice = [...given.keys()].find((name, at, names) => names.indexOf(name) !== at);
  if (twice !== undefined) return badQuery(`Query ${twice}: is given more than once.`);
  const read = schema.safeParse(Object.fromEntries(given));
  if (read.success) return { ok: true, value: read.data };
  // The one name that is left out of the faults is this.
  const [{ pointer, message } = { pointer: "/__proto__", message: "is no field that is known here" }] =
    read.error.issues.flatMap(faultsOf);
  return badQuery(`Query ${pointer.slice(1)}: ${message}.`);
}

function badQuery(text: string): Read<never> {
  return { ok: false, refused: problem(400, text) };
}

function refused(fault: BodyFault, mostBytes: number): Read<never> {
  const response =
    fault === "too large"
      ? problem(413, `This may have ${mostBytes} bytes at most.`)
      : problem(400, `The body can't be read: it is ${fault}.`);
  return { ok: false, refused: response };
}
