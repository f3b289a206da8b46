/**
 * The policies that come along, read as a person would read them: what each entry says of its tool, and the call that
 * its own cases make of it. The code that decides has no part in this, so that its tests do not ask it what is right.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";

export type Arguments = Readonly<Record<string, unknown>>;

export type Entry = {
  readonly tool: string;
  /** How a call by the policy's cases looks: one that passes, or for what never does, any. */
  readonly args: Arguments;
} & (
  | { readonly kind: "open" | "hidden" | "denied" }
  | { readonly kind: "unwrapped"; readonly by: { readonly tool: string; readonly arguments: string } }
  /** At most `max` units a minute of a counter, of which a call takes `takes`. */
  | { readonly kind: "limited"; readonly counter: string; readonly max: number; readonly takes: number }
);

type Limit = { counter: string; window: string; max: number; increment?: number };

type Written = {
  action?: string;
  rate_limit?: string;
  limits?: readonly Limit[];
  unwrap?: { tool: string; arguments: string };
};

type Case = { call: { tool: string; arguments?: Arguments }; before?: unknown; expect: { effect: string } };

export type Shipped = { readonly document: object; readonly entries: readonly Entry[] };

export function shipped(server: string, policy: string): Shipped {
  const folder = join(import.meta.dirname, "../../policies", server);
  const document = read<{ tools: Record<string, Written> }>(join(folder, `${policy}.json`));
  const cases = read<Case[]>(join(folder, `${policy}.cases.json`));
  const entries = Object.entries(document.tools).map(([tool, written]) => entryOf(tool, written, cases));
  return { document, entries };
}

function entryOf(tool: string, written: Written, cases: readonly Case[]): Entry {
  const { action, rate_limit: rate, limits = [], unwrap } = written;
  if (tool.includes("*")) throw new Error(`${tool} is no name of one tool`);
  const own = cases.filter(({ call, before }) => call.tool === tool && before === undefined);
  const shown = own.find(({ expect: { effect } }) => (action === undefined ? effect === "allow" : true));
  if (shown === undefined) throw new Error(`no case shows ${tool}`);
  const base = { tool, args: shown.call.arguments ?? {} };
  if (action !== undefined) return { ...base, kind: action === "hide" ? "hidden" : "denied" };
  if (unwrap !== undefined)
    return { ...base, kind: "unwrapped", by: { tool: key(unwrap.tool), arguments: key(unwrap.arguments) } };
  const [limit] = rate === undefined ? limits : [limitOf(tool, rate)];
  if (limit === undefined) return { ...base, kind: "open" };
  if (limit.window !== "minute") throw new Error(`${tool} is not counted by the minute`);
  return { ...base, kind: "limited", counter: limit.counter, max: limit.max, takes: limit.increment ?? 1 };
}

/** A counter of the tool's own, by a name that no counter has. */
function limitOf(tool: string, rate: string): Limit {
  const [max, window = ""] = rate.split("/");
  return { counter: `(${tool})`, window, max: Number(max) };
}

function key(path: string): string {
  return path.replace(/^args\./, "");
}

function read<T>(path: string): T {
  return JSON.parse(readFileSync(path, "utf8")) as T;
}
