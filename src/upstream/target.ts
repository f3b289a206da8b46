/** A server as the gate needs it on every call: its record, opened, with the credential's headers made ready. */
import type { Era } from "../mcp/era.ts";
import type { Surface } from "../mcp/methods.ts";
import { credentialHeaders, type ServerRecord } from "./server.ts";

export type Target = {
  readonly url: string;
  /** The one era that the server speaks, or `auto`: the client's. */
  readonly era: Era | "auto";
  readonly surface: readonly Surface[];
  /** Names in lower case. Secret: they go to the server and nowhere else. */
  readonly credential: Readonly<Record<string, string>>;
};

export function targetOf(record: ServerRecord): Target {
  const headers = Object.entries(credentialHeaders(record)).map(([name, value]) => [name.toLowerCase(), value]);
  return { url: record.url, era: record.era, surface: record.surface, credential: Object.fromEntries(headers) };
}
