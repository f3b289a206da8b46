/**
 * From a text to a policy document, or to everything that is wrong with it.
 *
 * Nothing is ever ignored: a text that reads here means exactly what it says, or it is refused.
 */
import { canonicalJson } from "../json/canonical.ts";
import { pointersAt } from "../json/locate.ts";
import { type JsonFault, MAX_DEPTH, parseJson } from "../json/parse.ts";
import { placeAt } from "../json/place.ts";
import { crosscheck } from "./crosscheck.ts";
import type { PolicyDocument } from "./document.ts";
import { type PolicyProblem, placed, top } from "./problem.ts";
import { policyShape } from "./schema.ts";

export type { PolicyProblem } from "./problem.ts";

/** `canonical` is one text for one meaning; its SHA-256 is the policy's version. */
export type PolicyRead =
  | { readonly ok: true; readonly document: PolicyDocument; readonly canonical: string }
  | { readonly ok: false; readonly problems: readonly PolicyProblem[] };

/** 1 MiB of UTF-8. */
export const MAX_POLICY_BYTES = 1_048_576;

export function readPolicy(text: string): PolicyRead {
  if (text.length > MAX_POLICY_BYTES || new TextEncoder().encode(text).length > MAX_POLICY_BYTES) {
    return { ok: false, problems: [{ pointer: "", line: 1, column: 1, message: "a policy is at most 1 MiB long" }] };
  }
  const repeats: JsonFault[] = [];
  const parsed = parseJson(text, MAX_DEPTH, repeats);
  if (!parsed.ok) {
    const problems = [...repeats, parsed.fault].map(({ reason, offset }) => ({
      pointer: "",
      ...placeAt(text, offset),
      message: reason,
    }));
    return { ok: false, problems };
  }
  const spot = top();
  const document = policyShape(parsed.value, spot);
  crosscheck(parsed.value, spot);
  if (document !== undefined && spot.notes.length === 0 && repeats.length === 0) {
    return { ok: true, document, canonical: canonicalJson(parsed.value) };
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
