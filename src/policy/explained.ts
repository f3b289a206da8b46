/** The whole way of a call through a policy as plain data, for people and tools to look at. Every part can be JSON. */
import type { Json, JsonObject } from "../json/value.ts";
import type { Pin } from "./call.ts";
import type { Align, Scope } from "./document.ts";
import type { Operator } from "./operator.ts";
import type { Outcome, Reading } from "./outcome.ts";
import type { Window } from "./window.ts";

/** What `decide` says of the call, and every step that it looked at or, past the one that refused, would have. */
export type Explanation = {
  readonly effect: "allow" | "deny" | "hide" | "approval";
  readonly rule: string | null;
  readonly text: string | null;
  readonly steps: readonly ExplainedStep[];
};

export type ExplainedStep = {
  /** 0 is the call itself, 1 the call it carries inside, and so on. */
  readonly depth: number;
  readonly tool: string;
  /** RFC 6901 into the document, or a name in parentheses. */
  readonly rule: string;
  readonly outcome: "passes" | "denies" | "hides" | "asks";
  /** What is told when the step refuses. */
  readonly text: string | null;
  /** False for all steps behind the first that refuses: they decided nothing. */
  readonly reached: boolean;
} & Detail;

export type Detail =
  | { readonly kind: "standing"; readonly standing: "no policy" | "hidden" | "unlisted" | "listed" }
  | { readonly kind: "pin"; readonly pin: Pin }
  | { readonly kind: "action" }
  | {
      readonly kind: "wall";
      readonly reading: Reading;
      /** Of its conditions together. */
      readonly truth: Outcome;
      readonly conditions: readonly ExplainedCondition[];
    }
  | { readonly kind: "arguments"; readonly schema: "known" | "unknown" }
  | { readonly kind: "unwrap"; readonly inner: { readonly tool: string; readonly arguments: JsonObject } | null }
  | { readonly kind: "approval"; readonly truth: Outcome; readonly conditions: readonly ExplainedCondition[] }
  | {
      readonly kind: "limit";
      readonly counter: string;
      readonly window: Window;
      readonly align: Align;
      readonly scope: Scope;
      /** Decimal, like `amount`; that is null when it could not be read from the arguments. */
      readonly max: string;
      readonly amount: string | null;
    };

/** `not` is read away: a group under it is the other group, a leaf under it is `negated`. */
export type ExplainedCondition = { readonly pointer: string; readonly outcome: Outcome } & (
  | { readonly kind: "all" | "any"; readonly of: readonly ExplainedCondition[] }
  | {
      readonly kind: "leaf";
      readonly path: string;
      readonly op: Operator;
      readonly value: Json;
      readonly negated: boolean;
      /** What stands at the ends of the path: one without `[*]`, one for each element with it. */
      readonly seen: readonly Seen[];
    }
);

export type Seen = { readonly outcome: Outcome } & (
  | { readonly kind: "value"; readonly value: Json }
  | { readonly kind: "absent" }
  /** A step of the path met this value, and wanted something else to step into. */
  | { readonly kind: "astray"; readonly value: Json; readonly wanted: string }
);
