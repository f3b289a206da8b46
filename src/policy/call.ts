/** One call as a policy sees it, and what a path leads to in it. */
import { parseJson } from "../json/parse.ts";
import { isObject, type Json, type JsonObject, member } from "../json/value.ts";
import type { Path, Step } from "./path.ts";

/**
 * How a tool stands in the pinned inventory of its server: as an operator knows it, held since it changed or is new, not
 * there at all, or not looked up.
 */
export type Pin = "pinned" | "held" | "unlisted" | "unread";

/** `time` is in milliseconds since the Unix epoch. Absent arguments are `{}`. */
export type Call = {
  /** Left out where nothing is pinned: then no call hangs on it. */
  readonly pinOf?: (tool: string) => Pin;
  /** A tool's `inputSchema` as its server last listed it; undefined when that is not known. */
  readonly schemaOf?: (tool: string) => Json | undefined;
  readonly tool: string;
  readonly arguments: JsonObject;
  readonly server: string;
  readonly grant: { readonly id: string; readonly label: string; readonly tags: readonly string[] };
  readonly time: number;
};

/** What stands at one end of a path. `astray`: a step met a value of a type it can't step into. */
export type Found =
  | { readonly kind: "value"; readonly value: Json }
  | { readonly kind: "absent" }
  | { readonly kind: "astray"; readonly value: Json; readonly wanted: string };

const ABSENT: Found = { kind: "absent" };

/** One end for a path without `[*]`; with it, one for every element, and none for an empty list. */
export function follow(path: Path, call: Call): readonly Found[] {
  let ends: Found[] = [{ kind: "value", value: rootOf(path, call) }];
  for (const step of path.steps) {
    ends =
      step.kind === "each"
        ? ends.flatMap(each)
        : ends.map((end) => (end.kind === "value" ? into(end.value, step) : end));
  }
  return ends;
}

function rootOf(path: Path, call: Call): Json {
  switch (path.root) {
    case "args":
      return call.arguments;
    case "tool":
      return call.tool;
    case "server":
      return call.server;
    case "grant.id":
      return call.grant.id;
    case "grant.label":
      return call.grant.label;
    case "grant.tags":
      return [...call.grant.tags];
    case "time.hour":
      return new Date(call.time).getUTCHours();
    case "time.weekday":
      return new Date(call.time).getUTCDay() || 7;
  }
}

function each(end: Found): Found | readonly Found[] {
  if (end.kind !== "value") return end;
  if (end.value === null) return ABSENT;
  if (!Array.isArray(end.value)) return { kind: "astray", value: end.value, wanted: "a list" };
  return end.value.map((value): Found => ({ kind: "value", value }));
}

function into(value: Json, step: Exclude<Step, { kind: "each" }>): Found {
  if (value === null) return ABSENT;
  switch (step.kind) {
    case "key":
      if (!isObject(value)) return { kind: "astray", value, wanted: "an object" };
      return present(member(value, step.key));
    case "index":
      if (!Array.isArray(value)) return { kind: "astray", value, wanted: "a list" };
      return present(value[step.index]);
    case "json": {
      if (typeof value !== "string") return { kind: "astray", value, wanted: "a string that is JSON" };
      const parsed = parseJson(value);
      return parsed.ok ? present(parsed.value) : { kind: "astray", value, wanted: "a string that is JSON" };
    }
  }
}

function present(value: Json | undefined): Found {
  return value === undefined ? ABSENT : { kind: "value", value };
}
