/**
 * Looks after what a request may leave half done, whatever crashed and when: one object for the gateway, driven by its
 * alarm.
 *
 * It hears of every change before the change is committed. Soon after, and once an hour for as long as the gateway
 * lives, it makes a pass: what the registry holds and a ledger has not confirmed is carried there, all of it when the
 * registry was set back, and what nothing needs any more is let go of. An alarm is always set; nothing that fails in a pass may throw out of it, since the
 * platform gives up on an alarm after a few times.
 */
import { DurableObject } from "cloudflare:workers";
import type { Env } from "../../env.ts";
import { log } from "../../observe/log.ts";
import { type Carried, carry } from "./carry.ts";
import { type Chores, doChores, NO_CHORES } from "./chores.ts";
import { lookBack, type Seen } from "./look-back.ts";
import { BEGIN, type Round, runRound } from "./round.ts";
import { HOUR_MS } from "./watch.ts";

/** A request that lives brings its change into force within this time by itself. */
const GRACE_MS = 15_000;
const LONGEST_WAIT_MS = 300_000;

/** This is stored: fields may be added, never changed or taken away. */
type Plan = {
  /** What the next pass does; never both, so that each stays within what one invocation may do. */
  readonly next: "round" | "chores";
  readonly round: Round;
  /** Rounds in a row that did not reach every ledger. */
  readonly failures: number;
  /** When a round is due again because of them; Unix time in milliseconds. */
  readonly roundAt: number | null;
  readonly chores: Chores;
  /** When chores are due; Unix time in milliseconds. */
  readonly choresAt: number;
  /** The latest change that a round has seen. */
  readonly seen?: Seen | null;
};

const FIRST: Plan = { next: "round", round: BEGIN, failures: 0, roundAt: null, chores: NO_CHORES, choresAt: 0 };

export class Caretaker extends DurableObject<Env> {
  /** A pass soon, but not at once: a change is about to be made. */
  async watch(): Promise<void> {
    const at = Date.now() + GRACE_MS;
    // Kept until a round begins after it: one that is under way may have passed by what the change is about.
    this.ctx.storage.kv.put("watched", at);
    await this.#passBy(at);
  }

  /** A pass within the hour: the gateway is in use. */
  async wake(): Promise<void> {
    await this.#passBy(Date.now() + HOUR_MS);
  }

  /** Carries a share of many grants, for a Worker that can't make so many subrequests itself. Keeps nothing. */
  async carry(rows: readonly unknown[]): Promise<readonly Carried[]> {
    return carry(this.env, rows);
  }

  override async alarm(): Promise<void> {
    const { kv } = this.ctx.storage;
    const now = Date.now();
    const plan = kv.get<Plan>("plan") ?? FIRST;
    const isBeginning = plan.next === "round" && plan.round.after === BEGIN.after;
    if (isBeginning && (kv.get<number>("watched") ?? now) <= now) kv.delete("watched");
    const { at, ...after } = await (plan.next === "round" ? goRound : goAbout)(this.env, plan, now);
    kv.put("plan", after satisfies Plan);
    await this.#passBy(Math.min(at, kv.get<number>("watched") ?? at));
  }

  async #passBy(at: number): Promise<void> {
    const set = await this.ctx.storage.getAlarm();
    if (set === null || set > at) await this.ctx.storage.setAlarm(at);
  }
}

/** A plan, and when the pass after this one is due. */
type Next = Plan & { readonly at: number };

async function goRound(env: Env, plan: Plan, now: number): Promise<Next> {
  const seen = plan.round.after === BEGIN.after ? await lookBack(env, plan.seen ?? null) : (plan.seen ?? null);
  const { isOver, ...round } = await runRound(env, plan.round);
  if (!isOver) return { ...plan, seen, round, at: now };
  const failures = round.missed === 0 ? 0 : plan.failures + 1;
  if (failures > 0) log("error", "not all in force", { step: "caretaker", attempt: failures });
  const roundAt = failures === 0 ? null : now + Math.min(GRACE_MS * 2 ** (failures - 1), LONGEST_WAIT_MS);
  const rested = { ...plan, seen, round: BEGIN, failures, roundAt };
  if (plan.choresAt <= now) return { ...rested, next: "chores", at: now };
  return { ...rested, at: Math.min(roundAt ?? plan.choresAt, plan.choresAt) };
}

async function goAbout(env: Env, plan: Plan, now: number): Promise<Next> {
  const { isOver, ...chores } = await doChores(env, plan.chores, now);
  const choresAt = isOver ? now + HOUR_MS : now;
  return { ...plan, next: "round", chores, choresAt, at: Math.min(plan.roundAt ?? choresAt, choresAt) };
}
