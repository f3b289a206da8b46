/**
 * Which tools run other tools by name, as far as a name and a schema tell, and where such a call says what it runs.
 *
 * A guess, for advice and recommendations: nothing that decides may look at it, and it says nothing where it is not
 * fairly sure.
 */
import { isObject, type Json, member } from "../json/value.ts";
import { carriesCalls } from "./carried-calls.ts";
import { propertyOf, TOOL_ARGUMENTS, TOOL_NAMES } from "./tool-parameters.ts";

/** Paths into the call's arguments, as `unwrap` takes them. */
export type MetaTool = { readonly tool: string; readonly arguments: string };

/** Whether a tool looks as if it ran other tools by name; `paths` where its schema says how. */
export function metaToolOf(tool: {
  readonly name: string;
  readonly inputSchema?: Json | undefined;
}): { readonly paths: MetaTool | undefined } | undefined {
  const paths = pathsIn(tool.inputSchema);
  if (paths !== undefined) return { paths };
  const words = wordsOf(tool.name);
  return isMetaName(words) || carriesCalls(tool.inputSchema, runs(words)) ? { paths: undefined } : undefined;
}

const RUNS = new Set(["execute", "exec", "call", "run", "invoke", "dispatch"]);
const LOOKS = new Set(["get", "list", "find", "search", "describe", "show", "info"]);

function wordsOf(name: string): readonly string[] {
  return name
    .replace(/([a-z0-9])([A-Z])/g, "$1_$2")
    .toLowerCase()
    .split(/[^a-z0-9]+/);
}

function runs(words: readonly string[]): boolean {
  return words.some((word) => RUNS.has(word)) && !words.some((word) => LOOKS.has(word));
}

/** `execute_some_tool`, `call_tool`, `runTool`, but not `find_tool` and not `call_tools_report`. */
function isMetaName(words: readonly string[]): boolean {
  const last = words.at(-1);
  return (last === "tool" || last === "tools") && runs(words);
}

/** Where a schema takes the name and the arguments of another tool, when it looks as if it did. */
function pathsIn(schema: Json | undefined): MetaTool | undefined {
  const properties = isObject(schema) ? member(schema, "properties") : undefined;
  if (!isObject(properties)) return undefined;
  const tool = propertyOf(properties, TOOL_NAMES, "string", false);
  const args = propertyOf(properties, TOOL_ARGUMENTS, "object", true);
  return tool === undefined || args === undefined ? undefined : { tool: pathTo(tool), arguments: pathTo(args) };
}

function pathTo(property: string): string {
  return /^[A-Za-z0-9_-]+$/.test(property) ? `args.${property}` : `args[${JSON.stringify(property)}]`;
}
