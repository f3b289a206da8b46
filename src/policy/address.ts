/**
 * IP addresses and networks from text, exactly (RFC 4291, RFC 4632). Two readers must not disagree about what is
 * meant: anything loose (leading zeros, fewer than four parts, zones, brackets) is no address here.
 */

/** `base` has no bits set beyond `prefix`. */
export type Network = { readonly family: 4 | 6; readonly base: bigint; readonly prefix: number };

/** `exact`: the text had no bits set beyond its prefix. */
export type NetworkRead = { readonly network: Network; readonly exact: boolean };

const PREFIX = /^(?:0|[1-9][0-9]{0,2})$/;
/** `::ffff:0:0/96`, whose addresses are IPv4. */
const MAPPED = 0xffffn;
const WIDTH = { 4: 32, 6: 128 } as const;

/** An address (a network of one) or a network `address/prefix`; undefined when it is neither. */
export function readNetwork(text: string): NetworkRead | undefined {
  // The longest there is: eight groups, the last two as IPv4, and a prefix.
  if (text.length > 49) return undefined;
  const slash = text.indexOf("/");
  const address = readAddress(slash === -1 ? text : text.slice(0, slash));
  if (address === undefined) return undefined;
  const width = WIDTH[address.family];
  const written = slash === -1 ? String(width) : text.slice(slash + 1);
  if (!PREFIX.test(written) || Number(written) > width) return undefined;
  return masked(address.family, address.value, Number(written));
}

/** Whether every address of `inner` is one of `outer`. */
export function within(inner: Network, outer: Network): boolean {
  if (inner.family !== outer.family || inner.prefix < outer.prefix) return false;
  const host = BigInt(WIDTH[outer.family] - outer.prefix);
  return inner.base >> host === outer.base >> host;
}

export function networkText({ family, base, prefix }: Network): string {
  const size = family === 4 ? 8 : 16;
  const parts = Array.from({ length: WIDTH[family] / size }, (_, index) => {
    const part = (base >> BigInt(WIDTH[family] - size * (index + 1))) & ((1n << BigInt(size)) - 1n);
    return part.toString(family === 4 ? 10 : 16);
  });
  const address = family === 4 ? parts.join(".") : parts.join(":").replace(/(?:^|:)0(?::0)+(?::|$)/, "::");
  return `${address}/${prefix}`;
}

function masked(family: 4 | 6, value: bigint, prefix: number): NetworkRead {
  // A mapped network is IPv4 as a whole or, when it is wider than all of IPv4, IPv6.
  if (family === 6 && value >> 32n === MAPPED && prefix >= 96) return masked(4, value & 0xffffffffn, prefix - 96);
  const host = BigInt(WIDTH[family] - prefix);
  const base = (value >> host) << host;
  return { network: { family, base, prefix }, exact: base === value };
}

function readAddress(text: string): { readonly family: 4 | 6; readonly value: bigint } | undefined {
  if (!text.includes(":")) {
    const value = readIPv4(text);
    return value === undefined ? undefined : { family: 4, value };
  }
  const value = readIPv6(text);
  return value === undefined ? undefined : { family: 6, value };
}

const BYTE = /^(?:0|[1-9][0-9]{0,2})$/;

function readIPv4(text: string): bigint | undefined {
  const parts = text.split(".");
  if (parts.length !== 4) return undefined;
  let value = 0n;
  for (const part of parts) {
    if (!BYTE.test(part) || Number(part) > 255) return undefined;
    value = (value << 8n) | BigInt(part);
  }
  return value;
}

const GROUP = /^[0-9a-fA-F]{1,4}$/;

function readIPv6(text: string): bigint | undefined {
  const halves = text.split("::");
  if (halves.length > 2) return undefined;
  const shortened = halves.length === 2;
  const head = readGroups(halves[0] ?? "", !shortened);
  const tail = readGroups(halves[1] ?? "", true);
  if (head === undefined || tail === undefined) return undefined;
  const left = 8 - head.length - tail.length;
  if (shortened ? left < 1 : left !== 0) return undefined;
  const groups = [...head, ...Array.from({ length: left }, () => 0n), ...tail];
  return groups.reduce((value, group) => (value << 16n) | group, 0n);
}

/** The 16-bit groups of a part without `::`; only the last part may end in IPv4. */
function readGroups(text: string, last: boolean): readonly bigint[] | undefined {
  if (text === "") return [];
  const groups: bigint[] = [];
  const parts = text.split(":");
  for (const [index, part] of parts.entries()) {
    if (GROUP.test(part)) {
      groups.push(BigInt(`0x${part}`));
      continue;
    }
    const value = last && index === parts.length - 1 ? readIPv4(part) : undefined;
    if (value === undefined) return undefined;
    groups.push(value >> 16n, value & 0xffffn);
  }
  return groups;
}
