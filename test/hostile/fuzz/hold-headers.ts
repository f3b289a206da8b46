/**
 * The headers that the upstream received: made from nothing, saying what the body says; and those that were sent, which
 * must have said the same.
 */
import { isUtf8 } from "node:buffer";
import type { Recorded } from "../../gate/upstreams/recorder.ts";
import type { Sent } from "./requests.ts";
import { members } from "./witnesses.ts";

export type Secrets = {
  /** Must not stand anywhere in what the upstream gets. */
  readonly kept: readonly string[];
  /** The upstream's own session id, and the credential that the gateway adds. */
  readonly session: string;
  readonly credential: readonly [string, string];
};

const HEADERS = [
  ...["host", "user-agent", "accept", "content-type", "content-length", "traceparent", "tracestate", "baggage"],
  // Of the platform itself.
  ...["accept-encoding", "connection", "transfer-encoding", "cache-control", "pragma", "cf-worker"],
  "mcp-protocol-version",
];

export function headersHeld(sent: Sent, { rawHeaders }: Recorded, message: unknown, secrets: Secrets): string[] {
  const faults: string[] = [];
  const headers = new Map<string, string>();
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = (rawHeaders[at] ?? "").toLowerCase();
    if (headers.has(name)) faults.push(`the header ${name} stands twice`);
    headers.set(name, rawHeaders[at + 1] ?? "");
  }
  const { method, params } = members(message);
  const { name, uri, arguments: args, _meta } = members(params);
  const version = members(_meta)["io.modelcontextprotocol/protocolVersion"];
  // A notification needs no envelope: then its header says which era it is of.
  const wanted = "id" in members(message) ? version : (version ?? modernIn(headers.get("mcp-protocol-version")));
  const modern = wanted !== undefined;
  const [credential, value] = secrets.credential;
  const known = [...HEADERS, credential, ...(modern ? ["mcp-method", "mcp-name"] : ["mcp-session-id"])];
  for (const header of headers.keys()) {
    const mirrors = modern && method === "tools/call" && header.startsWith("mcp-param-");
    if (!known.includes(header) && !mirrors) faults.push(`the header ${header} got through`);
  }
  if (headers.get(credential) !== value) faults.push("the server's own credential is not what it was");
  const session = headers.get("mcp-session-id");
  if (session !== undefined && session !== secrets.session) faults.push(`another session got through: ${session}`);
  if (!modern) return faults;
  if (headers.get("mcp-protocol-version") !== wanted) faults.push("MCP-Protocol-Version is not what the body says");
  if (headers.get("mcp-method") !== method) faults.push("Mcp-Method is not what the body says");
  const named = method === "resources/read" ? uri : name;
  // Only a text can be mirrored; a prompt's name that is none is its server's to refuse.
  const mirrors = ["tools/call", "prompts/get", "resources/read"].includes(String(method)) && typeof named === "string";
  const mirrored = mirrors ? named : undefined;
  if (mirrored !== decoded(headers.get("mcp-name"))) faults.push("Mcp-Name is not what the body says");
  if (method === "tools/call" && name === "route") {
    const { region } = members(args);
    const text = region === undefined || region === null || typeof region === "object" ? undefined : region;
    const said = decoded(headers.get("mcp-param-region"));
    const same = typeof text === "number" ? Number(said) === text : said === (text === undefined ? text : String(text));
    if (!same) faults.push(`Mcp-Param-Region says ${said}, the body ${String(text)}`);
  }
  return "id" in members(message) ? [...faults, ...sentHeadersHeld(sent, method, mirrored)] : faults;
}

/** A request got through, so its client's own headers must have said the same, and said it once. */
function sentHeadersHeld({ headers }: Sent, method: unknown, mirrored: unknown): string[] {
  const lines = (wanted: string) =>
    headers.flatMap((name, at) =>
      at % 2 === 0 && name.toLowerCase() === wanted ? [(headers[at + 1] ?? "").trim()] : [],
    );
  const faults: string[] = [];
  if (lines("mcp-method").join() !== method) faults.push("Mcp-Method disagreed, and the request got through");
  const named = lines("mcp-name");
  if (mirrored !== undefined && (named.length !== 1 || decoded(named[0]) !== mirrored)) {
    faults.push("Mcp-Name disagreed, and the request got through");
  }
  return faults;
}

function modernIn(version: string | undefined): string | undefined {
  return version === "2026-07-28" ? version : undefined;
}

/** By SEP-2243; null for what is no such form. */
function decoded(header: string | undefined): string | null | undefined {
  const inner = header === undefined ? undefined : /^=\?base64\?(.*)\?=$/.exec(header)?.[1];
  if (inner === undefined) return header;
  const bytes = Buffer.from(inner, "base64");
  return bytes.toString("base64") === inner && isUtf8(bytes) ? bytes.toString() : null;
}
