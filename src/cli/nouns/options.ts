/** Options that several commands have, and how their values are read. A wrong value is told before anything is done. */
import { InvalidArgumentError, Option } from "commander";

export function era(): Option {
  return new Option("--era <era>", "MCP protocol era to speak").choices(["auto", "legacy", "modern"]).default("auto");
}

export function yes(): Option {
  return new Option("--yes", "do it without asking");
}

export function limit(what: string): Option {
  return new Option("--limit <n>", `${what} at most`).argParser(count);
}

export function role(): Option {
  return new Option("--role <role>", "what it may do").choices(ROLES).makeOptionMandatory();
}

/** Each may do all that the one before it may. */
export const ROLES = ["viewer", "policy_manager", "admin"] as const;

export const STATUSES = ["active", "suspended", "expired", "revoked"] as const;
export const EFFECTS = ["allow", "deny", "hide", "limit", "approval"] as const;

export function port(text: string): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < 1 || value > 65_535) throw new InvalidArgumentError("A port is 1 to 65535.");
  return value;
}

export function count(text: string): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < 1 || value > 100_000) throw new InvalidArgumentError("A whole number from 1.");
  return value;
}

export function countOrNone(text: string): number {
  return text === "0" ? 0 : count(text);
}

/** An option that may be given more than once. */
export function many(flags: string, description: string): Option {
  return new Option(flags, description).argParser(collected).default([], "none");
}

function collected(item: string, items: readonly string[]): string[] {
  return [...items, item];
}
