/**
 * Which protocol era a message belongs to, decided from its body (specification 2026-07-28, "Versioning"), and whether
 * its envelope and its mirrored headers say the same as its body. The body is the truth; a header never moves a message
 * into another era, it can only get the message refused.
 *
 * The order of refusals follows the official SDK's, which clients are built against.
 */
import { isObject, type Json, type JsonObject, member } from "../json/value.ts";
import { HEADER_MISMATCH, INVALID_PARAMS, UNSUPPORTED_VERSION } from "./codes.ts";
import { checkMirrors, type HeaderReader, trimmed } from "./headers.ts";
import type { Message, Notification, Request } from "./message.ts";
import { type Refusal, refusal } from "./refusal.ts";

export type Era = "legacy" | "modern";

/** Modern protocol revisions that this gateway speaks. */
export const MODERN_VERSIONS: readonly string[] = ["2026-07-28"];

export const VERSION_KEY = "io.modelcontextprotocol/protocolVersion";
export const CAPABILITIES_KEY = "io.modelcontextprotocol/clientCapabilities";
const CLIENT_INFO_KEY = "io.modelcontextprotocol/clientInfo";
const REQUIRED_KEYS = [VERSION_KEY, CAPABILITIES_KEY];

export type Classified = { readonly kind: "era"; readonly era: Era } | Refusal;

const LEGACY: Classified = { kind: "era", era: "legacy" };
const MODERN: Classified = { kind: "era", era: "modern" };

export function classify(message: Message, headers: HeaderReader): Classified {
  switch (message.kind) {
    case "response":
      return LEGACY;
    case "request":
      return classifyRequest(message, headers);
    case "notification":
      return classifyNotification(message, headers);
  }
}

export function isModernVersion(version: string): boolean {
  return /^\d{4}-\d{2}-\d{2}$/.test(version) && version >= "2026-07-28";
}

function classifyRequest(request: Request, headers: HeaderReader): Classified {
  const { id, params, method } = request;
  const header = trimmed(headers.get("mcp-protocol-version"));
  const meta = metaOf(params);
  const claims = VERSION_KEY in meta;
  if (method === "initialize" && !(claims && isModernVersion(String(meta[VERSION_KEY])) && !envelopeFault(meta))) {
    if (header === null || !isModernVersion(header)) return LEGACY;
    return mismatch(`initialize belongs to the legacy handshake, but MCP-Protocol-Version names ${header}`, request);
  }
  if (!claims) {
    if (header === null || !isModernVersion(header)) return LEGACY;
    const missing = REQUIRED_KEYS.filter((key) => !(key in meta));
    const text = `Invalid params: MCP-Protocol-Version names ${header}, but params._meta lacks ${missing.join(", ")}`;
    return refusal(400, INVALID_PARAMS, text, id);
  }
  const fault = envelopeFault(meta);
  if (fault !== null) return refusal(400, INVALID_PARAMS, `Invalid params: params._meta: ${fault}`, id);
  const version = String(meta[VERSION_KEY]);
  if (header !== null && header !== version) {
    return mismatch(`the body names protocol version ${version}, MCP-Protocol-Version names ${header}`, request);
  }
  const named = trimmed(headers.get("mcp-method"));
  if (named !== null && named !== method) return mismatch(`the body names ${method}, Mcp-Method ${named}`, request);
  if (!MODERN_VERSIONS.includes(version)) return unsupported(version, request);
  const unmirrored = checkMirrors(request, headers);
  return unmirrored === null ? MODERN : mismatch(unmirrored, request);
}

/** A notification needs no envelope: its own claim decides, else the header. */
function classifyNotification(message: Notification, headers: HeaderReader): Classified {
  const header = trimmed(headers.get("mcp-protocol-version"));
  const meta = metaOf(message.params);
  const claims = VERSION_KEY in meta;
  const version = claims ? meta[VERSION_KEY] : header;
  if (typeof version !== "string") {
    if (!claims) return LEGACY;
    return refusal(400, INVALID_PARAMS, `Invalid params: params._meta: ${VERSION_KEY} must be a string`, null);
  }
  if (!claims && !isModernVersion(version)) return LEGACY;
  if (header !== null && header !== version) {
    return mismatch(`the body names protocol version ${version}, MCP-Protocol-Version names ${header}`, message);
  }
  const named = trimmed(headers.get("mcp-method"));
  if (isModernVersion(version) && named !== null && named !== message.method) {
    return mismatch(`the body names ${message.method}, Mcp-Method ${named}`, message);
  }
  return MODERN_VERSIONS.includes(version) ? MODERN : unsupported(version, message);
}

/** What is wrong with a request's envelope, or null (specification 2026-07-28, "General fields"). */
function envelopeFault(meta: JsonObject): string | null {
  for (const key of REQUIRED_KEYS) if (!(key in meta)) return `${key} is missing`;
  if (typeof meta[VERSION_KEY] !== "string") return `${VERSION_KEY} must be a string`;
  if (!isObject(meta[CAPABILITIES_KEY])) return `${CAPABILITIES_KEY} must be an object`;
  if (CLIENT_INFO_KEY in meta && !isObject(meta[CLIENT_INFO_KEY])) return `${CLIENT_INFO_KEY} must be an object`;
  return null;
}

function metaOf(params: JsonObject): JsonObject {
  const meta: Json | undefined = member(params, "_meta");
  return isObject(meta) ? meta : Object.create(null);
}

function mismatch(what: string, message: Request | Notification): Refusal {
  const text = `Bad Request: the request headers and body disagree: ${what}`;
  return refusal(400, HEADER_MISMATCH, text, message.kind === "request" ? message.id : null);
}

function unsupported(requested: string, message: Request | Notification): Refusal {
  const text = `Unsupported protocol version: ${requested} (supported: ${MODERN_VERSIONS.join(", ")})`;
  const id = message.kind === "request" ? message.id : null;
  return refusal(400, UNSUPPORTED_VERSION, text, id, { supported: [...MODERN_VERSIONS], requested });
}
