/** What the tests of the counters start from. */
import { deserialize, serialize } from "node:v8";
import type { GrantRecord } from "../../../src/grant/record.ts";
import { advance, type Counters, countersFrom, prune } from "../../../src/ledger/counters.ts";
import type { Demand } from "../../../src/ledger/demand.ts";
import { type Taken, take } from "../../../src/ledger/take.ts";

export const NOON = Date.parse("2026-11-20T12:00:00Z");
export const UNIT = 1_000_000n;

export const GRANT: GrantRecord = {
  id: "g1",
  label: "laptop",
  tags: [],
  server: "s",
  serverVersion: "s1",
  policy: { name: "careful", version: "p1" },
  status: "active",
  expiresAt: null,
  revision: 3,
};

export function demand(over: Partial<Demand> = {}): Demand {
  return {
    rule: "/tools/x/limits/0",
    counter: "calls",
    window: "day",
    align: "calendar",
    scope: "grant",
    max: 3n * UNIT,
    amount: UNIT,
    ...over,
  };
}

export function takeAt(counters: Counters, now: number, ...demands: Demand[]) {
  advance(counters, now);
  return take(counters, demands);
}

/** What was taken, where there has to be room. */
export function takenAt(counters: Counters, now: number, ...demands: Demand[]): readonly Taken[] {
  const outcome = takeAt(counters, now, ...demands);
  if (outcome.kind !== "taken") throw new Error("there was room");
  return outcome.taken;
}

/** The counters as a ledger finds them that was evicted; the bytes are those of structured clone, as in storage. */
export function stored(counters: Counters): Counters {
  prune(counters);
  return countersFrom(deserialize(serialize(counters)));
}
