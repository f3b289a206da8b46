/** What calls hang on of a tool's definition, by the definition's hash: what was fetched once is never stale. */
import { Kept } from "../grant/kept.ts";
import { parseJson } from "../json/parse.ts";
import { isObject, type Json, member } from "../json/value.ts";
import { type Mirrors, mirrorsOf } from "../mcp/params.ts";
import type { Shelf } from "./book.ts";

/** What is kept is the very object that was parsed, because what a policy prepares of a schema hangs on it. */
export type Schema = { readonly input: Json | undefined; readonly mirrors: Mirrors };

/** A longer definition is fetched each time: a server must not fill an isolate. */
const LONGEST_REMEMBERED = 16_384;

const remembered = new Kept<string, Schema>(500);

export function knownSchema(hash: string | undefined): Schema | undefined {
  return hash === undefined ? undefined : remembered.get(hash);
}

/** Null where the definition is not kept. */
export async function schemaAt({ stub }: Shelf, hash: string): Promise<Schema | null> {
  const known = remembered.get(hash);
  if (known !== undefined) return known;
  const text = await stub().definition(hash);
  if (text === null) return null;
  const read = parseJson(text);
  const input = read.ok && isObject(read.value) ? member(read.value, "inputSchema") : undefined;
  const schema = { input, mirrors: mirrorsOf(input) };
  return text.length <= LONGEST_REMEMBERED ? remembered.set(hash, schema) : schema;
}
