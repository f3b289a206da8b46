/**
 * The single steps of a call's way through a policy: each looks at one rule, and refuses the call or lets it pass.
 * The order they come in is not decided here (walk.ts).
 */
import { asks, type CompiledApproval } from "./approval.ts";
import { faultIn } from "./arguments/examine.ts";
import type { Call, Pin } from "./call.ts";
import type { CompiledEntry, CompiledRules, EntryRules } from "./compile.ts";
import { deny, type Refusal } from "./decision.ts";
import { explain } from "./explain.ts";
import { type CompiledLimit, demand, type LimitDemand } from "./limit.ts";
import { quoted } from "./quote.ts";
import type { Standing } from "./standing.ts";
import { type CompiledUnwrap, MOST_INNER, tooDeep, unwrapped } from "./unwrap.ts";
import { type CompiledWall, denies } from "./wall.ts";

/** The call itself, at depth 0, or one that it carries inside. */
export type At = { readonly depth: number; readonly call: Call };

/** Where the policy lists the call's tool: everything that applies to it. */
export type Level = At & {
  readonly own: EntryRules | undefined;
  /** In the order in which they apply: `all_tools`, the tool. */
  readonly owners: readonly CompiledRules[];
};

/** A step without a refusal lets the call pass. */
export type Step = At & { readonly refusal: Refusal | undefined } & (
    | { readonly kind: "standing"; readonly standing: Standing }
    | { readonly kind: "pin"; readonly pin: Pin }
    | { readonly kind: "action"; readonly entry: CompiledEntry }
    | { readonly kind: "wall"; readonly wall: CompiledWall }
    | { readonly kind: "arguments"; readonly rule: string }
    | { readonly kind: "unwrap"; readonly unwrap: CompiledUnwrap; readonly inner: Call | undefined }
    | { readonly kind: "approval"; readonly approval: CompiledApproval }
    | { readonly kind: "limit"; readonly limit: CompiledLimit; readonly demand: LimitDemand | undefined }
  );

export function atStanding({ depth, call }: At, standing: Standing): Step {
  return { depth, call, kind: "standing", standing, refusal: refusedStanding(standing, depth, call.tool) };
}

function refusedStanding({ kind }: Standing, depth: number, tool: string): Refusal | undefined {
  switch (kind) {
    case "no policy":
      return deny("(no policy)", "This grant has no policy, so it may call nothing.");
    case "hidden":
      // Inside another call a hidden tool can't be an unknown one, but its denial says no more than an unlisted one's.
      return depth === 0 ? { effect: "hide", rule: "(hidden)" } : deny("(hidden)", unlisted(tool));
    case "unlisted":
      return deny("(default deny)", unlisted(tool));
    case "listed":
      return undefined;
  }
}

function unlisted(tool: string): string {
  return `The policy does not list the tool ${quoted(tool)}, and denies every tool that it does not list.`;
}

/** What a model was shown of a tool must be what an operator has seen, or nobody calls it. */
export function atPin({ depth, call }: At, pin: Pin): Step {
  return { depth, call, kind: "pin", pin, refusal: refusedPin(pin, depth, call.tool) };
}

function refusedPin(pin: Pin, depth: number, tool: string): Refusal | undefined {
  switch (pin) {
    case "pinned":
      return undefined;
    case "held":
      return deny("(definition changed)", changed(tool));
    case "unlisted":
      // What runs other tools by name runs tools that its server need not list.
      return depth === 0 ? { effect: "hide", rule: "(unknown tool)" } : undefined;
    case "unread": {
      const wants = { tool, what: depth === 0 ? "pin" : "inner pin" } as const;
      return { effect: "deny", rule: "(definition unknown)", text: unread(tool), wants };
    }
  }
}

function changed(tool: string): string {
  return `The definition of the tool ${quoted(tool)} changed or is new, and no operator has accepted it yet, so nobody may call it. Other tools are not concerned.`;
}

function unread(tool: string): string {
  return `The server could not be asked what the tool ${quoted(tool)} is, so the call was refused. Try again shortly.`;
}

/** Of an entry that denies every call. */
export function atAction({ depth, call }: At, entry: CompiledEntry): Step {
  const ours = `The policy denies every call of the tool ${quoted(call.tool)}, whatever its arguments.`;
  return { depth, call, kind: "action", entry, refusal: deny(`${entry.pointer}/action`, entry.reason || ours) };
}

export function atWall({ depth, call }: At, wall: CompiledWall): Step {
  const refusal = denies(wall, call) ? deny(wall.rule, wall.text ?? explain(wall, call)) : undefined;
  return { depth, call, kind: "wall", wall, refusal };
}

/** `rule` is the one that wants arguments checked. */
export function atArguments({ depth, call }: At, rule: string): Step {
  return { depth, call, kind: "arguments", rule, refusal: refusedArguments(call, rule) };
}

function refusedArguments({ tool, arguments: args, schemaOf }: Call, rule: string): Refusal | undefined {
  const schema = schemaOf?.(tool);
  if (schema !== undefined) {
    const fault = faultIn(schema, args);
    return fault === undefined ? undefined : deny(rule, fault);
  }
  const text = `Arguments have to fit the tool's schema, and the schema of the tool ${quoted(tool)} is not known.`;
  return { effect: "deny", rule, text, wants: { tool, what: "schema" } };
}

/** `outermost` is the rule that is named when the calls are too many. */
export function atUnwrap({ depth, call }: At, unwrap: CompiledUnwrap, outermost: string): Step & { kind: "unwrap" } {
  const read = unwrapped(unwrap, call);
  const refusal = read.ok ? (depth < MOST_INNER ? undefined : tooDeep(outermost)) : read.refusal;
  return { depth, call, kind: "unwrap", unwrap, inner: read.ok ? read.call : undefined, refusal };
}

export function atApproval({ depth, call }: At, approval: CompiledApproval): Step {
  const refusal = asks(approval, call)
    ? ({ effect: "approval", rule: approval.rule, text: approval.text } as const)
    : undefined;
  return { depth, call, kind: "approval", approval, refusal };
}

export function atLimit({ depth, call }: At, limit: CompiledLimit): Step {
  const demanded = demand(limit, call);
  if (demanded.ok) return { depth, call, kind: "limit", limit, demand: demanded.demand, refusal: undefined };
  return { depth, call, kind: "limit", limit, demand: undefined, refusal: deny(demanded.rule, demanded.text) };
}
