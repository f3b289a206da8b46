/** What the cases of a recommended policy are put together from. */
import { child } from "../../json/pointer.ts";
import { bareObject, type JsonObject } from "../../json/value.ts";
import type { Ruling } from "./ruling.ts";

/** A ruling with a call of its tool that passes as far as arguments go; without one where none could be made up. */
export type Shown = { readonly ruling: Ruling; readonly call: JsonObject | undefined };

export function callOf(tool: string, args: JsonObject = bareObject()): JsonObject {
  return Object.keys(args).length === 0 ? { tool } : { tool, arguments: args };
}

/** What a limited tool's calls run into. */
export function limitOf({ name, rule }: Ruling): JsonObject {
  const isShared = rule.kind === "limited" && rule.counter !== undefined;
  return { effect: "limit", rule: isShared ? child(pointer(name, "limits"), 0) : pointer(name, "rate_limit") };
}

export function pointer(name: string, field: string): string {
  return child(child("/tools", name), field);
}

/** The name of no tool here. */
export function freeName(shown: readonly Shown[]): string {
  const taken = new Set(shown.map(({ ruling }) => ruling.name));
  let name = "not_listed";
  while (taken.has(name)) name += "_";
  return name;
}
