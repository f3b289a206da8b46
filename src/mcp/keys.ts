/**
 * Finds keys that another reader might take for one that MCP knows.
 *
 * Such a key could say one thing to the policy and another to the upstream, so a message that carries one is refused.
 * Tool arguments are the tool's own names and are not looked at; a list of tools under such a key would be shown whole.
 */
import { fold, takenFor, upToNul } from "../json/fold.ts";
import { isObject, type JsonObject } from "../json/value.ts";

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
  "tasks",
  "taskIds",
  "extensions",
  "toolsListChanged",
  "promptsListChanged",
  "resourcesListChanged",
  "resourceSubscriptions",
  "io.modelcontextprotocol/tasks",
  "io.modelcontextprotocol/protocolVersion",
  "io.modelcontextprotocol/clientCapabilities",
  "io.modelcontextprotocol/clientInfo",
  "io.modelcontextprotocol/logLevel",
]);

const FOLDED = new Map([...KNOWN].map((key) => [fold(key), key]));

/** Keys that were found to be nobody's disguise, as they are in every message: to fold one costs more than to know it. */
const harmless = new Set<string>();
/** Who sends others can fill this up, which costs all of them what it saves. */
const MOST_HARMLESS = 500;
const LONGEST_HARMLESS = 64;

/** Says which key of the object wears the look of a known one, or null. */
export function disguisedKey(object: JsonObject): string | null {
  for (const key of Object.keys(object)) {
    if (KNOWN.has(key) || harmless.has(key)) continue;
    const meant = FOLDED.get(fold(key)) ?? FOLDED.get(fold(upToNul(key)));
    if (meant !== undefined) return `the key ${JSON.stringify(key)} could be read as ${JSON.stringify(meant)}.`;
    if (harmless.size < MOST_HARMLESS && key.length <= LONGEST_HARMLESS) harmless.add(key);
  }
  return null;
}

/** Members whose own keys are MCP's too. */
const PARTS = [
  "_meta",
  "io.modelcontextprotocol/clientCapabilities",
  "capabilities",
  "extensions",
  "notifications",
  "ref",
  "argument",
];

/** The same for params and what they are made of. */
export function disguisedWithin(object: JsonObject): string | null {
  let found = disguisedKey(object);
  for (const key of PARTS) {
    const part = object[key];
    if (found === null && isObject(part)) found = disguisedWithin(part);
  }
  return found;
}

export function takenForTools(result: JsonObject): boolean {
  return Object.keys(result).some((key) => key !== "tools" && takenFor(key, "tools"));
}
