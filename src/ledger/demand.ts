/** What a call asks of the counters. Plain data: it crosses from one machine to another. */
import type { Window } from "../policy/window.ts";

/** Whose calls a counter counts: one grant's, one legacy session's, or those of all grants of the server together. */
export type Scope = "grant" | "session" | "server";

/** What a call asks of one counter. `max` and `amount` are millionths, so that six decimal places are exact. */
export type Demand = {
  /** JSON Pointer of the limit in its policy. */
  readonly rule: string;
  readonly counter: string;
  readonly window: Window;
  /** `calendar`: fixed windows. `rolling`: at no instant more than `max` within one window length. */
  readonly align: "calendar" | "rolling";
  readonly scope: Scope;
  readonly max: bigint;
  readonly amount: bigint;
};
