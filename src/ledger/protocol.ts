/**
 * What is said between the gate and a grant's ledger. Plain data only: it crosses from one machine to another.
 *
 * During a deployment an old ledger may hear a new gate and the other way round, so fields are added here, never
 * changed or taken away.
 */

import type { GrantRecord } from "../grant/record.ts";
import type { Demand } from "./demand.ts";
import type { Limited } from "./take.ts";

export type { Demand } from "./demand.ts";

/** What a call was and what was decided about it, before the ledger has spoken. */
export type JournalEntry = {
  /** The request's id, as the client is told it. */
  readonly request: string;
  /** JSON-RPC method. */
  readonly method: string;
  readonly tool?: string;
  readonly era: string;
  /** The effect decided; the ledger writes `limit` in its place when a counter refuses. */
  readonly effect: string;
  readonly rule?: string;
  /** Version of the policy that decided. */
  readonly policy?: string;
  /** What the policy lets be recorded of the arguments, as canonical JSON of at most 64 KiB. */
  readonly arguments?: string;
  /** Size of the request's body. */
  readonly bytes?: number;
  /** Trace id (W3C Trace Context) in hex. */
  readonly trace?: string;
};

/** How a call that was let through ended upstream. */
export type Settlement = {
  /** From the `TakeAnswer` of the call. */
  readonly seq: number;
  /** HTTP status of the upstream; null when there was none. */
  readonly status: number | null;
  readonly latencyMs: number;
  /** Size of the answer's body as far as it was read. */
  readonly bytes?: number;
  /** The call certainly did not run: its units go back into the window they were taken from. */
  readonly giveBack: boolean;
};

export type TakeRequest = {
  /** SHA-256 in hex of the token that came with the call. */
  readonly token?: string;
  /** Revision of the grant that the gate decided by. */
  readonly revision?: number;
  /** Versions that the gate decided by; null for none. */
  readonly policyVersion: string | null;
  readonly serverVersion: string | null;
  readonly demands: readonly Demand[];
  /**
   * A digest that names the legacy session of the call; null or left out when there is none. Demands of scope `session`
   * then count for the grant.
   */
  readonly session?: string | null;
  /** Null leaves no trace in the journal, and then nothing that was taken can be given back. */
  readonly entry: JournalEntry | null;
  /** Ends of earlier calls of the same grant, recorded before anything is taken. */
  readonly settlements: readonly Settlement[];
};

/** Times are Unix milliseconds by the clock of the ledger that speaks; amounts are millionths. */
export type TakeAnswer =
  | { readonly kind: "ok"; readonly seq: number | null; readonly at: number }
  | (Limited & { readonly at: number })
  /** Suspended, revoked, expired or unknown, or the token no longer proves the grant. */
  | { readonly kind: "revoked" }
  /** Another policy or server version is in force: decide again by this. Nothing was taken. */
  | { readonly kind: "stale"; readonly grant: GrantRecord };

/** What a ledger holds after a record was put: its revision, 0 for none. An earlier version answers nothing. */
export type Held = { readonly revision: number };

/** What stands in the counters now, for people to read. Amounts as decimals, times as Unix milliseconds. */
export type Usage = {
  readonly at: number;
  /** Calls journalled in the life of the grant. */
  readonly calls: number;
  readonly counters: readonly CounterUsage[];
};

export type CounterUsage = {
  readonly scope: string;
  /** Digest of the legacy session that the counter is of. */
  readonly session?: string;
  readonly counter: string;
  readonly window: string;
  readonly align: string;
  readonly used: string;
  /** The limit that the last admitted call was held to. */
  readonly max: string;
  /** When all of it will have left the window, should nothing more be taken. */
  readonly resetAt: number;
};
