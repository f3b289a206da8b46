/** Tools that act on many things in one call. Reading many is ordinary; whoever changes or runs something is asked. */
import { member } from "../../json/value.ts";
import { choicesOf } from "../classify/parameters.ts";
import { isNounToo, verbClass } from "../classify/verbs.ts";
import { singular } from "../classify/words.ts";
import { type Field, typesOf } from "./field.ts";
import type { About, Found } from "./taken.ts";

const KEYS = new Set(["id", "uuid", "guid"]);
const ALL = /^(?:all|everything|\*)$/i;
const LEFT_OUT =
  /\b(?:all|every \w+|everything)\b[^.;]{0,40}\b(?:if|when) (?:omitted|empty|not (?:given|specified|provided|set)|unset|blank|none)\b|\b(?:if|when) (?:omitted|empty|not (?:given|specified|provided|set)|unset|blank)\b,?[^.;]{0,30}\b(?:all|every|everything)\b|\b(?:leave|omit)\b[^.;]{0,20}\bfor all\b/i;
const LISTED = /\bcomma[- ]separated\b/i;

export function bulkIn(field: Field, { words: tool, reads }: About): Found | undefined {
  if (reads || field.depth > 0) return undefined;
  const { words, schema, description } = field;
  const types = typesOf(schema);
  const last = words.at(-1) ?? "";
  const thing = last === "ids" ? "id" : singular(last);
  const isPlural = thing !== last;
  if (types.has("array") && member(schema, "maxItems") !== 1 && isPlural) {
    const isVerb = verbClass(thing) !== undefined && !isNounToo(thing);
    const isOfTool = words.length === 1 && !isVerb && tool.some((word) => singular(word) === thing);
    if (KEYS.has(thing) || isOfTool) return { kind: "bulk", says: "takes many at once" };
  }
  if (types.has("string") && isPlural && KEYS.has(thing) && LISTED.test(description)) {
    return { kind: "bulk", says: "takes many at once" };
  }
  if (types.has("boolean") && words.some((word) => word === "all" || word === "everything")) {
    return { kind: "bulk", says: "makes it act on everything" };
  }
  if (choicesOf(schema).some((choice) => ALL.test(choice)) && !VIEWS.has(last)) {
    return { kind: "bulk", says: "can be *all*" };
  }
  return LEFT_OUT.test(description) ? { kind: "bulk", says: "means everything when it is left out" } : undefined;
}

/** Parameters that choose what is answered. */
const VIEWS = new Set([
  "fields",
  "format",
  "include",
  "output",
  "detail",
  "verbosity",
  "view",
  "level",
  "log",
  "status",
]);

const MANY = new Set(["bulk", "batch", "mass", "multiple", "all", "many", "everything"]);

/** By the tool's own name: `bulk_delete_users`, `delete_all`. */
export function bulkByName({ words, reads }: About): string | undefined {
  return reads ? undefined : words.find((word) => MANY.has(word));
}
