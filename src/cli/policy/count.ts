/**
 * The counters of one case, kept by the ledger's own code. The only file of the offline tools that knows the ledger.
 *
 * In the gateway a call may have to ask two ledgers, one after the other; here they are two piles of counters, asked
 * both before either is charged. It must never let a call pass that those would refuse.
 */
import { advance, type Counters, noCounters } from "../../ledger/counters.ts";
import { partsOf } from "../../ledger/joint.ts";
import { check, type Limited, take } from "../../ledger/take.ts";
import type { LimitDemand } from "../../policy/decide.ts";

/** Each grant's own counters by its id, and those that all grants of the server share. */
export type Books = { readonly grants: Map<string, Counters>; readonly server: Counters };

/** Whose call it is. `session` names a legacy session; null where there is none. */
export type Payer = { readonly id: string; readonly session: string | null };

export function emptyBooks(): Books {
  return { grants: new Map(), server: noCounters() };
}

/** Takes what the call asks of the counters at that instant, or nothing and says what refuses: null when taken. */
export function charge(books: Books, demands: readonly LimitDemand[], payer: Payer, at: number): Limited | null {
  const mine = books.grants.get(payer.id) ?? noCounters();
  books.grants.set(payer.id, mine);
  advance(mine, at);
  advance(books.server, at);
  const { own, shared } = partsOf(demands) ?? { own: { demands, places: [...demands.keys()] }, shared: NONE };
  const refused = earliest([
    placed(check(mine, own.demands, payer.session), own.places),
    placed(check(books.server, shared.demands), shared.places),
  ]);
  if (refused !== undefined) return refused;
  take(mine, own.demands, payer.session);
  take(books.server, shared.demands);
  return null;
}

const NONE = { demands: [], places: [] };

/** What one ledger says of its part, said of all demands of the call. */
function placed(limited: Limited | null, places: readonly number[]): Limited[] {
  const demand = limited === null ? undefined : places[limited.demand];
  return limited === null || demand === undefined ? [] : [{ ...limited, demand }];
}

function earliest(found: readonly (readonly Limited[])[]): Limited | undefined {
  return found.flat().sort((a, b) => a.demand - b.demand)[0];
}
