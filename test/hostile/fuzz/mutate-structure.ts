/** Mutations of what a body is: a batch, two messages in one, a message within another, or much too deep. */
import type { TextMutation } from "./mutate-tokens.ts";

const WIPE = '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"wipe","arguments":{}}}';

/** With a member more at the beginning or the end of the first object that a key names, or of the whole. */
function added(text: string, key: string, member: string): string {
  const at = key === "" ? text.indexOf("{") : text.indexOf("{", text.indexOf(`"${key}"`));
  if (at < 0) return text;
  const empty = /^\{\s*\}/.test(text.slice(at));
  return `${text.slice(0, at + 1)}${member}${empty ? "" : ","}${text.slice(at + 1)}`;
}

export const STRUCTURE_MUTATIONS: Readonly<Record<string, TextMutation>> = {
  "a byte order mark": (text) => `\ufeff${text}`,
  "a batch of one": (text) => `[${text}]`,
  "a batch with a denied call": (text, random) => (random.oneIn(2) ? `[${text},${WIPE}]` : `[${WIPE},${text}]`),
  "wrapped in params": (text) => `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":${text}}`,
  "wrapped in a key": (text, random) => `{"${random.pick(["params", "result", "message", "0"])}":${text}}`,
  "wrapped in a string": (text) => JSON.stringify(text),
  "a call in its params": (text, random) => added(text, "params", `"${random.pick(["call", "task", "0"])}":${WIPE}`),
  "a call in its _meta": (text) => added(text, "_meta", `"call":${WIPE}`),
  "a call in its arguments": (text) => added(text, "arguments", `"call":${WIPE}`),
  "a call beside its params": (text, random) =>
    added(text, "", `"${random.pick(["call", "result", "error", "extra"])}":${WIPE}`),
  "two messages": (text, random) => [text, WIPE].join(random.pick(["", "\n", " ", ",", "\r\n\r\n", "\x1e"])),
  "two messages, spliced": (text, random) => {
    return text.slice(0, random.below(text.length)) + WIPE.slice(random.below(WIPE.length));
  },
  "the tail of one message in another": (text, random) => {
    const [cut, at] = [random.below(WIPE.length), random.below(text.length)];
    return text.slice(0, at) + WIPE.slice(cut, cut + 40) + text.slice(at);
  },
  "very deep": (text, random) => {
    const depth = random.pick([50, 60, 62, 64, 65, 200, 5_000]);
    return added(text, random.pick(["arguments", "_meta"]), `"deep":${"[".repeat(depth)}${"]".repeat(depth)}`);
  },
};
