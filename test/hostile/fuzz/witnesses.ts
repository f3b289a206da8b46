/**
 * Readers of JSON and of JSON-RPC that are not the gateway's, and not each other's. Where all of them read one and the
 * same message, a server will read it too.
 */

import { JSONRPCMessageSchema } from "@modelcontextprotocol/sdk/types.js";
import { deserializeMessage } from "@modelcontextprotocol/server";
import { CJSON_READER, GO_READER } from "./careless.ts";
import { readAsSqlite } from "./sqlite.ts";

export type Witness = {
  readonly name: string;
  /** The message in a text; undefined for what it does not take. */
  readonly read: (text: string) => unknown;
  /** The value in a text that a tool was given. */
  readonly readPlain: (text: string) => unknown;
  /** Takes JSON-RPC messages only, and not all that the gateway lets pass (no integers beyond 2^53, say). */
  readonly picky: boolean;
};

const orNothing = (read: (text: string) => unknown) => (text: string) => {
  try {
    return read(text);
  } catch {
    return undefined;
  }
};

const parse = orNothing(JSON.parse);
const sdk1 = orNothing((text) => JSONRPCMessageSchema.parse(JSON.parse(text)));

export const WITNESSES: readonly Witness[] = [
  { name: "SDK 1", read: sdk1, readPlain: parse, picky: true },
  { name: "SDK 2", read: orNothing(deserializeMessage), readPlain: parse, picky: true },
  { name: "JSON.parse", read: parse, readPlain: parse, picky: false },
  { name: "SQLite", read: readAsSqlite, readPlain: readAsSqlite, picky: false },
  { name: "Go", ...GO_READER, picky: false },
  { name: "cJSON", ...CJSON_READER, picky: false },
];

/** Those that take every key for itself alone. */
export const EXACT = WITNESSES.filter(({ name }) => name !== "Go" && name !== "cJSON");

/** What a message says, as far as a server acts on it. */
export type Essence = {
  readonly id: unknown;
  readonly method: unknown;
  readonly name: unknown;
  readonly uri: unknown;
  readonly arguments: unknown;
  readonly result: unknown;
  readonly error: unknown;
};

export function essenceOf(message: unknown): Essence {
  const { id, method, params, result, error } = members(message);
  const { name, uri, arguments: args } = members(params);
  const told = result === undefined ? undefined : { ...members(result), _meta: undefined };
  const { code, message: words, data } = members(error);
  const failed = error === undefined ? undefined : { code, message: words, data };
  // An error that belongs to no request says so by null, or by nothing.
  return {
    id: error === undefined ? id : (id ?? null),
    method,
    name,
    uri,
    arguments: args,
    result: told,
    error: failed,
  };
}

export function members(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : {};
}

/**
 * One text for one value: members sorted, numbers as doubles. Half a surrogate pair is something else to every reader,
 * so it stands for any other, and a key with one in it, or `__proto__`, which the SDKs drop, for nothing.
 */
export function canonical(value: unknown): string {
  if (typeof value === "number") return Number.isFinite(value) ? String(value + 0) : value > 0 ? "1e400" : "-1e400";
  if (typeof value === "string") return JSON.stringify(value.toWellFormed().replace(/\ufffd+/g, "\ufffd"));
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`;
  if (typeof value !== "object" || value === null) return String(value);
  const all = Object.entries(value).filter(([key, member]) => !UNSURE.test(key) && member !== undefined);
  const sorted = all.sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${sorted.map(([key, member]) => `${JSON.stringify(key)}:${canonical(member)}`).join()}}`;
}

const UNSURE = /^__proto__$|\ufffd|\p{Surrogate}/u;

export type Agreed =
  | { readonly kind: "agreed"; readonly message: unknown; readonly refusedBy: readonly string[] }
  | { readonly kind: "disagreed"; readonly how: string };

/** What all witnesses read in a text; where one reads otherwise, or not at all, who does. */
export function agreementOn(text: string, among: readonly Witness[] = WITNESSES): Agreed {
  const readings = among.map(({ name, picky, read }) => ({ name, picky, message: read(text) }));
  const refusing = readings.filter(({ message }) => message === undefined);
  const blind = refusing.find(({ picky }) => !picky);
  if (blind !== undefined) return { kind: "disagreed", how: `${blind.name} can't read it` };
  const heard = readings.filter(({ message }) => message !== undefined);
  const whole = heard.filter(({ picky }) => !picky).map(({ name, message }) => ({ name, text: canonical(message) }));
  // The SDKs drop what they can't use of `_meta`, so they are asked for what counts.
  const essence = heard.map(({ name, message }) => ({ name, text: canonical(essenceOf(message)) }));
  for (const said of [whole, essence]) {
    const other = said.find(({ text }) => text !== said[0]?.text);
    if (other === undefined) continue;
    return { kind: "disagreed", how: `${said[0]?.name} reads ${said[0]?.text}, ${other.name} reads ${other.text}` };
  }
  return {
    kind: "agreed",
    message: heard.find(({ picky }) => !picky)?.message,
    refusedBy: refusing.map(({ name }) => name),
  };
}
