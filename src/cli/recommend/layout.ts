/**
 * JSON as the formatter of this project writes it (Biome, lines of up to 120 columns): short objects on one line, so that
 * a policy of five hundred tools is still a page that a person reads. Pure.
 *
 * What nobody would see in an editor (control and direction characters, half surrogates) is written as an escape.
 */
import { isNumber, isObject, type Json } from "../../json/value.ts";
import { jsonText } from "../json-text.ts";
import { textWidth } from "../table.ts";

/** With a line break at the end. An object, and the objects in it, always have a line for each member. */
export function layout(value: Json): string {
  return `${written(value, "", 0, OPEN)}\n`;
}

const LINE = 120;
const OPEN = 2;

/** `before` is what stands on the line already, behind the indent; `open`: so many levels of objects are not joined. */
function written(value: Json, indent: string, before: number, open: number): string {
  const inner = `${indent}  `;
  const line = onOneLine(value);
  const isJoined = !isObject(value) || open === 0 || Object.keys(value).length === 0;
  // A comma may follow.
  if (isJoined && indent.length + before + textWidth(line) < LINE) return line;
  if (Array.isArray(value)) {
    if (value.every(isNumber)) return `[\n${filled(value.map(onOneLine), inner)}\n${indent}]`;
    return `[\n${value.map((item) => inner + written(item, inner, 0, 0)).join(",\n")}\n${indent}]`;
  }
  if (!isObject(value)) return line;
  const members = Object.keys(value).map((key) => {
    const name = `${jsonText(key)}: `;
    return inner + name + written(value[key] ?? null, inner, textWidth(name), Math.max(0, open - 1));
  });
  return `{\n${members.join(",\n")}\n${indent}}`;
}

function onOneLine(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(onOneLine).join(", ")}]`;
  if (!isObject(value)) return typeof value === "string" ? jsonText(value) : JSON.stringify(value);
  const members = Object.keys(value).map((key) => `${jsonText(key)}: ${onOneLine(value[key] ?? null)}`);
  return members.length === 0 ? "{}" : `{ ${members.join(", ")} }`;
}

/** Numbers, as many on a line as fit. */
function filled(numbers: readonly string[], indent: string): string {
  const lines: string[] = [];
  for (const [index, number] of numbers.entries()) {
    const item = index === numbers.length - 1 ? number : `${number},`;
    const longer = `${lines.at(-1) ?? ""} ${item}`;
    if (lines.length > 0 && indent.length + longer.length <= LINE) lines[lines.length - 1] = longer;
    else lines.push(item);
  }
  return lines.map((line) => indent + line).join("\n");
}
