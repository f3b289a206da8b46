/** What a call has to pay, counter by counter: demands on one counter are one bill. Pure. */
import { type Ask, type Counter, usedOf } from "./counter.ts";
import type { Counters } from "./counters.ts";
import type { Demand } from "./demand.ts";
import { identityOf } from "./identity.ts";

export type Bill = Ask & {
  readonly identity: string;
  readonly counter: Counter | undefined;
  /** Used before the call, in millionths. */
  readonly used: bigint;
};

/** A demand, and the bill it stands on. */
export type Line = { readonly demand: Demand; readonly bill: Bill };

type Draft = { -readonly [K in keyof Bill]: Bill[K] } & { readonly asked: Record<Demand["scope"], bigint> };

/**
 * A line for each demand, in order. Demands on one counter add up, and the smallest `max` is the bill's. Only where a
 * demand of scope `session` stands for the grant, it and one of scope `grant` speak of the same units, which count once.
 * A negative amount is a RangeError: no call may lower a count.
 */
export function linesOf(
  { running, clock }: Counters,
  demands: readonly Demand[],
  session: string | null,
): readonly Line[] {
  const drafts = new Map<string, Draft>();
  return demands.map((demand) => {
    const { amount, max, scope } = demand;
    if (amount < 0n) throw new RangeError("a call can't take a negative amount");
    const identity = identityOf(demand, session);
    const draft = drafts.get(identity) ?? begun(identity, running.get(identity), clock, demand, session);
    drafts.set(identity, draft);
    draft.asked[scope] += amount;
    if (draft.asked[scope] > draft.amount) draft.amount = draft.asked[scope];
    if (max < draft.max) draft.max = max;
    return { demand, bill: draft };
  });
}

function begun(
  identity: string,
  counter: Counter | undefined,
  now: number,
  { scope, counter: name, window, align, max }: Demand,
  session: string | null,
): Draft {
  return {
    identity,
    counter,
    used: usedOf(counter, now),
    scope: scope === "session" && session === null ? "grant" : scope,
    name,
    window,
    align,
    max,
    amount: 0n,
    asked: { grant: 0n, session: 0n, server: 0n },
  };
}
