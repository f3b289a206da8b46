/** The arguments of a call as typed: strict JSON, an object, digits kept. A mistake is shown where it is. Pure. */
import { parseJson } from "../../json/parse.ts";
import { placeAt } from "../../json/place.ts";
import { isObject, type JsonObject } from "../../json/value.ts";
import { usage } from "../failure.ts";
import { shown } from "../terminal.ts";

const HINT =
  'Write an object, quoted for your shell: \'{"message":"hi"}\'. From a file: @arguments.json; from a pipe: -.';

export function readArguments(text: string): JsonObject {
  const parsed = parseJson(text);
  if (!parsed.ok) {
    const { reason, offset } = parsed.fault;
    const { line, column } = placeAt(text, offset);
    throw usage(
      `The arguments are not JSON: ${reason}, at line ${line}, column ${column}.\n${pointed(text, line, column)}`,
      HINT,
    );
  }
  if (!isObject(parsed.value)) throw usage("The arguments are JSON, but not an object.", HINT);
  return parsed.value;
}

/** How much of a long line is shown on either side of the mistake. */
const SHOWN = 60;

/** The line with a caret under the mistake. */
function pointed(text: string, line: number, column: number): string {
  const whole = text.split("\n")[line - 1] ?? "";
  const start = Math.max(0, column - 1 - SHOWN);
  const part = whole.slice(start, column - 1 + SHOWN).replaceAll("\t", " ");
  return `  ${shown(part)}\n  ${" ".repeat(column - 1 - start)}^`;
}
