/**
 * Which arguments a tool's headers mirror, remembered from the lists that passed through this isolate. Only a check of
 * headers against the body hangs on it; what is not remembered is checked less closely, never let through unread.
 */

import { Kept } from "../grant/kept.ts";
import { isObject, type JsonObject } from "../json/value.ts";
import { type Mirrors, mirrorsOf } from "../mcp/params.ts";

/** Longer names are not remembered: a server must not fill an isolate. */
const LONGEST_NAME = 512;

const mirrors = new Kept<string, Mirrors>(20_000);

export function rememberMirrors(serverVersion: string, list: JsonObject): void {
  if (!Array.isArray(list.tools)) return;
  for (const tool of list.tools) {
    if (!isObject(tool) || typeof tool.name !== "string" || tool.name.length > LONGEST_NAME) continue;
    mirrors.set(key(serverVersion, tool.name), mirrorsOf(tool.inputSchema));
  }
}

export function knownMirrors(serverVersion: string, tool: string): Mirrors | null {
  return mirrors.get(key(serverVersion, tool)) ?? null;
}

function key(serverVersion: string, tool: string): string {
  return `${serverVersion} ${tool}`;
}
