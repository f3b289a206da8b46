/**
 * The Durable Object of one grant: the authority for its status, the versions in force for it, its counters and its
 * journal.
 *
 * What is the grant's own is decided in one synchronous turn in memory, so nothing can come between looking and taking;
 * what all grants of the server share, the server's ledger is asked for afterwards. An answer leaves only when storage
 * holds what it says. It must never call out between looking and taking.
 */
import { DurableObject } from "cloudflare:workers";
import type { Env } from "../env.ts";
import { type GrantRecord, readGrant } from "../grant/record.ts";
import { isEmpty, newBatch, writeBatch } from "./batch.ts";
import { groupCommit } from "./commit.ts";
import { advance } from "./counters.ts";
import { serverLedgerOf } from "./find.ts";
import { inForce, type Standing, standingOf } from "./force.ts";
import { type Gathered, Gatherer } from "./gatherer.ts";
import { jointly, type Parts, partsOf, sharedOf } from "./joint.ts";
import { openRows } from "./journal.ts";
import type { Settlement, TakeAnswer, TakeRequest, Usage } from "./protocol.ts";
import { readCounters, store } from "./store.ts";
import type { Taken } from "./take.ts";
import { openTrail } from "./trail.ts";
import { close, type Decided, type Memory, record, takeOwn, undo } from "./turn.ts";
import { usageOf } from "./usage.ts";

export class GrantLedger extends DurableObject<Env> {
  #grant: GrantRecord | null;
  #hydration: Promise<void> | null = null;
  readonly #memory: Memory;
  readonly #gatherer: Gatherer;
  readonly #durable: () => Promise<void>;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.#grant = ctx.storage.kv.get<GrantRecord>("grant") ?? null;
    const counters = readCounters(ctx.storage);
    const { marks, seq, link } = openTrail(ctx.storage, counters.clock);
    this.#memory = { counters, batch: newBatch(), lastSeq: seq, lastLink: link };
    this.#gatherer = new Gatherer(
      ctx,
      () => this.env,
      { grant: () => this.#grant?.id ?? this.#id(), now: () => this.#now(), flush: () => this.#flush() },
      marks,
      link,
    );
    this.#durable = groupCommit(
      () => this.#write(),
      () => ctx.storage.sync(),
    );
  }

  /** Takes what a call asks of the counters, all or nothing, and journals what was decided. */
  async take(request: TakeRequest): Promise<TakeAnswer> {
    if (this.#grant === null) await this.#hydrate();
    const owed = this.#close(request.settlements);
    if (owed.length > 0) await this.#payBack(owed);
    const parts = partsOf(request.demands);
    const answer = parts === null ? this.#decide(request) : await this.#decideJointly(request, parts);
    if (!isEmpty(this.#memory.batch)) await this.#durable();
    if (answer.kind === "failed") throw new Error(`the call could not be counted: ${answer.cause}`);
    return answer;
  }

  /** Completes journal rows, and gives units back where the call certainly did not run. Each row closes once. */
  async settle(settlements: readonly Settlement[]): Promise<void> {
    const owed = this.#close(settlements);
    if (owed.length > 0) await this.#payBack(owed);
    if (!isEmpty(this.#memory.batch)) await this.#durable();
  }

  /** Puts a change of the grant in force; a record no later than the one in force changes nothing. */
  async put(grant: GrantRecord): Promise<void> {
    if (grant.id !== this.#id()) throw new Error("this is the ledger of another grant");
    this.#accept(grant);
  }

  /** The grant as it is in force; null when it is not, or not for the token of this SHA-256. */
  async view(token?: string): Promise<GrantRecord | null> {
    if (this.#grant === null) await this.#hydrate();
    return inForce(this.#grant, token, this.#now());
  }

  /** What stands in the counters, for people. */
  async usage(): Promise<Usage> {
    return { at: this.#now(), calls: this.#memory.lastSeq, counters: usageOf(this.#memory.counters) };
  }

  /** Brings all that was decided so far into the audit trail, and says how far the trail has come. */
  async gather(): Promise<Gathered> {
    return this.#gatherer.gather();
  }

  override async alarm(): Promise<void> {
    await this.#gatherer.alarm();
  }

  #decide(request: TakeRequest): Decided {
    const standing = this.#standing(request);
    if (standing.kind !== "in force") return standing;
    return record(this.#memory, standing.grant, request, takeOwn(this.#memory, request.demands, request));
  }

  async #decideJointly(request: TakeRequest, parts: Parts): Promise<Decided> {
    const before = this.#standing(request);
    if (before.kind !== "in force") return before;
    const mine = takeOwn(this.#memory, parts.own.demands, request);
    const outcome = await jointly(mine, parts, serverLedgerOf(this.env, before.grant.server));
    // Much can have happened meanwhile: what was revoked or edited must not let this call through any more.
    const after = this.#standing(request);
    if (outcome.kind !== "taken" || after.kind !== "in force") undo(this.#memory, mine);
    if (after.kind === "in force") return record(this.#memory, after.grant, request, outcome);
    if (outcome.kind === "taken") await this.#payBack(sharedOf(outcome.taken));
    return after;
  }

  #standing(request: TakeRequest): Standing {
    return standingOf(this.#grant, request, this.#now());
  }

  /** Closes rows, and returns what the server's ledger is owed. */
  #close(settlements: readonly Settlement[]): readonly Taken[] {
    this.#now();
    const seqs = settlements.map(({ seq }) => seq);
    return sharedOf(close(this.#memory, settlements, openRows(this.ctx.storage.sql, seqs)));
  }

  /**
   * Units go back to the server's ledger only when storage has closed the rows that they came from: at most once,
   * whatever crashes. What can't be brought back stays taken.
   */
  async #payBack(owed: readonly Taken[]): Promise<void> {
    await this.#durable();
    await this.ctx.storage.sync();
    if (this.#grant === null) return;
    await serverLedgerOf(this.env, this.#grant.server)
      .giveBack(owed)
      .catch(() => {});
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
    store(this.ctx, () => this.ctx.storage.kv.put("grant", grant));
  }

  #write(): void {
    const { batch, counters } = this.#memory;
    this.#memory.batch = newBatch();
    store(this.ctx, () => {
      writeBatch(this.ctx.storage, counters, batch);
      this.#gatherer.wrote(this.#memory.lastLink);
    });
  }

  #flush(): void {
    if (!isEmpty(this.#memory.batch)) this.#write();
  }

  #now(): number {
    return advance(this.#memory.counters, Date.now());
  }

  #id(): string {
    const id = this.ctx.id.name;
    if (id === undefined) throw new Error("a ledger is found by the name of its grant");
    return id;
  }
}
