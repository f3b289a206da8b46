/** A server as the gate needs it on every call: its record, opened, with its credential made ready. */
import type { Era } from "../mcp/era.ts";
import type { Surface } from "../mcp/methods.ts";
import type { Drift } from "../tools/pins/protocol.ts";
import { credentialHeaders, oauthClient, secretsOf } from "./credential.ts";
import type { OAuth } from "./credential-file.ts";
import { destinationFault, isOwnHost } from "./destination.ts";
import { type Leaks, leaksOf } from "./leak.ts";
import type { TokenSource } from "./oauth/source.ts";
import type { ServerRecord } from "./server.ts";

export type Target = {
  readonly url: string;
  /** The one era that the server speaks, or `auto`: the client's. */
  readonly era: Era | "auto";
  readonly surface: readonly Surface[];
  /** What becomes of tools that change or come later. */
  readonly drift: Drift;
  /** Names in lower case. Secret: they go to the server and nowhere else. */
  readonly credential: Readonly<Record<string, string>>;
  /** Tokens that go with the headers; null where the credential has no OAuth. */
  readonly tokens: TokenSource | null;
  /** Whether a text of the server's holds what it is proven to by. */
  readonly leaks: Leaks;
  /** Hosts that are called: the server's, and that of its token endpoint. */
  readonly hosts: readonly string[];
};

/** Throws where the gateway may not call what the record names: nothing goes there, whatever let it be stored. */
export function targetOf(
  record: ServerRecord,
  allowLoopback: boolean,
  tokensOf: (client: OAuth) => TokenSource,
): Target {
  const { url, era, surface, drift, credential } = record;
  const oauth = credential?.oauth;
  for (const [what, address] of Object.entries({ url, tokenUrl: oauth?.tokenUrl })) {
    const fault = address === undefined ? null : destinationFault(address, { ownHost: null, allowLoopback });
    if (fault !== null) throw new Error(`the ${what} of server ${record.slug} ${fault}`);
  }
  const client = oauthClient(record);
  const tokens = client === null ? null : tokensOf(client);
  return {
    url,
    era,
    surface,
    drift,
    credential: credentialHeaders(record),
    tokens,
    leaks: leaksOf(secretsOf(record), () => tokens?.sent() ?? []),
    hosts: [url, ...(client === null ? [] : [client.tokenUrl])].map((address) => new URL(address).host),
  };
}

/** Hosts are compared by what they mean, which takes a while, and clients mostly come by one. */
const lastSeen = new WeakMap<Target["hosts"], { readonly ownHost: string; readonly home: boolean }>();

/** Whether a call of this server would come back to the gateway, which the client reached as `ownHost`. */
export function leadsHome({ hosts }: Target, ownHost: string | null): boolean {
  if (ownHost === null) return false;
  const last = lastSeen.get(hosts);
  if (last?.ownHost === ownHost) return last.home;
  const home = hosts.some((host) => isOwnHost(host, ownHost));
  lastSeen.set(hosts, { ownHost, home });
  return home;
}
