/** Tools whose arguments are checked against a schema that can let no call of theirs pass. */
import { isObject, type Json, member } from "../../json/value.ts";
import { readPath } from "../path.ts";
import { below, note, onKey } from "../problem.ts";
import { quoted } from "../quote.ts";
import { entriesIn, type Survey } from "./survey.ts";

/** Strict arguments hold for the call inside another too, so the outer schema has to name its arguments one by one. */
export function closedMetaTools(survey: Survey): void {
  const { document, tools } = survey;
  const schemas = new Map(tools?.map(({ name, inputSchema }) => [name, inputSchema]));
  for (const { key, entry, spot } of entriesIn(survey)) {
    const { unwrap } = entry;
    if (unwrap === undefined || (entry.arguments === "open" && document.allTools.arguments === "open")) continue;
    if (!isFree(propertyAt(schemas.get(key), unwrap.arguments))) continue;
    note(
      onKey(below(spot, "unwrap")),
      `strict arguments deny whatever ${quoted(unwrap.arguments)} carries, since the schema of ${quoted(key)} names no member of it`,
    );
  }
}

/** The schema of a property of the arguments, where the path is no longer than that. */
function propertyAt(schema: Json | undefined, text: string): Json | undefined {
  const read = readPath(text);
  const [step, ...more] = read.ok ? read.path.steps : [];
  if (step?.kind !== "key" || more.length > 0) return undefined;
  const properties = isObject(schema) ? member(schema, "properties") : undefined;
  return isObject(properties) ? member(properties, step.key) : undefined;
}

const NAMING = ["properties", "patternProperties", "additionalProperties", "anyOf", "oneOf", "allOf", "if", "$ref"];

function isFree(schema: Json | undefined): boolean {
  if (!isObject(schema)) return schema === true;
  return NAMING.every((keyword) => {
    const given = member(schema, keyword);
    return given === undefined || (keyword === "additionalProperties" && typeof given === "boolean");
  });
}
