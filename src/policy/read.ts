/**
 * From a text to a policy document, or to everything that is wrong with it.
 *
 * Nothing is ever ignored: a text that reads here means exactly what it says, or it is refused.
 */
import { canonicalJson } from "../json/canonical.ts";
import { crosscheck } from "./crosscheck.ts";
import type { PolicyDocument } from "./document.ts";
import type { PolicyProblem } from "./problem.ts";
import { policyShape } from "./schema.ts";
import type { Shape } from "./shape.ts";
import { readStrictly } from "./strict.ts";

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
  const result = readStrictly(text, wholePolicy);
  return result.ok ? { ok: true, document: result.read, canonical: canonicalJson(result.json) } : result;
}

/** Of a document that is no text any more. */
export const wholePolicy: Shape<PolicyDocument> = (value, spot) => {
  const document = policyShape(value, spot);
  crosscheck(value, spot);
  return document;
};
