/** The tools in a `tools/list` result, as they are kept. */
import { isObject, type JsonObject } from "../json/value.ts";
import type { Definition } from "./shelf.ts";

/** A longer name is not kept, so a strict rule denies it. */
const LONGEST_NAME = 512;

export function definitionsIn(list: JsonObject): Definition[] {
  if (!Array.isArray(list.tools)) return [];
  return list.tools.flatMap((tool) => {
    if (!isObject(tool) || typeof tool.name !== "string" || tool.name.length > LONGEST_NAME) return [];
    return isObject(tool.inputSchema) ? [{ name: tool.name, inputSchema: JSON.stringify(tool.inputSchema) }] : [];
  });
}
