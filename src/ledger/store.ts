/**
 * How a ledger keeps what it counts. A ledger must never answer from memory that storage failed to take: then memory
 * says what storage does not, so the object is thrown away, and the next call starts from what is stored.
 */
import { type Counters, countersFrom, noCounters, prune, type StoredCounters } from "./counters.ts";

const KEY = "counters";

export function readCounters({ kv }: DurableObjectStorage): Counters {
  const stored = kv.get<StoredCounters>(KEY);
  return stored === undefined ? noCounters() : countersFrom(stored);
}

/** The counters are one entry: they are few, and what is written is billed by the row. */
export function writeCounters({ kv }: DurableObjectStorage, counters: Counters): void {
  prune(counters);
  kv.put(KEY, counters satisfies StoredCounters);
}

/** Runs `write` as one transaction, all of it or none. */
export function store(ctx: DurableObjectState, write: () => void): void {
  try {
    ctx.storage.transactionSync(write);
  } catch (error) {
    ctx.abort("the ledger could not be written");
    throw error;
  }
}
