/**
 * What is kept of a message that was decided: one record for the decision, and one for how the call ended, when it was
 * let through. Plain data. Tokens and credentials must never come near it.
 *
 * Both are kept as canonical JSON, and never change once written: they are what the hashes of the chain are made from.
 */
import type { Json } from "../json/value.ts";

/** A decision. Amounts are decimal text: JSON numbers would round them. */
export type Decided = {
  /** Unix time in milliseconds, by the clock of the grant's ledger. */
  readonly at: number;
  /** Id of the request, as the client was told it. */
  readonly request: string;
  readonly grant: string;
  /** As the grant was labelled then. */
  readonly label: string;
  /** Slug. */
  readonly server: string;
  /** JSON-RPC method, or `(refused)` for a message that could not be read. */
  readonly method: string;
  readonly tool?: string;
  readonly era: string;
  readonly effect: string;
  /** JSON Pointer into the policy, or one of the parenthesised names. */
  readonly rule?: string;
  readonly policy?: { readonly name: string; readonly version: string };
  readonly counters?: readonly CounterState[];
  /** What the policy says may be kept of the arguments. */
  readonly arguments?: Json;
  /** Size of the request's body. */
  readonly bytes?: number;
  /** Trace id (W3C Trace Context) in hex. */
  readonly trace?: string;
};

/** A counter right after the call took from it, or as it stood when it refused. */
export type CounterState = {
  readonly counter: string;
  readonly scope: string;
  readonly window: string;
  readonly used: string;
  readonly max: string;
};

/** How a call that was let through ended upstream. */
export type Ended = {
  /** Unix time in milliseconds, by the clock of the grant's ledger. */
  readonly at: number;
  /** HTTP status of the upstream; null when there was none. */
  readonly status: number | null;
  readonly latencyMs: number;
  /** Size of the answer's body as far as it was read. */
  readonly bytes?: number;
  /** Units went back into their windows: the call certainly did not run. */
  readonly gaveBack?: boolean;
};

/**
 * One step of a grant's chain. Links are numbered from 1 in the order in which they were written, without a gap;
 * `seq` is the decision's number, which its ending bears too.
 */
export type Link =
  | { readonly kind: "decided"; readonly link: number; readonly seq: number; readonly text: string }
  | { readonly kind: "ended"; readonly link: number; readonly seq: number; readonly text: string };
