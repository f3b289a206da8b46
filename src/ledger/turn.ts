/**
 * What a grant's ledger does in one synchronous turn: it changes what memory holds, and notes that for the next write.
 *
 * Nothing in here may wait, and nothing that is noted here may be answered before it is written.
 */
import type { Batch } from "./batch.ts";
import type { Counters } from "./counters.ts";
import type { Demand } from "./demand.ts";
import type { Outcome } from "./joint.ts";
import { rowOf } from "./journal.ts";
import type { Settlement, TakeAnswer, TakeRequest } from "./protocol.ts";
import { giveBack, type Taken, take } from "./take.ts";

export type Memory = {
  readonly counters: Counters;
  batch: Batch;
  /** Number of the journal's last row. */
  lastSeq: number;
};

/** What a call is told, or why it could not be decided. */
export type Decided = TakeAnswer | Extract<Outcome, { readonly kind: "failed" }>;

export function takeOwn(
  { counters, batch }: Memory,
  demands: readonly Demand[],
  { session = null }: TakeRequest,
): Outcome {
  try {
    const outcome = take(counters, demands, session);
    if (outcome.kind === "taken" && outcome.taken.length > 0) batch.countersChanged = true;
    return outcome;
  } catch (cause) {
    return { kind: "failed", cause };
  }
}

/** Puts back what `takeOwn` took. */
export function undo({ counters, batch }: Memory, outcome: Outcome): void {
  if (outcome.kind !== "taken" || outcome.taken.length === 0) return;
  giveBack(counters, outcome.taken);
  batch.countersChanged = true;
}

/** Journals how a call was decided. */
export function record(memory: Memory, { entry, demands }: TakeRequest, outcome: Outcome): Decided {
  const at = memory.counters.clock;
  const seq = entry === null ? null : ++memory.lastSeq;
  if (entry !== null && seq !== null) memory.batch.rows.push(rowOf(seq, at, entry, demands, outcome));
  switch (outcome.kind) {
    case "taken":
      return { kind: "ok", seq, at };
    case "limited":
      return { ...outcome, at };
    case "failed":
      return outcome;
  }
}

/**
 * Closes rows, each of them once, and gives units back where the call certainly did not run. Returns all that was given
 * back. `takenBy` says what an open row of the journal took.
 */
export function close(
  { counters, batch }: Memory,
  settlements: readonly Settlement[],
  takenBy: (seq: number) => readonly Taken[] | null,
): readonly Taken[] {
  return settlements.flatMap((settlement) => {
    if (batch.ends.has(settlement.seq)) return [];
    batch.ends.set(settlement.seq, settlement);
    const taken = (settlement.giveBack ? takenBy(settlement.seq) : null) ?? [];
    if (taken.length === 0) return [];
    giveBack(counters, taken);
    batch.countersChanged = true;
    return taken;
  });
}
