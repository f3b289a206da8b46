/**
 * A tool's parameters with their places, from an input schema of any size or shape: through properties, items, branches
 * and local references. Bounded, so a schema made to be slow or endless is neither.
 */
import { child } from "../../json/pointer.ts";
import { isObject, type Json, type JsonObject, member } from "../../json/value.ts";
import { choicesOf, isText, textOf } from "../classify/parameters.ts";
import { nameWords } from "../classify/words.ts";

export type Field = {
  /** As a person writes it: `rule.url`, `rules[].url`. */
  readonly path: string;
  /** JSON Pointer into the tool's definition. */
  readonly at: string;
  readonly words: readonly string[];
  readonly schema: JsonObject;
  readonly description: string;
  /** How deep it lies; 0 for a parameter of the tool itself. */
  readonly depth: number;
};

const MOST_FIELDS = 2_000;
const MOST_BRANCHES = 50;
const DEEPEST = 8;

type Place = { readonly at: string; readonly path: string; readonly depth: number };

export function fieldsOf(inputSchema: Json | undefined): Field[] {
  const fields: Field[] = [];
  const visited = new Set<JsonObject>();
  const visit = (node: Json | undefined, { at, path, depth }: Place): void => {
    const schema = resolved(node, inputSchema);
    if (schema === undefined || visited.has(schema) || depth > DEEPEST || fields.length >= MOST_FIELDS) return;
    visited.add(schema);
    const properties = member(schema, "properties");
    if (isObject(properties)) {
      for (const name of Object.keys(properties)) {
        if (fields.length >= MOST_FIELDS) break;
        const own = member(properties, name);
        const target = resolved(own, inputSchema);
        if (target === undefined) continue;
        const place = {
          at: child(child(at, "properties"), name),
          path: path === "" ? name : `${path}.${name}`,
          depth: depth + 1,
        };
        const description = (isObject(own) ? textOf(own) : "") || textOf(target);
        fields.push({ ...place, words: nameWords(name), schema: target, description, depth });
        visit(own, place);
      }
    }
    visit(member(schema, "items"), { at: child(at, "items"), path: `${path}[]`, depth: depth + 1 });
    for (const key of ["anyOf", "oneOf", "allOf"]) {
      const list = member(schema, key);
      if (!Array.isArray(list)) continue;
      list.slice(0, MOST_BRANCHES).forEach((branch, index) => {
        visit(branch, { at: child(child(at, key), index), path, depth: depth + 1 });
      });
    }
  };
  visit(inputSchema, { at: "/inputSchema", path: "", depth: 0 });
  return fields;
}

/** The schema that a local reference (`#/$defs/…`) leads to. */
function resolved(node: Json | undefined, root: Json | undefined): JsonObject | undefined {
  let schema = node;
  for (let hops = 0; hops < 4; hops++) {
    if (!isObject(schema)) return undefined;
    const reference = member(schema, "$ref");
    if (typeof reference !== "string" || !reference.startsWith("#")) return schema;
    schema = target(reference, root);
  }
  return undefined;
}

function target(reference: string, root: Json | undefined): Json | undefined {
  let here: Json | undefined = root;
  for (const part of reference.split("/").slice(1, 12)) {
    if (!isObject(here)) return undefined;
    here = member(here, part.replaceAll("~1", "/").replaceAll("~0", "~"));
  }
  return here;
}

/** Formats that leave nothing free. */
const FIXED = new Set(["uuid", "date", "time", "date-time", "duration", "email", "ipv4", "ipv6"]);

/** Whether it takes a text, or texts, of the caller's own making. */
export function isFree({ schema }: Field): boolean {
  const format = member(schema, "format");
  return isText(schema) && choicesOf(schema).length === 0 && !(typeof format === "string" && FIXED.has(format));
}

/** The types it may have, branches included. */
export function typesOf(schema: JsonObject): ReadonlySet<string> {
  const branches = ["anyOf", "oneOf"].flatMap((key) => {
    const list = member(schema, key);
    return Array.isArray(list) ? list.slice(0, MOST_BRANCHES).filter(isObject) : [];
  });
  const types = [schema, ...branches].flatMap((branch) => member(branch, "type"));
  return new Set(types.filter((type) => typeof type === "string"));
}
