/**
 * Where the gateway may send a request that an operator's record names: public addresses, by https. Pure.
 *
 * A Worker can't look names up before it calls them, so names are judged by what they can only mean. On Cloudflare no
 * name leads into a private network whatever it resolves to; on a machine of one's own a resolver may say anything.
 */
import { type Network, readNetwork, within } from "../policy/address.ts";

export type Whereabouts = {
  /** Host of the gateway, with its port where it has one; null where that is not known. */
  readonly ownHost: string | null;
  /** Development: the upstream may run on this machine, and then without TLS. */
  readonly allowLoopback: boolean;
};

/** Why the gateway must not call this URL, or null. */
export function destinationFault(text: string, { ownHost, allowLoopback }: Whereabouts): string | null {
  // A backslash is a slash to one reader, and a part of a user's name to another.
  const url = /^[!-[\]-~]+$/.test(text) ? URL.parse(text) : null;
  if (url === null) return "is no complete URL";
  if (url.username !== "" || url.password !== "") return "must not carry a user or a password; use credential.headers";
  if (text.includes("#")) return "must not carry a fragment";
  const loopback = allowLoopback && isLoopback(url.hostname);
  if (url.protocol !== "https:" && !(url.protocol === "http:" && loopback)) {
    return `must begin with https://${allowLoopback ? " (http:// only for localhost)" : ""}`;
  }
  if (isOwnHost(url.host, ownHost)) return "must not lead to the gateway itself";
  return loopback ? null : hostFault(url.hostname);
}

/** Whether `host` (with its port, where it is not the scheme's own) is the gateway's. */
export function isOwnHost(host: string, ownHost: string | null): boolean {
  if (ownHost === null) return false;
  const [name, port] = split(host);
  const [ownName, ownPort] = split(ownHost);
  // A machine has many programs and only the port tells them apart; anywhere else a host is one thing.
  if (port !== ownPort) return name === ownName && !isLoopback(name);
  return name === ownName || (isLoopback(name) && isLoopback(ownName));
}

function split(host: string): readonly [string, string] {
  const colon = host.lastIndexOf(":");
  const end = colon > host.lastIndexOf("]") ? colon : host.length;
  const name = host.slice(0, end).toLowerCase();
  return [name.endsWith(".") ? name.slice(0, -1) : name, host.slice(end + 1)];
}

const LOOPBACK = networks("127.0.0.0/8 ::1");

function isLoopback(hostname: string): boolean {
  if (/(?:^|\.)localhost$/.test(hostname)) return true;
  const address = addressOf(hostname);
  return address !== null && liesIn(address, LOOPBACK);
}

function hostFault(hostname: string): string | null {
  const address = addressOf(hostname);
  if (address !== null) return isPublic(address) ? null : "must not name a private or reserved address";
  if (hostname.endsWith(".")) return "must not end its host with a dot";
  if (!hostname.includes(".")) return "must name its host in full, with its domain";
  if (INNER_NAME.test(hostname)) return "must not name a host of a private network";
  return leadsInside(hostname) ? "must not name a private or reserved address" : null;
}

/**
 * IANA's registries of special-purpose addresses (RFC 6890), without those that are reachable for everybody, and the
 * one public address that a cloud answers its own machines' questions at (Azure).
 */
const RESERVED_IPV4 = networks(
  "0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.0.0.0/24 192.0.2.0/24",
  "192.88.99.0/24 192.168.0.0/16 198.18.0.0/15 198.51.100.0/24 203.0.113.0/24 224.0.0.0/3 168.63.129.16",
);

/** Whatever else IPv6 has stands for an IPv4 address, or for a place on this side of the Internet. */
const GLOBAL_IPV6 = networks("2000::/3");
const RESERVED_IPV6 = networks("2001::/23 2001:db8::/32 2002::/16 3fff::/20");

function isPublic(address: Network): boolean {
  if (address.family === 4) return !liesIn(address, RESERVED_IPV4);
  return liesIn(address, GLOBAL_IPV6) && !liesIn(address, RESERVED_IPV6);
}

/** Top-level names that no public registry gives out (RFC 6761, RFC 6762 appendix G, RFC 8375, ICANN on .internal). */
const INNER_NAME = /(?:^|\.)(?:localhost|localdomain|local|internal|intranet|private|corp|home|lan|home\.arpa)$/;

/** Services whose names resolve to the address that they carry, and names that always resolve to this machine. */
const CARRIER = /(?:^|\.)(?:nip\.io|sslip\.io|xip\.io|traefik\.me|backname\.io|local-ip\.(?:co|sh)|1u\.ms|rbndr\.us)$/;
const TO_LOOPBACK = /(?:^|\.)(?:localtest\.me|lvh\.me|vcap\.me|lacolhost\.com|localho\.st)$/;

/** A name that carries several addresses, or none that can be read, counts as the worst that it could mean. */
function leadsInside(hostname: string): boolean {
  if (TO_LOOPBACK.test(hostname)) return true;
  if (!CARRIER.test(hostname)) return false;
  const parts = hostname.split(/[.-]/);
  const quads = parts.map((_, at) => parts.slice(at, at + 4).join("."));
  const hexes = parts.filter((part) => /^[0-9a-f]{8}$/.test(part)).map((part) => String(Number(`0x${part}`)));
  const carried = [...quads, ...hexes.map((number) => URL.parse(`http://${number}`)?.hostname ?? "")]
    .map(addressOf)
    .filter((address) => address !== null);
  return carried.length === 0 || !carried.every(isPublic);
}

/** URLs write an IPv4 address with four plain numbers, however it was spelled, and IPv6 in brackets. */
function addressOf(hostname: string): Network | null {
  return readNetwork(hostname.replace(/^\[(.*)\]$/, "$1"))?.network ?? null;
}

function liesIn(address: Network, all: readonly Network[]): boolean {
  return all.some((network) => within(address, network));
}

function networks(...texts: readonly string[]): readonly Network[] {
  return texts
    .join(" ")
    .split(" ")
    .map((text) => readNetwork(text)?.network)
    .filter((network) => network !== undefined);
}
