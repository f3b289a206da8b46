/**
 * A tool's parameters by name, from an input schema of any size or shape. Three levels are read and no more than the first
 * two thousand parameters, so a schema made to be slow is not.
 */
import { isObject, type Json, type JsonObject, member } from "../../json/value.ts";
import { nameWords } from "./words.ts";

export type Parameter = { readonly name: string; readonly words: readonly string[]; readonly schema: JsonObject };

const MOST_PARAMETERS = 2_000;
const MOST_CHOICES = 200;
const DEEPEST = 3;
const LONGEST_TEXT = 1_000;

export function parametersOf(inputSchema: Json | undefined): Parameter[] {
  const out: Parameter[] = [];
  const visit = (node: Json | undefined, depth: number): void => {
    if (!isObject(node) || depth >= DEEPEST) return;
    const properties = member(node, "properties");
    if (isObject(properties)) {
      for (const name in properties) {
        if (out.length >= MOST_PARAMETERS) return;
        const schema = member(properties, name);
        if (!isObject(schema)) continue;
        out.push({ name, words: nameWords(name), schema });
        visit(schema, depth + 1);
      }
    }
    visit(member(node, "items"), depth + 1);
  };
  visit(inputSchema, 0);
  return out;
}

/** The texts that a parameter must be one of. Empty if it may be anything. */
export function choicesOf(schema: JsonObject): string[] {
  const all = [schema, ...branches(schema), ...only(member(schema, "items"))];
  return all
    .flatMap((branch) => {
      const listed = member(branch, "enum");
      const single = member(branch, "const");
      return Array.isArray(listed) ? listed.slice(0, MOST_CHOICES) : single === undefined ? [] : [single];
    })
    .filter((choice) => typeof choice === "string")
    .slice(0, MOST_CHOICES);
}

export function isText(schema: JsonObject): boolean {
  const types = [schema, ...branches(schema)].map((branch) => member(branch, "type"));
  return (
    types.every((type) => type === undefined) || types.flat().some((type) => type === "string" || type === "array")
  );
}

export function textOf(schema: JsonObject): string {
  const text = member(schema, "description");
  return typeof text === "string" ? text.slice(0, LONGEST_TEXT) : "";
}

function branches(schema: JsonObject): JsonObject[] {
  return ["anyOf", "oneOf"].flatMap((key) => {
    const list = member(schema, key);
    return Array.isArray(list) ? list.slice(0, MOST_CHOICES).filter(isObject) : [];
  });
}

function only(node: Json | undefined): JsonObject[] {
  return isObject(node) ? [node] : [];
}
