/**
 * The tools in a file: the result of `tools/list`, the whole response that it came in, or a bare array of tools. Read
 * strictly and without loss; what else such a file holds (resources, prompts) is taken too.
 */
import { basename, dirname } from "node:path";
import { parseJson } from "../../json/parse.ts";
import { placeAt } from "../../json/place.ts";
import { child } from "../../json/pointer.ts";
import { isObject, type Json, type JsonObject, member } from "../../json/value.ts";
import { readSource } from "../apply/folder.ts";
import { Failure, found } from "../failure.ts";
import { entriesOf } from "./entries.ts";
import { titleOf } from "./session.ts";
import type { Listed } from "./source.ts";

const WANTED =
  "It wants the result of tools/list: an object with a list of `tools`, a response around it, or the list alone.";

/** `path`: absolute. */
export function listedInFile(path: string, cwd: string): Listed {
  const { name, text } = readSource(path, cwd);
  const parsed = parseJson(text);
  if (!parsed.ok) {
    const { reason, offset } = parsed.fault;
    throw new Failure(1, `${name} can't be read`, WANTED, [{ file: name, ...placeAt(text, offset), message: reason }]);
  }
  const result = resultIn(parsed.value);
  const tools = Array.isArray(parsed.value) ? parsed.value : result && member(result, "tools");
  if (!Array.isArray(tools)) throw found(`${name} holds no list of tools${errorIn(parsed.value)}.`, WANTED);
  const read = (list: Json | undefined, key: string, what: string) =>
    entriesOf(Array.isArray(list) ? list : [], key, what, (text) => text);
  const of = (key: string): Json | undefined => result && member(result, key);
  const lists = [
    read(tools, "name", "tool"),
    read(of("resources"), "uri", "resource"),
    read(of("resourceTemplates"), "uriTemplate", "resource template"),
    read(of("prompts"), "name", "prompt"),
  ] as const;
  const serverInfo = of("serverInfo");
  const info = isObject(serverInfo) ? serverInfo : undefined;
  return {
    name: titleOf(info) ?? stemOf(path),
    from: name,
    kind: "file",
    era: null,
    tools: lists[0].entries,
    resources: lists[1].entries,
    templates: lists[2].entries,
    prompts: lists[3].entries,
    ...(info !== undefined && { serverInfo: info }),
    file: { name, text, pointers: lists[0].indices.map((index) => child(pointerIn(parsed.value), index)) },
    notes: [...cutShort(of("nextCursor")), ...lists.flatMap(({ notes }) => notes)],
  };
}

/** Where the list of tools lies. */
function pointerIn(value: Json): string {
  if (Array.isArray(value)) return "";
  return isObject(value) && resultIn(value) === value ? "/tools" : "/result/tools";
}

function resultIn(value: Json): JsonObject | undefined {
  if (!isObject(value)) return undefined;
  const result = member(value, "result");
  return member(value, "tools") === undefined && isObject(result) ? result : value;
}

function errorIn(value: Json): string {
  return isObject(value) && member(value, "error") !== undefined ? ": it is the response to a request that failed" : "";
}

function cutShort(cursor: Json | undefined): string[] {
  return typeof cursor === "string" && cursor !== "" ? ["The file is one page of several: it has a nextCursor."] : [];
}

/** A `tools.json` is named after its folder: so lie they beside a server's policies. */
function stemOf(path: string): string {
  const stem = basename(path).replace(/\.json$/i, "");
  return stem === "tools" ? basename(dirname(path)) : stem;
}
