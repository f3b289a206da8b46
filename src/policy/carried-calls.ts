/**
 * Whether a tool's schema takes calls of other tools where no path of `unwrap` leads to them: in a list, deeper inside,
 * or as JSON in a string. A guess, and bounded, whatever the schema.
 */
import { isObject, type Json, type JsonObject, member } from "../json/value.ts";
import { propertyOf, TOOL_ARGUMENTS, TOOL_NAMES } from "./tool-parameters.ts";

/** `runs`: the tool's own name says that it runs something. */
export function carriesCalls(inputSchema: Json | undefined, runs: boolean): boolean {
  const [own, ...inner] = propertiesIn(inputSchema);
  return (own !== undefined && (isTextCall(own) || (runs && isNamedCall(own)))) || inner.some(isInnerCall);
}

const MOST_NODES = 5_000;

/** Every `properties` of the schema and of what lies in it, its own first. Definitions lie in it, so no reference is followed. */
function propertiesIn(schema: Json | undefined): JsonObject[] {
  const own = isObject(schema) ? member(schema, "properties") : undefined;
  const found: JsonObject[] = [isObject(own) ? own : {}];
  const waiting: Json[] = schema === undefined ? [] : [schema];
  for (const node of waiting) {
    if (!isObject(node) && !Array.isArray(node)) continue;
    const properties = isObject(node) ? member(node, "properties") : undefined;
    if (isObject(properties) && properties !== own) found.push(properties);
    const inner = Array.isArray(node) ? node : Object.values(node);
    waiting.push(...inner.slice(0, MOST_NODES - waiting.length));
  }
  return found;
}

function isInnerCall(properties: JsonObject): boolean {
  if (propertyOf(properties, TOOL_NAMES, "string", false) === undefined) return isNamedCall(properties);
  const holds = (type: string): boolean => propertyOf(properties, TOOL_ARGUMENTS, type, true) !== undefined;
  return holds("object") || holds("string");
}

const NAME = new Set(["name"]);
const CALL_ARGUMENTS = new Set(["arguments", "args"]);

/** As MCP itself writes a call: `name` and `arguments`. */
function isNamedCall(properties: JsonObject): boolean {
  return (
    propertyOf(properties, NAME, "string", false) !== undefined &&
    propertyOf(properties, CALL_ARGUMENTS, "object", false) !== undefined
  );
}

/** Arguments in a string. `tool` alone may as well be a program, and the string its command line. */
function isTextCall(properties: JsonObject): boolean {
  const tool = propertyOf(properties, TOOL_NAMES, "string", false);
  const args = propertyOf(properties, TOOL_ARGUMENTS, "string", false);
  if (tool === undefined || args === undefined) return false;
  return tool.toLowerCase() !== "tool" || /\bJSON\b/i.test(described(member(properties, args)));
}

function described(schema: Json | undefined): string {
  const text = isObject(schema) ? member(schema, "description") : undefined;
  return typeof text === "string" ? text : "";
}
