/**
 * Tools that do several things, of which a parameter chooses one: the worst of them is what the tool can do.
 */
import { judge } from "./act.ts";
import type { ToolClass } from "./class.ts";
import { choicesOf, type Parameter, textOf } from "./parameters.ts";
import type { Sign } from "./schema.ts";
import { nameWords } from "./words.ts";

const SELECTORS = new Set(["action", "operation", "op", "command", "method", "verb", "mode", "subcommand"]);

/** Whoever chooses the method of a request makes any request. */
const METHODS: ReadonlyMap<string, ToolClass> = new Map([
  ["POST", "execute"],
  ["PUT", "execute"],
  ["PATCH", "execute"],
  ["DELETE", "destructive"],
]);

export function choiceSigns({ name, words, schema }: Parameter): Sign[] {
  if (!words.some((word) => SELECTORS.has(word))) return [];
  const listed = choicesOf(schema);
  const choices = listed.length > 0 ? listed : named(words, textOf(schema));
  return choices.flatMap((choice): Sign[] => {
    const deed = nameWords(choice);
    const toolClass = METHODS.get(choice) ?? judge(deed[0] ?? "", deed)?.class;
    if (toolClass === undefined || toolClass === "read") return [];
    return [{ class: toolClass, text: `the parameter *${name}* may be *${choice}*`, counts: "always" }];
  });
}

/** Choices that stand in the parameter's text: methods by their capitals, deeds by their quotes. */
function named(words: readonly string[], text: string): string[] {
  if (words.includes("method")) return text.match(/\b(?:POST|PUT|PATCH|DELETE)\b/g) ?? [];
  if (!words.includes("action")) return [];
  return (text.match(/["'`][a-z_]{3,20}["'`]/g) ?? []).map((quoted) => quoted.slice(1, -1));
}
