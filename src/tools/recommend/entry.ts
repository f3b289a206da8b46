/** A ruling as the entry of a policy. What it means is decided elsewhere; here it is only written down. */
import { bareObject, type JsonObject } from "../../json/value.ts";
import type { Ruling } from "./ruling.ts";

export function entryFor({ why, rule }: Ruling, strict: boolean): JsonObject {
  return Object.assign(bareObject(), { description: why }, fieldsOf(rule), isChecked(rule, strict) ? STRICT : {});
}

/** What a tool that runs others is given is checked where it belongs: at the call inside, by that tool's schema. */
export function isChecked({ kind }: Ruling["rule"], strict: boolean): boolean {
  return strict && (kind === "open" || kind === "limited");
}

const STRICT = { arguments: "strict" };

function fieldsOf(rule: Ruling["rule"]): JsonObject {
  switch (rule.kind) {
    case "open":
      return {};
    case "hidden":
      return { action: "hide" };
    case "denied":
      return { action: "deny", reason: rule.reason };
    case "unwrapped":
      return { unwrap: { tool: rule.paths.tool, arguments: rule.paths.arguments } };
    case "limited":
      // A counter of the tool's own needs no name: `rate_limit` says all in one line.
      if (rule.counter === undefined) return { rate_limit: `${rule.max}/minute` };
      return { limits: [{ counter: rule.counter, window: "minute", max: rule.max }] };
  }
}
