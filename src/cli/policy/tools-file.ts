/** Reads a `tools.json`: what the server answered to `tools/list`, as a result or as the whole response. Pure. */
import { isObject, type Json } from "../../json/value.ts";
import { below, note, type PolicyProblem, type Spot } from "../../policy/problem.ts";
import { type Shape, wrongType } from "../../policy/shape.ts";
import { readStrictly } from "../../policy/strict.ts";
import type { ListedTool } from "../../policy/warnings/warnings.ts";

/** Tools by name. */
export type ToolList = ReadonlyMap<string, ListedTool>;

/** How a policy asks for a tool's input schema. */
export function schemasIn(tools: ToolList | undefined): (tool: string) => Json | undefined {
  return (tool) => tools?.get(tool)?.inputSchema;
}

export type ToolsRead =
  | { readonly ok: true; readonly tools: ToolList }
  | { readonly ok: false; readonly problems: readonly PolicyProblem[] };

export function readTools(text: string): ToolsRead {
  const result = readStrictly(text, response);
  return result.ok ? { ok: true, tools: result.read } : result;
}

/** What else stands in it is the server's own business. */
const response: Shape<ToolList> = (value, spot) => {
  if (isObject(value) && value.tools === undefined && isObject(value.result)) {
    return listed(value.result.tools, below(below(spot, "result"), "tools"), spot);
  }
  return listed(isObject(value) ? value.tools : undefined, below(spot, "tools"), spot);
};

function listed(tools: Json | undefined, spot: Spot, whole: Spot): ToolList | undefined {
  if (tools === undefined) {
    note(whole, 'expected the result of tools/list, an object with a list of "tools"');
    return undefined;
  }
  if (!Array.isArray(tools)) return wrongType(tools, spot, "a list of tools");
  const found = new Map<string, ListedTool>();
  tools.forEach((tool, index) => {
    if (!isObject(tool) || typeof tool.name !== "string") {
      note(below(spot, index), 'expected a tool, an object with a "name"');
      return;
    }
    const { name, inputSchema } = tool;
    found.set(name, { name, ...(inputSchema !== undefined && { inputSchema }) });
  });
  return found;
}
