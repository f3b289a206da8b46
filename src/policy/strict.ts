/**
 * From a text to what a shape makes of it, or to everything that is wrong with it: every fault of the text as strict
 * JSON, every fault of the document, each with its place.
 */
import { pointersAt } from "../json/locate.ts";
import { type JsonFault, MAX_DEPTH, parseJson } from "../json/parse.ts";
import { placeAt } from "../json/place.ts";
import type { Json } from "../json/value.ts";
import { type PolicyProblem, placed, top } from "./problem.ts";
import type { Shape } from "./shape.ts";

/** `json` is the document as written. */
export type StrictRead<T> =
  | { readonly ok: true; readonly read: T; readonly json: Json }
  | { readonly ok: false; readonly problems: readonly PolicyProblem[] };

export function readStrictly<T>(text: string, shape: Shape<T>): StrictRead<T> {
  const repeats: JsonFault[] = [];
  const parsed = parseJson(text, MAX_DEPTH, repeats);
  if (!parsed.ok) {
    const faults = [...repeats, parsed.fault];
    const problems = faults.map(({ reason, offset }) => ({ pointer: "", ...placeAt(text, offset), message: reason }));
    return { ok: false, problems };
  }
  const spot = top();
  const read = shape(parsed.value, spot);
  if (read !== undefined && spot.notes.length === 0 && repeats.length === 0) {
    return { ok: true, read, json: parsed.value };
  }
  const problems = [...repeated(text, repeats), ...placed(text, spot.notes)];
  return { ok: false, problems: problems.sort((a, b) => a.line - b.line || a.column - b.column) };
}

function repeated(text: string, repeats: readonly JsonFault[]): PolicyProblem[] {
  if (repeats.length === 0) return [];
  const pointers = pointersAt(text, new Set(repeats.map(({ offset }) => offset)));
  return repeats.map(({ reason, offset }) => ({
    pointer: pointers.get(offset) ?? "",
    ...placeAt(text, offset),
    message: reason,
  }));
}
