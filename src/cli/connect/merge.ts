/**
 * An entry put into a client's file beside what is there. Pure. Nothing of the file is ever lost: what it can't be sure
 * of, it refuses.
 */
import { parseJson } from "../../json/parse.ts";
import { isObject, type Json, type JsonObject, member } from "../../json/value.ts";
import type { Fragment } from "./clients.ts";

export type Merged =
  | { readonly kind: "merged"; readonly text: string }
  /** All of it is there already. */
  | { readonly kind: "unchanged" }
  | { readonly kind: "refused"; readonly why: string };

export function merge(text: string, fragment: Fragment, name: string): Merged {
  return fragment.kind === "json" ? mergeJson(text, fragment.document, name) : mergeToml(text, fragment.table, name);
}

function mergeJson(text: string, fragment: JsonObject, name: string): Merged {
  if (text.trim() === "") return { kind: "merged", text: `${JSON.stringify(fragment, null, 2)}\n` };
  const parsed = parseJson(text);
  if (!parsed.ok) return refused(`it is not plain JSON (${parsed.fault.reason}), and comments would be lost`);
  if (!isObject(parsed.value)) return refused("it holds no JSON object");
  const stranger = strangerIn(parsed.value, fragment, name);
  if (stranger !== undefined) return stranger;
  const merged = joined(parsed.value, fragment);
  if (merged === undefined) return refused("what stands where the entry belongs is of another kind");
  const written = JSON.stringify(merged, null, indentOf(text));
  if (written === JSON.stringify(parsed.value, null, indentOf(text))) return { kind: "unchanged" };
  return { kind: "merged", text: `${written}\n` };
}

/** An entry of that name that leads elsewhere is somebody else's. */
function strangerIn(document: JsonObject, fragment: JsonObject, name: string): Merged | undefined {
  for (const [key, entries] of Object.entries(fragment)) {
    const present = member(document, key);
    const [old, ours] = [entryIn(present, name), entryIn(entries, name)];
    if (old === undefined || ours === undefined) continue;
    const leads = ["url", "httpUrl", "command", "args"];
    if (leads.some((field) => JSON.stringify(member(old, field)) !== JSON.stringify(member(ours, field)))) {
      return refused(`its entry ${name} leads elsewhere: choose another --name, or take that entry out first`);
    }
  }
  return undefined;
}

function entryIn(entries: Json | undefined, name: string): JsonObject | undefined {
  const entry = isObject(entries) ? member(entries, name) : undefined;
  return isObject(entry) ? entry : undefined;
}

/** Members of both; where both have one, objects are joined, lists gain what they lack, and ours stands for the rest. */
function joined(old: JsonObject, ours: JsonObject): JsonObject | undefined {
  const result: JsonObject = { ...old };
  for (const [key, value] of Object.entries(ours)) {
    const present = sameKey(old, key);
    const before = present === undefined ? undefined : old[present];
    if (present !== undefined && present !== key) delete result[present];
    const next = before === undefined ? value : together(before, value);
    if (next === undefined) return undefined;
    result[key] = next;
  }
  return result;
}

/** A header is the same in any case, and two of it would both be sent. */
function sameKey(object: JsonObject, key: string): string | undefined {
  if (Object.hasOwn(object, key) || key !== "Authorization") return Object.hasOwn(object, key) ? key : undefined;
  return Object.keys(object).find((each) => each.toLowerCase() === "authorization");
}

function together(before: Json, ours: Json): Json | undefined {
  if (isObject(before) && isObject(ours)) return joined(before, ours);
  if (Array.isArray(before) && Array.isArray(ours)) return [...before, ...ours.filter((item) => !isIn(before, item))];
  const plain = [before, ours].every((value) => !isObject(value) && !Array.isArray(value));
  return plain ? ours : undefined;
}

/** Inputs of VS Code are the same when their ids are. */
function isIn(list: readonly Json[], item: Json): boolean {
  const id = (value: Json): string => JSON.stringify(isObject(value) ? (member(value, "id") ?? value) : value);
  return list.some((each) => id(each) === id(item));
}

function indentOf(text: string): string {
  return /^\{\r?\n([ \t]+)/.exec(text.trimStart())?.[1] ?? "  ";
}

/**
 * A table at the end of a TOML file leaves all before it as it is. It may only be there once, and TOML has many ways to
 * write it: at the least suspicion it is refused.
 */
function mergeToml(text: string, table: string, name: string): Merged {
  if (text.replaceAll("\r\n", "\n").includes(table)) return { kind: "unchanged" };
  const named = `["']?${name}["']?`;
  const suspicious = [
    new RegExp(`mcp_servers["']?\\s*\\.\\s*${named}(?![\\w-])`),
    new RegExp(`^\\s*\\[\\s*mcp_servers\\s*\\][^]*^\\s*${named}\\s*[.=]`, "m"),
    /mcp_servers["']?\s*=/,
    /["']mcp_servers/,
    /mcp_servers\s*\.\s*"[^"\n]*\\/,
  ];
  if (suspicious.some((pattern) => pattern.test(text))) {
    return refused(`it seems to have an entry ${name} already: choose another --name, or take that entry out first`);
  }
  const newline = text.includes("\r\n") ? "\r\n" : "\n";
  const gap = text === "" ? "" : text.endsWith("\n") ? newline : newline + newline;
  return { kind: "merged", text: text + gap + table.replaceAll("\n", newline) };
}

function refused(why: string): Merged {
  return { kind: "refused", why };
}
