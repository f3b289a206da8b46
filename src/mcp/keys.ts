/**
 * Finds keys that another reader might take for one that MCP knows.
 *
 * Some JSON readers match keys without regard to case, fold `ſ` to s and the Kelvin sign to k, or stop at a NUL
 * (CVE-2026-27896, GHSA-q382-vc8q-7jhj). Such a key could say one thing to the policy and another to the upstream, so
 * a message that carries one is refused. Tool arguments are the tool's own names and are not looked at.
 */
import type { JsonObject } from "../json/value.ts";

const KNOWN = new Set([
  "jsonrpc",
  "id",
  "method",
  "params",
  "result",
  "error",
  "name",
  "uri",
  "arguments",
  "_meta",
  "requestState",
  "inputResponses",
  "task",
  "taskId",
  "ref",
  "argument",
  "cursor",
  "protocolVersion",
  "capabilities",
  "clientInfo",
  "progressToken",
  "requestId",
  "notifications",
  "io.modelcontextprotocol/protocolVersion",
  "io.modelcontextprotocol/clientCapabilities",
  "io.modelcontextprotocol/clientInfo",
  "io.modelcontextprotocol/logLevel",
]);

const FOLDED = new Map([...KNOWN].map((key) => [fold(key), key]));

/** Says which key of the object wears the look of a known one, or null. */
export function disguisedKey(object: JsonObject): string | null {
  for (const key of Object.keys(object)) {
    if (KNOWN.has(key)) continue;
    const meant = FOLDED.get(fold(key));
    if (meant !== undefined) return `the key ${JSON.stringify(key)} could be read as ${JSON.stringify(meant)}.`;
  }
  return null;
}

function fold(key: string): string {
  return key.replaceAll("\0", "").replaceAll("\u017f", "s").replaceAll("\u212a", "k").toLowerCase();
}
