/**
 * Tools that look as if they ran other tools by name, and whose rules do not say so: whoever may call one of them may
 * call whatever it runs. A guess from names and schemas; it says nothing where it is not fairly sure.
 */
import { isObject, type Json, type JsonObject, member } from "../../json/value.ts";
import { isGlob } from "../glob.ts";
import { namesOf } from "../names.ts";
import { below, note, onKey, type Spot } from "../problem.ts";
import { quoted } from "../quote.ts";
import { entriesIn, type ListedTool, type Survey } from "./survey.ts";

export function unopenedMetaTools(survey: Survey): void {
  const { document, top, tools } = survey;
  const hidden = namesOf(document.hide);
  const entries = namesOf(document.tools.keys());
  const places = new Map(entriesIn(survey).map(({ key, spot }) => [key, spot]));
  // An entry that no list speaks of can still be told by its name.
  const named = [...document.tools.keys()].filter((key) => !isGlob(key)).map((name): ListedTool => ({ name }));
  const all = new Map([...named, ...(tools ?? [])].map((tool) => [tool.name, tool]));
  for (const tool of all.values()) {
    const key = entries.find(tool.name);
    const entry = key === undefined ? undefined : document.tools.get(key);
    const refused =
      entry === undefined ? document.default === "deny" : entry.action === "deny" || entry.action === "hide";
    if (refused || entry?.unwrap !== undefined || hidden.find(tool.name) !== undefined || !runsOthers(tool)) continue;
    const spot = key === undefined ? below(top, "default") : (places.get(key) ?? top);
    advise(key === undefined ? spot : onKey(spot), tool);
  }
}

function advise(spot: Spot, { name, inputSchema }: ListedTool): void {
  const paths = pathsIn(inputSchema) ?? { tool: "args.…", arguments: "args.…" };
  const unwrap = `"unwrap": {"tool": ${quoted(paths.tool)}, "arguments": ${quoted(paths.arguments)}}`;
  note(spot, `${quoted(name)} looks as if it ran other tools by name, past their rules; give it ${unwrap}, or deny it`);
}

function runsOthers({ name, inputSchema }: ListedTool): boolean {
  return isMetaName(name) || pathsIn(inputSchema) !== undefined;
}

const RUNS = new Set(["execute", "exec", "call", "run", "invoke", "dispatch"]);
const LOOKS = new Set(["get", "list", "find", "search", "describe", "show", "info"]);

/** `execute_some_tool`, `call_tool`, `runTool`, but not `find_tool` and not `call_tools_report`. */
function isMetaName(name: string): boolean {
  const words = name
    .replace(/([a-z0-9])([A-Z])/g, "$1_$2")
    .toLowerCase()
    .split(/[^a-z0-9]+/);
  const last = words.at(-1);
  return (
    (last === "tool" || last === "tools") &&
    words.some((word) => RUNS.has(word)) &&
    !words.some((word) => LOOKS.has(word))
  );
}

const NAMES = new Set(["tool", "toolname", "toolid", "targettool", "functionname"]);
const ARGUMENTS = new Set([
  "parameters",
  "params",
  "arguments",
  "args",
  "input",
  "toolinput",
  "toolargs",
  "toolarguments",
  "toolparams",
  "toolparameters",
  "kwargs",
]);

type Paths = { readonly tool: string; readonly arguments: string };

/** Where a schema takes the name and the arguments of another tool, when it looks as if it did. */
function pathsIn(schema: Json | undefined): Paths | undefined {
  const properties = isObject(schema) ? member(schema, "properties") : undefined;
  if (!isObject(properties)) return undefined;
  const tool = propertyOf(properties, NAMES, "string", false);
  const args = propertyOf(properties, ARGUMENTS, "object", true);
  return tool === undefined || args === undefined ? undefined : { tool: `args.${tool}`, arguments: `args.${args}` };
}

function propertyOf(
  properties: JsonObject,
  names: ReadonlySet<string>,
  type: string,
  untyped: boolean,
): string | undefined {
  return Object.keys(properties).find((key) => {
    return names.has(key.toLowerCase().replace(/[^a-z]/g, "")) && mayBe(properties[key] ?? null, type, untyped);
  });
}

/** Whether the property's schema allows the type; `untyped` is the answer where it allows every type. */
function mayBe(schema: Json, type: string, untyped: boolean): boolean {
  if (!isObject(schema)) return schema === true && untyped;
  const types = member(schema, "type");
  if (types !== undefined) return types === type || (Array.isArray(types) && types.includes(type));
  const branches = member(schema, "anyOf") ?? member(schema, "oneOf");
  return Array.isArray(branches) ? branches.some((each) => mayBe(each, type, untyped)) : untyped;
}
