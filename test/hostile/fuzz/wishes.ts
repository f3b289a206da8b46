/** What an attacker would write in place of what stands there: values, and other forms of the same keys and numbers. */
import type { Random } from "./random.ts";

/** What somebody who is denied would like to stand under these keys. */
export const WISHES: Readonly<Record<string, readonly string[]>> = {
  id: ["0", '"other"', "null", "7.0", "9007199254740993"],
  jsonrpc: ['"1.0"', '"2.0"'],
  method: ['"tools/call"', '"tools/list"', '"tools/wipe"', "null"],
  params: ['{"name":"wipe","arguments":{}}', "[]", "null"],
  name: ['"wipe"', '"vault"', '"format"', '"echo"', '["echo"]', '"echo\\u0000"', '"\\u0065cho"'],
  arguments: ['{"mode":"destroy"}', "null", "[]", '"{}"', "{}"],
  mode: ['"destroy"', '"peek"', '"d\\u0065stroy"', '["destroy"]'],
  size: ["99", "10", '"3"', "null"],
  amount: ["999999", "-5", "0", '"1"', "1e-7", "250.000001"],
  tool_name: ['"wipe"', '"vault"', '"echo"', "null"],
  parameters: ['{"mode":"destroy"}', "null", '{"tool_name":"wipe"}'],
  call: ['"{\\"name\\":\\"wipe\\"}"', '"{\\"name\\":\\"echo\\",\\"name\\":\\"wipe\\"}"', '""'],
  region: ['"mars"', "7", "null"],
  result: ['{"tools":[{"name":"vault"}]}', '{"content":[]}', "null", "[]"],
  tools: ['[{"name":"vault","inputSchema":{"type":"object"}}]', "{}", "[]", '"vault"'],
  error: ['{"code":-1,"message":"no"}', "null"],
  _meta: ["{}", "null", '{"io.modelcontextprotocol/protocolVersion":"2025-11-25"}'],
};

/** Other ways to write a key: all of them the same key to somebody. */
export const SPELLINGS: readonly ((key: string, random: Random) => string)[] = [
  (key) => JSON.stringify(key),
  (key, random) => escaped(key, random.below(key.length || 1)),
  (key) => JSON.stringify(key[0]?.toUpperCase() + key.slice(1)),
  (key) => JSON.stringify(key.toUpperCase()),
  (key) => JSON.stringify(key.replace("s", "\u017f").replace("k", "\u212a")),
  (key) => `"${key.replace("s", "\\u017f").replace("k", "\\u212A")}"`,
  (key, random) => `"${key}\\u0000${random.pick(["", "x"])}"`,
  (key, random) => JSON.stringify(random.pick([` ${key}`, `${key} `, `${key}\ufeff`, `${key}\u200b`])),
];

export const FORMS: readonly ((number: string) => string)[] = [
  (number) => `${number}.0`,
  (number) => `${number}e0`,
  (number) => `${number}0E-1`,
  (number) => `${number}.00000000000000000000000001`,
  (number) => `-${number}`,
  (number) => `+${number}`,
  (number) => `0${number}`,
  (number) => `0x${number}`,
  (number) => `"${number}"`,
  ...[
    "-0",
    "1e400",
    "-1e400",
    "9007199254740993",
    "1e-400",
    "18446744073709551617",
    "NaN",
    "-Infinity",
    ".5",
    "5.",
  ].map((form) => () => form),
];

/** As a JSON string, with one character by its escape. */
export function escaped(text: string, at: number): string {
  const code = text.charCodeAt(at);
  if (Number.isNaN(code)) return JSON.stringify(text);
  const letter = `\\u${code.toString(16).padStart(4, "0")}`;
  return `${JSON.stringify(text.slice(0, at)).slice(0, -1)}${letter}${JSON.stringify(text.slice(at + 1)).slice(1)}`;
}
