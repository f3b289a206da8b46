/**
 * The Durable Object of one server: the counters that all grants of the server share, those of scope `server`.
 *
 * Only grants' ledgers speak to it, once they have taken what is the grant's own. Like theirs, its decisions are made
 * in one synchronous turn, and an answer leaves only when storage holds what it says. It must never be asked to judge a
 * grant, and never call out.
 */
import { DurableObject } from "cloudflare:workers";
import type { Env } from "../env.ts";
import { forOthers, groupCommit } from "./commit.ts";
import { advance, type Counters } from "./counters.ts";
import type { CounterUsage, Demand } from "./protocol.ts";
import { readCounters, store, writeCounters } from "./store.ts";
import { check, giveBack, type Limited, type Take, type Taken, take } from "./take.ts";
import { usageOf } from "./usage.ts";

export class ServerLedger extends DurableObject<Env> {
  readonly #counters: Counters;
  #changed = false;
  readonly #durable: () => Promise<void>;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.#counters = readCounters(ctx.storage);
    this.#durable = groupCommit(
      () => this.#write(),
      () => ctx.storage.sync(),
      forOthers,
    );
  }

  /** Takes what every demand asks, or nothing. */
  async take(demands: readonly Demand[]): Promise<Take> {
    advance(this.#counters, Date.now());
    const outcome = take(this.#counters, demands);
    if (outcome.kind === "taken") this.#changed = true;
    return this.#held(outcome);
  }

  /** What `take` would refuse now, or null. Takes nothing. */
  async check(demands: readonly Demand[]): Promise<Limited | null> {
    advance(this.#counters, Date.now());
    return this.#held(check(this.#counters, demands));
  }

  /** Returns units into the windows they were taken from. Whoever calls sees to it that this is said once. */
  async giveBack(taken: readonly Taken[]): Promise<void> {
    advance(this.#counters, Date.now());
    giveBack(this.#counters, taken);
    this.#changed = true;
    await this.#durable();
  }

  /** What stands in the counters, for people. */
  async usage(): Promise<{ readonly at: number; readonly counters: readonly CounterUsage[] }> {
    const at = advance(this.#counters, Date.now());
    return { at, counters: usageOf(this.#counters) };
  }

  /** The answer, once storage holds all that it was made from. */
  async #held<T>(answer: T): Promise<T> {
    if (this.#changed) await this.#durable();
    return answer;
  }

  #write(): void {
    this.#changed = false;
    store(this.ctx, () => writeCounters(this.ctx.storage, this.#counters));
  }
}
