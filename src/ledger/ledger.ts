/**
 * The Durable Object of one grant: the authority for its status, the versions in force for it, its counters and its
 * journal.
 *
 * Every decision is made in one synchronous turn in memory, so nothing can come between looking and taking; an answer
 * leaves only when storage holds what it says. It must never call out while it counts, and never answer from memory
 * that storage failed to take: then the object is thrown away, and the next call starts from what is stored.
 */
import { DurableObject } from "cloudflare:workers";
import type { Env } from "../env.ts";
import { type GrantRecord, readGrant } from "../grant/record.ts";
import { isEmpty, newBatch, writeBatch } from "./batch.ts";
import { groupCommit } from "./commit.ts";
import { advance, type Counters, giveBack, noCounters, take } from "./counters.ts";
import { openJournal, rowOf, takenBy } from "./journal.ts";
import type { Settlement, TakeAnswer, TakeRequest, Usage } from "./protocol.ts";
import { usageOf } from "./usage.ts";

export class GrantLedger extends DurableObject<Env> {
  #grant: GrantRecord | null;
  #hydration: Promise<void> | null = null;
  readonly #counters: Counters;
  #lastSeq: number;
  #batch = newBatch();
  readonly #durable: () => Promise<void>;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.#grant = ctx.storage.kv.get<GrantRecord>("grant") ?? null;
    this.#counters = ctx.storage.kv.get<Counters>("counters") ?? noCounters();
    this.#lastSeq = openJournal(ctx.storage.sql);
    this.#durable = groupCommit(
      () => this.#write(),
      () => ctx.storage.sync(),
    );
  }

  /** Takes what a call asks of the grant's counters, all or nothing, and journals what was decided. */
  async take(request: TakeRequest): Promise<TakeAnswer> {
    if (this.#grant === null) await this.#hydrate();
    const answer = this.#decide(request);
    if (!isEmpty(this.#batch)) await this.#durable();
    return answer;
  }

  /** Completes journal rows, and gives units back where the call certainly did not run. Each row closes once. */
  async settle(settlements: readonly Settlement[]): Promise<void> {
    advance(this.#counters, Date.now());
    this.#close(settlements);
    if (!isEmpty(this.#batch)) await this.#durable();
  }

  /** Puts a change of the grant in force; a record no later than the one in force changes nothing. */
  async put(grant: GrantRecord): Promise<void> {
    if (grant.id !== this.#id()) throw new Error("this is the ledger of another grant");
    this.#accept(grant);
  }

  /** The grant as it is in force; null when it is revoked, expired or unknown. */
  async view(): Promise<GrantRecord | null> {
    if (this.#grant === null) await this.#hydrate();
    return this.#inForce(advance(this.#counters, Date.now()));
  }

  /** What stands in the counters, for people. */
  async usage(): Promise<Usage> {
    advance(this.#counters, Date.now());
    return usageOf(this.#counters, this.#lastSeq);
  }

  /** The synchronous turn. Nothing in here may wait. */
  #decide(request: TakeRequest): TakeAnswer {
    const at = advance(this.#counters, Date.now());
    this.#close(request.settlements);
    const grant = this.#inForce(at);
    if (grant === null) return { kind: "revoked" };
    const policyVersion = grant.policy?.version ?? null;
    if (request.policyVersion !== policyVersion || request.serverVersion !== grant.serverVersion) {
      return { kind: "stale", grant };
    }
    const outcome = take(this.#counters, request.demands);
    if (outcome.kind === "taken" && outcome.taken.length > 0) this.#batch.countersChanged = true;
    const seq = request.entry === null ? null : ++this.#lastSeq;
    if (request.entry !== null && seq !== null) {
      this.#batch.rows.push(rowOf(seq, at, request.entry, request.demands, outcome));
    }
    return outcome.kind === "taken" ? { kind: "ok", seq, at } : { ...outcome, at };
  }

  #close(settlements: readonly Settlement[]): void {
    for (const settlement of settlements) {
      if (this.#batch.ends.has(settlement.seq)) continue;
      this.#batch.ends.set(settlement.seq, settlement);
      const taken = settlement.giveBack ? takenBy(this.ctx.storage.sql, settlement.seq) : null;
      if (taken === null || taken.length === 0) continue;
      giveBack(this.#counters, taken);
      this.#batch.countersChanged = true;
    }
  }

  #inForce(now: number): GrantRecord | null {
    const grant = this.#grant;
    if (grant === null || grant.status !== "active") return null;
    return grant.expiresAt !== null && grant.expiresAt <= now ? null : grant;
  }

  /** A ledger that was never told of its grant asks the registry; what the registry does not know is not kept. */
  async #hydrate(): Promise<void> {
    this.#hydration ??= readGrant(this.env.GRANTGATE_DB, this.#id())
      .then((grant) => grant !== null && this.#accept(grant))
      .then(() => {})
      .finally(() => {
        this.#hydration = null;
      });
    await this.#hydration;
  }

  /** Revisions make this safe whatever overtakes what: a push, another push, or a hydration that began earlier. */
  #accept(grant: GrantRecord): void {
    if (this.#grant !== null && grant.revision <= this.#grant.revision) return;
    this.#grant = grant;
    this.#store(() => this.ctx.storage.kv.put("grant", grant));
  }

  #write(): void {
    const batch = this.#batch;
    this.#batch = newBatch();
    this.#store(() => writeBatch(this.ctx.storage, this.#counters, batch));
  }

  /** All of it or none; when it fails, memory says what storage does not, so the object must go. */
  #store(write: () => void): void {
    try {
      this.ctx.storage.transactionSync(write);
    } catch (error) {
      this.ctx.abort("the ledger could not be written");
      throw error;
    }
  }

  #id(): string {
    const id = this.ctx.id.name;
    if (id === undefined) throw new Error("a ledger is found by the name of its grant");
    return id;
  }
}
