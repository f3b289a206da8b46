/**
 * How calls ended, on its way to their grants' ledgers.
 *
 * An ending rides on the grant's next call, which visits the ledger anyway; once a second, what no call took along
 * travels alone. Units that must go back travel at once. What did not arrive waits for the next call: a row closes once,
 * however often it is said to have ended. Plain data only is kept between requests.
 */

import type { Env } from "../env.ts";
import { ledgerOf } from "../ledger/find.ts";
import type { Settlement } from "../ledger/protocol.ts";
import { ageOf } from "./age.ts";

const RIDE_MS = 1_000;
/** A courier that has not come back by then was lost with its request. */
const LOST_MS = 5_000;

type Box = {
  readonly waiting: Settlement[];
  /** When a courier for these set out to wait, in Unix ms; 0 for none. */
  courier: number;
};

const boxes = new Map<string, Box>();

/** Takes what waits for this grant, to send it along with a call. */
export function takeWaiting(grant: string): Settlement[] {
  return boxes.get(grant)?.waiting.splice(0) ?? [];
}

/** Of one grant; more than these are let go of, since its ledger is out of reach. */
const MOST_WAITING = 1_000;

/** Takes back what may not have arrived. */
export function putBack(grant: string, settlements: readonly Settlement[]): void {
  if (settlements.length === 0) return;
  const { waiting } = boxOf(grant);
  waiting.push(...settlements.slice(0, Math.max(0, MOST_WAITING - waiting.length)));
}

/**
 * Sees to it that the ending reaches the ledger. What it gives is to run behind the answer, null where somebody else does
 * it; a failure costs a detail of the journal.
 */
export function settle(env: Env, grant: string, settlement: Settlement): Promise<void> | null {
  if (settlement.giveBack) return send(env, grant, [...takeWaiting(grant), settlement]);
  const box = boxOf(grant);
  box.waiting.push(settlement);
  if (ageOf(box.courier) < LOST_MS) return null;
  box.courier = Date.now();
  return carry(env, grant, box);
}

async function carry(env: Env, grant: string, box: Box): Promise<void> {
  await scheduler.wait(RIDE_MS);
  boxes.delete(grant);
  const settlements = box.waiting.splice(0);
  if (settlements.length > 0) await send(env, grant, settlements);
}

async function send(env: Env, grant: string, settlements: readonly Settlement[]): Promise<void> {
  try {
    await ledgerOf(env, grant).settle(settlements);
  } catch (error) {
    putBack(grant, settlements);
    throw error;
  }
}

function boxOf(grant: string): Box {
  const box = boxes.get(grant) ?? { waiting: [], courier: 0 };
  boxes.set(grant, box);
  return box;
}
