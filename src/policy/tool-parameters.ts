/**
 * Which parameters look as if they named another tool, or held its arguments, by their names and types. A guess, as all
 * that `metaToolOf` is made from.
 */
import { isObject, type Json, type JsonObject, member } from "../json/value.ts";

export const TOOL_NAMES: ReadonlySet<string> = new Set(["tool", "toolname", "toolid", "targettool", "functionname"]);
export const TOOL_ARGUMENTS: ReadonlySet<string> = new Set([
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

/** The first property of one of these names that may be of the type; `untyped` is the answer where it allows every type. */
export function propertyOf(
  properties: JsonObject,
  names: ReadonlySet<string>,
  type: string,
  untyped: boolean,
): string | undefined {
  return Object.keys(properties).find((key) => {
    return names.has(key.toLowerCase().replace(/[^a-z]/g, "")) && mayBe(member(properties, key) ?? null, type, untyped);
  });
}

function mayBe(schema: Json, type: string, untyped: boolean): boolean {
  if (!isObject(schema)) return schema === true && untyped;
  const types = member(schema, "type");
  if (types !== undefined) return types === type || (Array.isArray(types) && types.includes(type));
  const branches = member(schema, "anyOf") ?? member(schema, "oneOf");
  return Array.isArray(branches) ? branches.some((each) => mayBe(each, type, untyped)) : untyped;
}
