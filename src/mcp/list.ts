/**
 * A `tools/list` result as one grant may see it: the same order, less what its policy hides. It must never be kept for
 * another grant, so the result says private, and clients may not hold it long (specification 2026-07-28, "Caching").
 */
import { isObject, type Json, type JsonObject } from "../json/value.ts";

/** How long a client may keep a filtered list, in ms: the time until it notices a changed policy. */
const MAX_TTL_MS = 60_000;

/** Tells a `tools/list` result by its form; the result of a call has content, whatever else it has. */
export function isToolList(result: JsonObject, method: string | null): boolean {
  return Array.isArray(result.tools) && !(method === "tools/call" && "content" in result);
}

export function filteredList(result: JsonObject, isListed: (tool: string) => boolean): JsonObject {
  const tools = Array.isArray(result.tools) ? result.tools.filter((tool) => isVisible(tool, isListed)) : [];
  return { ...result, tools, ...privately(result) };
}

/** What clients that match keys loosely take for a tool's name; see `fold`. */
const NAME = /^\0*n\0*a\0*m\0*e(?:\0.*)?$/is;

function isVisible(tool: Json, isListed: (tool: string) => boolean): boolean {
  if (!isObject(tool) || typeof tool.name !== "string") return false;
  // Under another spelling it could bear a name that is hidden.
  return isListed(tool.name) && !Object.keys(tool).some((key) => key !== "name" && NAME.test(key));
}

function privately(result: JsonObject): JsonObject {
  if (!("cacheScope" in result || "ttlMs" in result)) return {};
  const ttlMs = typeof result.ttlMs === "number" ? Math.min(result.ttlMs, MAX_TTL_MS) : 0;
  return { cacheScope: "private", ttlMs };
}
