/**
 * The grammar of paths: `args.user["e-mail"][0][*]|json.id`, and the names of the call's context.
 *
 * A path is read once, when a policy is; nothing here ever looks at a call.
 */
import { parseJson } from "../json/parse.ts";
import { quoted } from "./quote.ts";
import { didYouMean } from "./suggest.ts";

export type Step =
  | { readonly kind: "key"; readonly key: string }
  | { readonly kind: "index"; readonly index: number }
  | { readonly kind: "each" }
  | { readonly kind: "json" };

export const ROOTS = [
  "args",
  "tool",
  "server",
  "grant.id",
  "grant.label",
  "grant.tags",
  "time.hour",
  "time.weekday",
] as const;
export type Root = (typeof ROOTS)[number];

export type Path = { readonly root: Root; readonly steps: readonly Step[] };

export type PathRead = { readonly ok: true; readonly path: Path } | { readonly ok: false; readonly reason: string };

const NAME = /\.([^.[\]|"'`\s]+)/y;
const KEY = /\[("[^"\\]*(?:\\.[^"\\]*)*")\]/y;
const INDEX = /\[(0|[1-9][0-9]*)\]/y;
/** The same grammar as one pattern of ECMAScript, for editors; with or without `[*]`. */
export function pathPattern(each: boolean): string {
  const star = each ? "|\\[\\*\\]" : "";
  const below = `(?:${NAME.source}|${KEY.source}|${INDEX.source}|\\|json${star})*`;
  return `^(?:args${below}|tool|server|grant\\.(?:id|label|tags(?:${INDEX.source}${star})?)|time\\.(?:hour|weekday))$`;
}

const HEAD = /^(?:(?:grant|time)\.)?[^.[\]|"'`\s]*/;

export function readPath(text: string): PathRead {
  const head = HEAD.exec(text)?.[0] ?? "";
  const root = ROOTS.find((each) => each === head);
  if (root === undefined) {
    const hint = didYouMean(head, ROOTS);
    return no(
      `a path begins with args, tool, server, grant.id, grant.label, grant.tags, time.hour or time.weekday; this one begins with ${quoted(head)}${hint}`,
    );
  }
  const steps: Step[] = [];
  for (let at = head.length; at < text.length; ) {
    const read = readStep(text, at);
    if (read === undefined) {
      return no(
        `the path ${quoted(text)} can't be read from ${quoted(text.slice(at), 20)} on: after a name come .name, ["any key"], [0], [*] or |json`,
      );
    }
    steps.push(read.step);
    at = read.end;
  }
  if (root !== "args" && steps.length > 0 && !isTag(root, steps)) {
    return no(
      root === "grant.tags" ? "below grant.tags only [0] (any index) or [*] can stand" : `nothing lies below ${root}`,
    );
  }
  return { ok: true, path: { root, steps } };
}

export function hasEach(path: Path): boolean {
  return path.steps.some(({ kind }) => kind === "each");
}

function isTag(root: Root, steps: readonly Step[]): boolean {
  const [first] = steps;
  return root === "grant.tags" && steps.length === 1 && (first?.kind === "index" || first?.kind === "each");
}

function readStep(text: string, at: number): { readonly step: Step; readonly end: number } | undefined {
  if (text.startsWith("[*]", at)) return { step: { kind: "each" }, end: at + 3 };
  if (text.startsWith("|json", at)) return { step: { kind: "json" }, end: at + 5 };
  const name = match(NAME, text, at);
  if (name !== undefined) return { step: { kind: "key", key: name.part }, end: name.end };
  const index = match(INDEX, text, at);
  if (index !== undefined) return { step: { kind: "index", index: Number(index.part) }, end: index.end };
  const key = match(KEY, text, at);
  const parsed = key === undefined ? undefined : parseJson(key.part);
  if (key === undefined || !parsed?.ok || typeof parsed.value !== "string") return undefined;
  return { step: { kind: "key", key: parsed.value }, end: key.end };
}

function match(pattern: RegExp, text: string, at: number): { readonly part: string; readonly end: number } | undefined {
  pattern.lastIndex = at;
  const found = pattern.exec(text);
  return found === null ? undefined : { part: found[1] ?? "", end: pattern.lastIndex };
}

function no(reason: string): PathRead {
  return { ok: false, reason };
}
