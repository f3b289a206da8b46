/** SQLite's reader of JSON: written in C, takes JSON5, and of a key that stands twice the first counts. */
import { DatabaseSync } from "node:sqlite";

const database = new DatabaseSync(":memory:");
/** Asked first, since a statement that failed once fails at its next use too. 2 is JSON5. */
const valid = database.prepare("SELECT json_valid(?, 2) AS valid");
const tree = database.prepare("SELECT key, type, atom, id, parent FROM json_tree(?)");
tree.setReadBigInts(true);

/** The value; undefined for what is no JSON to it. */
export function readAsSqlite(text: string): unknown {
  if (valid.get(text)?.valid !== 1) return undefined;
  const values = new Map<unknown, unknown>();
  let root: unknown;
  for (const { key, type, atom, id, parent } of tree.all(text)) {
    const value = valueIn(type, atom);
    values.set(id, value);
    const within = values.get(parent);
    if (within === undefined) root = value;
    else if (Array.isArray(within)) within.push(value);
    else if (isRecord(within) && !(String(key) in within)) within[String(key)] = value;
  }
  return root;
}

function valueIn(type: unknown, atom: unknown): unknown {
  if (type === "object") return Object.create(null);
  if (type === "array") return [];
  if (type === "true" || type === "false") return type === "true";
  return typeof atom === "bigint" ? Number(atom) : atom;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
