/** Where two schemas differ, place by place, in words. What a difference means is told elsewhere. */
import { canonicalJson } from "../../json/canonical.ts";
import { child } from "../../json/pointer.ts";
import { isObject, type Json, member } from "../../json/value.ts";
import { isUnknown } from "./meaning.ts";
import { told } from "./words.ts";

export type Difference = {
  /** JSON Pointer from where the comparison began. */
  readonly at: string;
  /** `text` is for reading only; `unknown` are words that no specification has. */
  readonly kind: "text" | "default" | "unknown" | "deciding";
  readonly before: Json | undefined;
  readonly after: Json | undefined;
};

const TEXTS = new Set(["title", "description", "examples", "example", "$comment"]);
/** Below them stand names, not words of a schema. */
const NAMING = new Set([
  "properties",
  "patternProperties",
  "$defs",
  "definitions",
  "dependentSchemas",
  "dependentRequired",
]);

const DEEPEST = 100;
/** More of them are not told one by one. */
const MOST = 1_000;

export function differences(before: Json, after: Json): Difference[] {
  const found: Difference[] = [];
  const visit = (
    a: Json | undefined,
    b: Json | undefined,
    at: string,
    kind: Difference["kind"],
    naming: boolean,
  ): void => {
    if (found.length >= MOST || (a !== undefined && b !== undefined && equalText(a, b))) return;
    if (a === undefined && b === undefined) return;
    const depth = at.split("/").length;
    if (kind === "deciding" && depth < DEEPEST && isObject(a) && isObject(b)) {
      for (const key of new Set([...Object.keys(a), ...Object.keys(b)])) {
        const next = naming ? "deciding" : kindOf(key);
        visit(member(a, key), member(b, key), child(at, key), next, !naming && NAMING.has(key));
      }
    } else if (kind === "deciding" && depth < DEEPEST && areSchemas(a) && areSchemas(b) && a.length === b.length) {
      for (const [index, item] of a.entries()) visit(item, b[index], child(at, index), kind, false);
    } else found.push({ at, kind, before: a, after: b });
  };
  visit(before, after, "", "deciding", false);
  return found;
}

function kindOf(key: string): Difference["kind"] {
  if (TEXTS.has(key)) return "text";
  if (key === "default") return "default";
  return isUnknown(key) ? "unknown" : "deciding";
}

function areSchemas(value: Json | undefined): value is Json[] {
  return Array.isArray(value) && value.some(isObject);
}

function equalText(a: Json, b: Json): boolean {
  return a === b || canonicalJson(a) === canonicalJson(b);
}

/** The first few, as "its maxLength was 10 and is absent". */
export function inWords(all: readonly Difference[], most = 4): string {
  if (all.length === 0) return "the same in another order";
  const first = all.slice(0, most).map(oneInWords).join("; ");
  return all.length > most ? `${first}; and ${all.length - most} more` : first;
}

function oneInWords({ at, before, after }: Difference): string {
  const what = told(at === "" ? "all of it" : at.slice(1)).slice(1, -1);
  const [lost, gained] = [lacking(before, after), lacking(after, before)];
  if (lost === undefined || gained === undefined) return `${what} was ${told(before)} and is ${told(after)}`;
  const parts = [
    ...(lost.length > 0 ? [`no longer has ${lost.slice(0, 5).map(told).join(", ")}`] : []),
    ...(gained.length > 0 ? [`has ${gained.slice(0, 5).map(told).join(", ")} besides`] : []),
  ];
  return `${what} ${parts.length === 0 ? "is in another order" : parts.join(" and ")}`;
}

/** Of two lists of plain values, those that only the first has. */
function lacking(from: Json | undefined, other: Json | undefined): Json[] | undefined {
  if (!Array.isArray(from) || !Array.isArray(other)) return undefined;
  const known = new Set(other.map(canonicalJson));
  return from.filter((item) => !known.has(canonicalJson(item)));
}
