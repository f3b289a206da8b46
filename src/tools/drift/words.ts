/** Pieces of definitions in sentences: short, and with everything visible. */
import { canonicalJson } from "../../json/canonical.ts";
import type { Json } from "../../json/value.ts";
import { quoted } from "../../policy/quote.ts";
import { visible } from "../steering/hidden.ts";

const MOST = 60;

export function named(name: string): string {
  return visible(quoted(name, MOST));
}

/** A value as JSON, cut where it is long; `absent` where there is none. */
export function told(value: Json | undefined): string {
  if (value === undefined) return "absent";
  const text = visible(canonicalJson(value));
  return text.length <= MOST ? text : `${text.slice(0, MOST - 1)}…`;
}

export function listed(names: readonly string[], most = 5): string {
  const first = names.slice(0, most).map(named).join(", ");
  return names.length > most ? `${first} and ${names.length - most} more` : first;
}
