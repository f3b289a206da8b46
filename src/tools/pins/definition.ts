/** What a server says of one tool, as it is pinned: one text for one meaning, and its SHA-256. */
import { sha256 } from "../../grant/digest.ts";
import { canonicalJson } from "../../json/canonical.ts";
import { isObject, type JsonObject } from "../../json/value.ts";

export type Definition = {
  readonly name: string;
  /** SHA-256 of the canonical text, in hex. */
  readonly hash: string;
  readonly text: string;
};

/** A tool with a longer name is not known, and so not callable where definitions are held. */
export const LONGEST_NAME = 512;
/** A server that lists more is not followed: what is not kept counts as drifted. */
export const MOST_TOOLS = 20_000;

/**
 * The tools of a `tools/list` result, in its order. What has no name that can be kept is left out. Rejects for a list that
 * is longer than any inventory.
 */
export async function definitionsIn(list: JsonObject): Promise<readonly Definition[]> {
  const tools = Array.isArray(list.tools) ? list.tools : [];
  if (tools.length > MOST_TOOLS) throw new Error(`a list names more than ${MOST_TOOLS} tools`);
  return Promise.all(
    tools.flatMap((tool) => {
      if (!isObject(tool) || typeof tool.name !== "string" || !isName(tool.name)) return [];
      const [name, text] = [tool.name, canonicalDefinition(tool)];
      return [sha256(text).then((hash) => ({ name, hash, text }))];
    }),
  );
}

/** Storage has no half of a surrogate pair: two such names would become one there. */
function isName(name: string): boolean {
  return name !== "" && name.length <= LONGEST_NAME && name.isWellFormed();
}

/** Keys sorted, digits as written, without what no model reads and a server may change from day to day. */
function canonicalDefinition({ _meta, icons, ...tool }: JsonObject): string {
  return canonicalJson(tool);
}
