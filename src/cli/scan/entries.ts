/**
 * What a server gave, entry by entry, as the values that the rest of this program reads. An entry that can't be read is
 * told and left out; it never takes the others with it.
 */
import { MAX_DEPTH, parseJson } from "../../json/parse.ts";
import { isObject, type Json, type JsonObject, member } from "../../json/value.ts";
import type { Redact } from "./secrets.ts";
import { brief } from "./words.ts";

export type Entries = {
  readonly entries: readonly JsonObject[];
  /** Where each of them stood in the list. */
  readonly indices: readonly number[];
  readonly notes: readonly string[];
};

/** The value as JSON, without secrets; undefined where it is deeper than anybody reads. */
export function jsonOf(value: unknown, redact: Redact): Json | undefined {
  try {
    const parsed = parseJson(redact(JSON.stringify(value) ?? "null"));
    return parsed.ok ? parsed.value : undefined;
  } catch {
    // Too deep even for writing it.
    return undefined;
  }
}

/** `key`: the member that every one of them must have as a text. `what`: "tool". */
export function entriesOf(list: readonly unknown[], key: string, what: string, redact: Redact): Entries {
  const entries: JsonObject[] = [];
  const indices: number[] = [];
  const deep: string[] = [];
  const names = new Map<string, number>();
  let strange = 0;
  for (const [index, raw] of list.entries()) {
    const json = jsonOf(raw, redact);
    const name = isObject(json) ? member(json, key) : nameOf(raw, key);
    if (typeof name !== "string" || name === "") {
      strange++;
      continue;
    }
    if (isObject(json)) entries.push(json);
    else {
      deep.push(name);
      entries.push({ [key]: name });
    }
    indices.push(index);
    names.set(name, (names.get(name) ?? 0) + 1);
  }
  const twice = [...names].filter(([, count]) => count > 1).map(([name]) => name);
  const notes = [
    ...(strange > 0
      ? [`Left out: ${strange === 1 ? "an entry" : `${strange} entries`} without a ${key}, so no ${what}.`]
      : []),
    ...(deep.length > 0 ? [`Deeper than ${MAX_DEPTH} levels, so only the ${key} is known: ${few(deep)}.`] : []),
    ...(twice.length > 0 ? [`Listed more than once: ${few(twice)}.`] : []),
  ];
  return { entries, indices, notes };
}

/** Of a value that is too deep to be read as a whole. */
function nameOf(raw: unknown, key: string): unknown {
  return typeof raw === "object" && raw !== null ? Reflect.get(raw, key) : undefined;
}

const FEW = 5;

function few(names: readonly string[]): string {
  const more = names.length > FEW ? ` and ${names.length - FEW} more` : "";
  return `${names.slice(0, FEW).map(brief).join(", ")}${more}`;
}
