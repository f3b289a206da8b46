/**
 * One call over two ledgers: its grant's, and that of the server, which keeps what all grants share.
 *
 * No transaction spans both. So the grant's ledger takes first, in its own synchronous turn; then the server's is asked;
 * and unless that takes too, what was taken first must go back. Whatever crashes in between leaves units taken for a call
 * that was not let through: stricter than the truth, never looser.
 */
import type { Demand } from "./demand.ts";
import { isKeptByServer } from "./identity.ts";
import type { Admitted, Limited, Take, Taken } from "./take.ts";

/** `failed`: it could not be decided, so the call must not be let through. */
export type Outcome = Take | { readonly kind: "failed"; readonly cause: unknown };

/** The part of the server's ledger that a call needs. */
export type ServerSide = {
  take(demands: readonly Demand[]): Promise<Take>;
  check(demands: readonly Demand[]): Promise<Limited | null>;
};

type Part = {
  readonly demands: readonly Demand[];
  /** Index of each of them in all demands of the call. */
  readonly places: readonly number[];
};

export type Parts = { readonly own: Part; readonly shared: Part };

/** The demands by who keeps their counters; null when all are the grant's own. */
export function partsOf(demands: readonly Demand[]): Parts | null {
  return demands.some(isShared) ? { own: partOf(demands, false), shared: partOf(demands, true) } : null;
}

/** What the server's ledger makes of a call, given what the grant's own made of its part. Speaks of all demands. */
export async function jointly(mine: Outcome, { own, shared }: Parts, server: ServerSide): Promise<Outcome> {
  if (mine.kind === "failed") return mine;
  if (mine.kind === "limited") {
    const refused = placed(mine, own);
    const before = (shared.places[0] ?? refused.demand) < refused.demand;
    // Refused it is in any case: when the server's ledger can't say more, this is still true.
    const theirs = before ? await server.check(shared.demands).catch(() => null) : null;
    return theirs === null ? refused : earlier(refused, placed(theirs, shared));
  }
  try {
    const theirs = await server.take(shared.demands);
    return theirs.kind === "limited" ? placed(theirs, shared) : together(mine, theirs, shared);
  } catch (cause) {
    return { kind: "failed", cause };
  }
}

/** What of it has to go back to the server's ledger. */
export function sharedOf(taken: readonly Taken[]): readonly Taken[] {
  return taken.filter(({ identity }) => isKeptByServer(identity));
}

function isShared({ scope }: Demand): boolean {
  return scope === "server";
}

function partOf(all: readonly Demand[], shared: boolean): Part {
  const part = [...all.entries()].filter(([, demand]) => isShared(demand) === shared);
  return { demands: part.map(([, demand]) => demand), places: part.map(([place]) => place) };
}

function placed(limited: Limited, { places }: Part): Limited {
  const demand = places[limited.demand];
  if (demand === undefined) throw new RangeError("no demand of the call refuses");
  return { ...limited, demand };
}

function earlier(a: Limited, b: Limited): Limited {
  return a.demand < b.demand ? a : b;
}

function together(mine: Admitted, theirs: Admitted, { places }: Part): Admitted {
  const counts = [...mine.counts];
  for (const [at, place] of places.entries()) counts.splice(place, 0, ...theirs.counts.slice(at, at + 1));
  return { kind: "taken", taken: [...mine.taken, ...theirs.taken], counts };
}
