/**
 * The policy that fuzzed calls are held against, and what it allows in a few lines of our own: an oracle that shares
 * nothing with the gateway, so that a fault in both would have to be made twice.
 */
import { members } from "./witnesses.ts";

/** A name that no answer may hold unless its client wrote it. */
export const HIDDEN = "vault";
export const MOST_RATIONS = 4;
export const MOST_SPENT = 1_000;

export const POLICY = {
  version: "1",
  default: "deny",
  hide: [HIDDEN],
  tools: {
    echo: { deny_if: [{ conditions: [{ path: "args.mode", op: "eq", value: "destroy" }] }] },
    "peek_*": {},
    pick: { require: [{ conditions: [{ path: "args.size", op: "lte", value: 10 }] }] },
    route: {},
    wipe: { action: "deny" },
    ration: { limits: [{ counter: "rations", window: "day", max: MOST_RATIONS }] },
    spend: { limits: [{ counter: "spent", window: "day", max: MOST_SPENT, increment_from: "args.amount" }] },
    run: { unwrap: { tool: "args.tool_name", arguments: "args.parameters" } },
    relay: { unwrap: { tool: "args.call|json.name", arguments: "args.call|json.arguments" } },
  },
};

const region = { region: { type: "string", "x-mcp-header": "Region" } };

export const TOOLS = [HIDDEN, "echo", "wipe", "pick", "route", "ration", "spend", "run", "relay", "peek_a"].map(
  (name) => ({ name, inputSchema: { type: "object", ...(name === "route" && { properties: region }) } }),
);

/** One call as it comes to run: the call itself, or one that it carries. */
export type Running = { readonly tool: string; readonly args: Readonly<Record<string, unknown>> };

/** All that a call runs, outermost first; null where the policy does not allow it. `read` is how its server reads JSON. */
export function allowed(tool: unknown, given: unknown, read: (text: string) => unknown, depth = 0): Running[] | null {
  if (typeof tool !== "string" || depth > 4 || !isArguments(given, depth)) return null;
  const args = members(given);
  const inside = (name: unknown, inner: unknown) => {
    const carried = allowed(name, inner, read, depth + 1);
    return carried && [{ tool, args }, ...carried];
  };
  switch (tool) {
    case "echo":
      return args.mode === "destroy" ? null : [{ tool, args }];
    case "pick":
      return typeof args.size === "number" && args.size <= 10 ? [{ tool, args }] : null;
    case "run":
      return inside(args.tool_name, args.parameters);
    case "relay": {
      const call = members(typeof args.call === "string" ? read(args.call) : undefined);
      return inside(call.name, call.arguments);
    }
    case "spend":
      return typeof args.amount === "number" && args.amount >= 0 ? [{ tool, args }] : null;
    case "route":
    case "ration":
      return [{ tool, args }];
    default:
      return tool.startsWith("peek_") ? [{ tool, args }] : null;
  }
}

/** Arguments may be left out; of an inner call, be null too. */
function isArguments(given: unknown, depth: number): boolean {
  if (given === undefined || (given === null && depth > 0)) return true;
  return typeof given === "object" && given !== null && !Array.isArray(given);
}
