/**
 * Readers that are real in the field and careless, each in its own way, written here since they can't be installed:
 * Go's `encoding/json` (keys by Unicode case folding, the last counts) and cJSON (keys by ASCII case, up to a NUL, the
 * first counts). They are careless with the names that MCP knows; below `arguments` names are the tool's own, and only
 * which of two counts is theirs to say.
 */
import { type Loose, readLoose } from "./loose.ts";

/** By what it stands under: the names that mean something there, as far as anything hangs on it here. */
const MEANT: Readonly<Record<string, readonly string[]>> = {
  message: ["jsonrpc", "id", "method", "params", "result", "error"],
  params: ["name", "uri", "arguments", "_meta"],
  result: ["tools"],
  tools: ["name"],
};

type Manner = { readonly fold: (key: string) => string; readonly counts: "first" | "last" };

const GO: Manner = {
  fold: (key) => key.replaceAll("\u017f", "s").replaceAll("\u212a", "k").toLowerCase(),
  counts: "last",
};
const CJSON: Manner = { fold: (key) => (key.split("\0")[0] ?? "").toLowerCase(), counts: "first" };

/** Each reads a message, or a text that a tool was given; undefined for what is no JSON. */
export const GO_READER = readerOf(GO);
export const CJSON_READER = readerOf(CJSON);

function readerOf(manner: Manner) {
  const read = (text: string, as: string): unknown => {
    const tree = readLoose(text);
    return tree === null ? undefined : valueIn(tree, manner, as);
  };
  return { read: (text: string) => read(text, "message"), readPlain: (text: string) => read(text, "") };
}

function valueIn(tree: Loose, manner: Manner, as: string): unknown {
  if (tree.kind === "raw") return JSON.parse(tree.text);
  if (tree.kind === "array") return tree.items.map((item) => valueIn(item, manner, as));
  const object: Record<string, unknown> = Object.create(null);
  for (const { key, value } of tree.members) {
    const written = String(JSON.parse(key));
    const known = MEANT[as]?.find((name) => name === manner.fold(written));
    const name = known ?? written;
    if (manner.counts === "first" && name in object) continue;
    object[name] = valueIn(value, manner, known ?? "");
  }
  return object;
}
