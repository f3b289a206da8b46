/**
 * The methods that may pass, by era. Allow-listed: a method that a later revision adds is refused until it is
 * understood here, and so is the tasks extension.
 */
import type { Era } from "./era.ts";

/** The parts of a server that a record may open: what its `surface` names. */
export type Surface = "tools" | "resources" | "prompts";

/** Which surface a method belongs to; null belongs to the protocol itself, "any" to resources or prompts. */
type Needs = Surface | "resources or prompts" | null;

const SHARED: readonly (readonly [string, Needs])[] = [
  ["tools/list", "tools"],
  ["tools/call", "tools"],
  ["resources/list", "resources"],
  ["resources/templates/list", "resources"],
  ["resources/read", "resources"],
  ["prompts/list", "prompts"],
  ["prompts/get", "prompts"],
  ["completion/complete", "resources or prompts"],
];

const REQUESTS: Readonly<Record<Era, ReadonlyMap<string, Needs>>> = {
  legacy: new Map<string, Needs>([
    ...SHARED,
    ["initialize", null],
    ["ping", null],
    ["logging/setLevel", null],
    ["resources/subscribe", "resources"],
    ["resources/unsubscribe", "resources"],
  ]),
  modern: new Map<string, Needs>([...SHARED, ["server/discover", null], ["subscriptions/listen", null]]),
};

const NOTIFICATIONS: Readonly<Record<Era, ReadonlySet<string>>> = {
  legacy: new Set([
    "notifications/initialized",
    "notifications/cancelled",
    "notifications/progress",
    "notifications/roots/list_changed",
  ]),
  modern: new Set(["notifications/cancelled", "notifications/progress"]),
};

export function isOpenRequest(era: Era, method: string, surface: readonly Surface[]): boolean {
  const needs = REQUESTS[era].get(method);
  if (needs === undefined) return false;
  if (needs === null) return true;
  if (needs === "resources or prompts") return surface.includes("resources") || surface.includes("prompts");
  return surface.includes(needs);
}

export function isOpenNotification(era: Era, method: string): boolean {
  return NOTIFICATIONS[era].has(method);
}

/** Requests by which a client finds out what a server is. Their failure must show as an HTTP status. */
export function isHandshake(method: string): boolean {
  return method === "initialize" || method === "server/discover";
}

/** The param that `Mcp-Name` mirrors (SEP-2243), for the methods that have one. */
export function nameParam(method: string): "name" | "uri" | null {
  if (method === "tools/call" || method === "prompts/get") return "name";
  return method === "resources/read" ? "uri" : null;
}
