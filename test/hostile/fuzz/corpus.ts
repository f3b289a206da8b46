/** Honest messages to begin with, of every kind that a policy treats in its own way. Each carries a number of its own. */
import { call, type Era, type Message } from "../../gate/speak.ts";
import { HIDDEN } from "./policy.ts";
import type { Random } from "./random.ts";

export type Honest = {
  readonly message: Message;
  /** Null but for what is no request: a notification or an answer. */
  readonly text: string | null;
  readonly inSession: boolean;
  /** Whether it must reach the upstream; null where that hangs on more than itself. */
  readonly passes: boolean | null;
};

type Make = (random: Random, nth: number) => Message;

const inner = (name: string, args: object) => ({ tool_name: name, parameters: args });
const relayed = (name: string, args: object) => call("relay", { call: JSON.stringify({ name, arguments: args }) });

const ALLOWED: readonly Make[] = [
  (_, n) => call("echo", { mode: "peek", n }),
  (random, n) =>
    call(`peek_${random.pick(["a", "b", "\u00e9", "\u{1f50d}", "c d"])}`, { n, deep: [{ a: { b: [n] } }] }),
  (random, n) => call("pick", { size: random.below(11), n }),
  (random, n) => call("route", { region: random.pick(["eu", "us", "caf\u00e9", "=?base64?eA==?="]), n }),
  (_, n) => call("run", inner("echo", { mode: "peek", n })),
  (_, n) => call("run", inner("run", inner("peek_a", { n }))),
  (_, n) => call("run", inner("relay", { call: JSON.stringify({ name: "echo", arguments: { n } }) })),
  (_, n) => relayed("echo", { mode: "peek", n }),
  (_, n) => relayed("run", inner("pick", { size: 3, n })),
  (_, n) => relayed("peek_a", { n }),
];

const DENIED: readonly Make[] = [
  (_, n) => call("echo", { mode: "destroy", n }),
  (_, n) => call("wipe", { n }),
  (_, n) => call("format", { n }),
  (_, n) => call(HIDDEN, { n }),
  (random, n) => call("pick", { size: random.pick([11, "3", null, [3], 10.5]), n }),
  (_, n) => call("run", inner("wipe", { n })),
  (_, n) => call("run", inner(HIDDEN, { n })),
  (_, n) => call("run", inner("echo", { mode: "destroy", n })),
  (_, n) => relayed("wipe", { n }),
  () => ({ method: "tasks/get", params: { taskId: "t" } }),
  (_, n) => relayed("echo", { mode: "destroy", n }),
];

const LIMITED: readonly Make[] = [
  (_, n) => call("ration", { n }),
  (_, n) => call("run", inner("ration", { n })),
  (random, n) => call("spend", { amount: random.pick([1, 0.25, 300, 1e3, 0]), n }),
  (random, n) => relayed("spend", { amount: 10 + random.below(90), n }),
];

const OTHERS: readonly Make[] = [
  () => ({ method: "tools/list" }),
  () => ({ method: "tools/list", params: { cursor: "2" } }),
  () => ({ method: "resources/read", params: { uri: "file:///a" } }),
  () => ({ method: "prompts/get", params: { name: "greet", arguments: { who: "you" } } }),
  () => ({ method: "completion/complete", params: { ref: { type: "ref/prompt", name: "greet" } } }),
];

const OF_ERA: Readonly<Record<Era, readonly Make[]>> = {
  legacy: [
    () => ({ method: "ping" }),
    () => ({ method: "initialize", params: { protocolVersion: "2025-11-25", capabilities: { tasks: {} } } }),
  ],
  modern: [() => ({ method: "server/discover" })],
};

/** What is no request, and so has no id, or one that is another's. */
const NO_REQUESTS: readonly ((n: number) => { readonly text: string; readonly method: string })[] = [
  () => ({ method: "notifications/cancelled", text: '{"jsonrpc":"2.0","method":"notifications/cancelled"}' }),
  () => ({ method: "tools/call", text: '{"jsonrpc":"2.0","method":"tools/call","params":{"name":"wipe"}}' }),
  (n) => ({ method: "", text: `{"jsonrpc":"2.0","id":${n},"result":{"roots":[]}}` }),
  (n) => ({ method: "", text: `{"jsonrpc":"2.0","id":${n},"error":{"code":-1,"message":"no"}}` }),
];

export function honest(random: Random, nth: number, era: Era): Honest {
  const inSession = era === "legacy" && random.oneIn(3);
  if (random.oneIn(14)) {
    const { method, text } = random.pick(NO_REQUESTS)(nth);
    return { message: { method }, text, inSession, passes: null };
  }
  const kind = random.below(12);
  const from = kind < 6 ? ALLOWED : kind < 9 ? DENIED : kind < 10 ? LIMITED : kind < 11 ? OTHERS : OF_ERA[era];
  const id = random.pick([nth, `case-${nth}`]);
  const passes = from === LIMITED ? null : from !== DENIED;
  return { message: { id, ...random.pick(from)(random, nth) }, text: null, inSession, passes };
}
