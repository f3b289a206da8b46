/** Mutations of the headers: what mirrors the body no longer does, and what says how to read it says something else. */
import { withHeader } from "../../gate/speak.ts";
import type { Random } from "./random.ts";

export type HeaderMutation = (headers: readonly string[], random: Random) => readonly string[];

const NAMES = [
  "Mcp-Method",
  "Mcp-Name",
  "MCP-Protocol-Version",
  "Mcp-Session-Id",
  "Mcp-Param-Region",
  "Mcp-Param-N",
  "Content-Type",
  "Accept",
  "Content-Encoding",
];

const VALUES: Readonly<Record<string, readonly string[]>> = {
  "Mcp-Method": ["tools/list", "tools/call", "Tools/Call", "tools/call, tools/list", "=?base64?dG9vbHMvY2FsbA==?="],
  "Mcp-Name": ["echo", "wipe", "Echo", "=?base64?ZWNobw==?=", "=?base64?d2lwZQ==?=", "=?base64?!?=", "echo, wipe"],
  "MCP-Protocol-Version": ["2026-07-28", "2025-11-25", "2027-01-01", "2026-07-28, 2025-11-25", "x"],
  "Mcp-Session-Id": ["session-1", "x", "AAAA"],
  "Mcp-Param-Region": ["eu", "us", "mars", "=?base64?ZXU=?="],
  "Mcp-Param-N": ["1", "wipe"],
  "Content-Type": [
    "application/json; charset=utf-16",
    "APPLICATION/JSON",
    "text/plain",
    "application/json-rpc",
    "application/json, text/plain",
  ],
  Accept: ["application/json", "text/event-stream", "*/*", "text/html"],
  "Content-Encoding": ["gzip", "identity", "br", "gzip, identity"],
};

const STRANGERS: readonly (readonly [string, string])[] = [
  ["X-HTTP-Method-Override", "DELETE"],
  ["X-Forwarded-For", "10.0.0.1"],
  ["Cookie", "session=1"],
  ["X-Api-Key", "stolen"],
  ["X-Upstream-Key", "stolen"],
  ["Last-Event-Id", "9"],
  ["Proxy-Authorization", "Basic eA=="],
  ["X-Mcp-Method", "tools/list"],
  ["Mcp_Name", "wipe"],
];

const valueFor = (name: string, random: Random) => random.pick(VALUES[name] ?? ["x"]);

export const HEADER_MUTATIONS: Readonly<Record<string, HeaderMutation>> = {
  "a header changed": (headers, random) => {
    const name = random.pick(NAMES);
    return withHeader(headers, name, valueFor(name, random));
  },
  "a header twice": (headers, random) => {
    const name = random.pick(NAMES);
    const more = [name, valueFor(name, random)];
    return random.oneIn(2) ? [...headers, ...more] : [...more, ...headers];
  },
  "a header less": (headers, random) => withHeader(headers, random.pick(NAMES), null),
  "a header in other capitals": (headers, random) => {
    const at = 2 * random.below(headers.length / 2);
    return headers.map((text, nth) => (nth === at ? random.pick([text.toLowerCase(), text.toUpperCase()]) : text));
  },
  "a value changed by a letter": (headers, random) => {
    // Not the first two: who is not let in at all tells nothing.
    const at = 3 + 2 * random.below(headers.length / 2 - 1);
    const change = (text: string) => {
      const cut = random.below(text.length + 1);
      return text.slice(0, cut) + random.pick(["a", " ", "\t", ",", "=", "\u00e9", ""]) + text.slice(cut + 1);
    };
    return headers.map((text, nth) => (nth === at ? change(text) : text));
  },
  "a stranger": (headers, random) => [...headers, ...random.pick(STRANGERS)],
  "no token": (headers) => headers.slice(2),
};
