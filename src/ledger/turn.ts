/**
 * What a grant's ledger does in one synchronous turn: it changes what memory holds, and notes that for the next write.
 *
 * Nothing in here may wait, and nothing that is noted here may be answered before it is written.
 */
import type { GrantRecord } from "../grant/record.ts";
import type { Batch } from "./batch.ts";
import type { Counters } from "./counters.ts";
import type { Demand } from "./demand.ts";
import { type Outcome, sharedOf } from "./joint.ts";
import type { OpenRow } from "./journal.ts";
import { noteOpen, type OpenHere } from "./open-here.ts";
import type { Settlement, TakeAnswer, TakeRequest } from "./protocol.ts";
import { decidedText, endedText, isLetThrough } from "./record.ts";
import { giveBack, type Taken, take } from "./take.ts";

export type Memory = {
  readonly counters: Counters;
  batch: Batch;
  readonly open: OpenHere;
  /** Number of the last decision. */
  lastSeq: number;
  /** Number of the last link, of decisions and endings together. */
  lastLink: number;
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

/** Journals how a call under `grant` was decided. */
export function record(memory: Memory, grant: GrantRecord, request: TakeRequest, outcome: Outcome): Decided {
  const at = memory.counters.clock;
  const seq = request.entry === null ? null : ++memory.lastSeq;
  if (seq !== null) {
    const text = decidedText(at, grant, request, outcome);
    const taken = outcome.kind === "taken" && isLetThrough(request, outcome) ? outcome.taken : null;
    const row = { seq, link: ++memory.lastLink, at, text, taken };
    memory.batch.rows.push(row);
    noteOpen(memory.open, row);
  }
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
 * back. `open` are the rows of the journal that can be closed.
 */
export function close(
  memory: Memory,
  settlements: readonly Settlement[],
  open: ReadonlyMap<number, OpenRow>,
): readonly Taken[] {
  const { counters, batch } = memory;
  return settlements.flatMap((settlement) => {
    const row = open.get(settlement.seq);
    if (row === undefined || batch.ends.has(row.seq)) return [];
    memory.open.delete(row.seq);
    const taken = settlement.giveBack ? row.taken : [];
    const gaveBack = giveBack(counters, taken);
    if (gaveBack) batch.countersChanged = true;
    // What the server's ledger will make of its share can't be awaited here.
    const text = endedText(counters.clock, settlement, gaveBack || sharedOf(taken).length > 0);
    batch.ends.set(row.seq, { seq: row.seq, ending: row.link === null ? null : { link: ++memory.lastLink, text } });
    return taken;
  });
}
