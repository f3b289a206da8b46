/**
 * A decided message as it is counted and found again: who called what, and what became of it. Arguments, tokens and
 * credentials have no place in it.
 */
import type { Attributes } from "./span.ts";

export type Subject = {
  /** Id of the grant. */
  readonly grant: string;
  /** Slug of the server. */
  readonly server: string;
  /** JSON-RPC method, or `(refused)` for a message that could not be read. */
  readonly method: string;
  readonly tool?: string;
  readonly era: string;
  readonly effect: string;
  /** JSON Pointer into the policy, or one of the parenthesised names. */
  readonly rule?: string;
  readonly policy?: { readonly name: string; readonly version: string } | null;
  /** Size of the request's body, where it was read. */
  readonly bytes?: number;
};

/** A client chooses its method and its tool. */
const LONGEST = 256;

/** Names are OpenTelemetry's own where it has any (semantic conventions for MCP and generative AI). */
export function attributesOf({ grant, server, method, tool, era, effect, rule, policy }: Subject): Attributes {
  return {
    "grantgate.grant": grant,
    "grantgate.server": server,
    "mcp.method.name": method.slice(0, LONGEST),
    "gen_ai.tool.name": tool?.slice(0, LONGEST),
    "grantgate.era": era,
    "grantgate.effect": effect,
    "grantgate.rule": rule,
    "grantgate.policy": policy?.name,
    "grantgate.policy.version": policy?.version,
  };
}
