/**
 * Headers that mirror the body in the modern era (SEP-2243). The gateway checks them because it reads the body, and
 * writes them anew from the body when it forwards, so that an upstream that trusts headers sees what was decided.
 */
import { type Json, JsonNumber } from "../json/value.ts";
import type { Request } from "./message.ts";
import { nameParam } from "./methods.ts";

/** The part of `Headers` that is needed to read. */
export type HeaderReader = { get(name: string): string | null };

const PREFIX = "=?base64?";
const SUFFIX = "?=";
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** Optional white space around a field value is not part of it (RFC 9110, 5.6.3). */
export function trimmed(value: string | null): string | null {
  if (value === null) return null;
  // Loops, since /[ \t]+$/ takes quadratic time on a long run of spaces that does not end the value.
  let start = 0;
  let end = value.length;
  while (isBlank(value.charCodeAt(start))) start++;
  while (isBlank(value.charCodeAt(end - 1))) end--;
  return value.slice(start, end);
}

function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x09;
}

/** The value a mirrored header carries, or null when its base64 form is broken or its plain form is not ASCII. */
export function decodeHeaderValue(value: string): string | null {
  if (!(value.startsWith(PREFIX) && value.endsWith(SUFFIX))) return /^[\t\x20-\x7e]*$/.test(value) ? value : null;
  const inner = value.slice(PREFIX.length, -SUFFIX.length);
  if (!BASE64.test(inner)) return null;
  try {
    const bytes = Uint8Array.from(atob(inner), (letter) => letter.charCodeAt(0));
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return null;
  }
}

/** Plain where that is safe, else base64 of the UTF-8 bytes; what looks like the base64 form is always encoded. */
export function encodeHeaderValue(value: string): string {
  const plain = /^[\x21-\x7e](?:[\x20-\x7e\t]*[\x21-\x7e])?$/.test(value);
  if (plain && !(value.startsWith(PREFIX) && value.endsWith(SUFFIX))) return value;
  const bytes = new TextEncoder().encode(value);
  return PREFIX + btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join("")) + SUFFIX;
}

/** Says which required header of a modern request is missing or disagrees with its body, or null. */
export function checkMirrors(request: Request, headers: HeaderReader): string | null {
  if (headers.get("mcp-protocol-version") === null) return "MCP-Protocol-Version is missing";
  if (headers.get("mcp-method") === null) return `the body names ${request.method}, but Mcp-Method is missing`;
  const param = nameParam(request.method);
  if (param === null) return null;
  const inBody = request.params[param];
  if (typeof inBody !== "string") return null;
  const header = trimmed(headers.get("mcp-name"));
  if (header === null) return `params.${param} is set, but Mcp-Name is missing`;
  const named = decodeHeaderValue(header);
  if (named === null) return "Mcp-Name is neither ASCII nor sound base64";
  return named === inBody ? null : `params.${param} and Mcp-Name differ`;
}

/** How a primitive argument is written in an `Mcp-Param-*` header; null for what can't be mirrored. */
export function mirrorText(value: Json | undefined): string | null {
  if (typeof value === "string") return value;
  if (typeof value === "boolean" || typeof value === "number") return String(value);
  return value instanceof JsonNumber ? value.text : null;
}
