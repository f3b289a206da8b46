/**
 * The Durable Object of one grant: the authority for its status, the versions in force for it, its counters and its
 * journal.
 *
 * What is the grant's own is decided in one synchronous turn in memory, so nothing can come between looking and taking;
 * what all grants of the server share, the server's ledger is asked for afterwards. An answer leaves only when storage
 * holds what it says. It must never call out between looking and taking.
 */
import { DurableObject } from "cloudflare:workers";
import type { Place } from "../audit/link.ts";
import type { Env } from "../env.ts";
import { type GrantRecord, readGrant } from "../grant/record.ts";
import { causeOf, log } from "../observe/log.ts";
import { confirmed, isSame, isUndone, lastWord } from "./agree.ts";
import { isEmpty, newBatch, writeBatch } from "./batch.ts";
import { forOthers, groupCommit } from "./commit.ts";
import { advance } from "./counters.ts";
import { serverLedgerOf } from "./find.ts";
import { inForce, type Standing, standingOf } from "./force.ts";
import { type Gathered, Gatherer } from "./gatherer.ts";
import { jointly, type Parts, partsOf, sharedOf } from "./joint.ts";
import { openRows } from "./journal.ts";
import { knownOpen } from "./open-here.ts";
import type { Held, Settlement, TakeAnswer, TakeRequest, Usage } from "./protocol.ts";
import { readCounters, store } from "./store.ts";
import type { Taken } from "./take.ts";
import { openTrail } from "./trail.ts";
import { close, type Decided, type Memory, record, takeOwn, undo } from "./turn.ts";
import { usageOf } from "./usage.ts";

/** A ledger that is in use asks the registry again after this. */
const AGREED_MS = 60_000;

export class GrantLedger extends DurableObject<Env> {
  #grant: GrantRecord | null;
  #hydration: Promise<void> | null = null;
  readonly #memory: Memory;
  readonly #gatherer: Gatherer;
  /** When the registry was last asked; Unix time in milliseconds. */
  #agreedAt = Number.NEGATIVE_INFINITY;
  readonly #durable: () => Promise<void>;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.#grant = ctx.storage.kv.get<GrantRecord>("grant") ?? null;
    const counters = readCounters(ctx.storage);
    const { marks, seq, link, at } = openTrail(ctx.storage, counters.clock);
    // Records are found by time, so they must be in its order, whichever machine's clock it is.
    advance(counters, at);
    this.#memory = { counters, batch: newBatch(), open: new Map(), lastSeq: seq, lastLink: link };
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
      forOthers,
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

  /**
   * Puts a change of the grant in force, and says what it then holds. A record no later than the one in force changes
   * nothing; one that says something else makes the ledger ask the registry which of the two is to be.
   */
  async put(grant: GrantRecord): Promise<Held> {
    if (grant.id !== this.#id()) throw new Error("this is the ledger of another grant");
    this.#accept(grant);
    const held = this.#grant;
    if (held !== null && held !== grant && !isSame(held, grant)) await this.#agree();
    return { revision: this.#grant?.revision ?? 0 };
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

  /**
   * Whether the audit trail may be let go of up to there: all of it is said to be older than `before` (Unix
   * milliseconds), and this ledger does not know better.
   */
  async release(to: Place, before: number): Promise<boolean> {
    return this.#gatherer.release(to, before);
  }

  override async alarm(): Promise<void> {
    await this.#gatherer.alarm();
    await this.#lookUp();
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
    if (settlements.length === 0) return [];
    const seqs = settlements.map(({ seq }) => seq);
    const { rows, unknown } = knownOpen(this.#memory.open, seqs, this.#now());
    for (const [seq, row] of openRows(this.ctx.storage.sql, unknown)) rows.set(seq, row);
    return sharedOf(close(this.#memory, settlements, rows));
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

  /** Calls that come set the alarm, so what they are decided by is held against the registry while they come. */
  async #lookUp(): Promise<void> {
    if (Date.now() - this.#agreedAt < AGREED_MS) return;
    try {
      await this.#agree();
      this.#agreedAt = Date.now();
    } catch (error) {
      log("warn", "registry not reached", { step: "agree", grant: this.#id(), cause: causeOf(error) });
    }
  }

  /** Takes the registry's word for what is in force. Throws, and changes nothing, when that can't be had. */
  async #agree(): Promise<void> {
    const held = this.#grant;
    if (held === null) return;
    const known = await lastWord(this.env.GRANTGATE_DB, held, this.#now());
    // What was put meanwhile is later than what was read.
    if (this.#grant !== held || known === held) return;
    if (known === null) return this.#forget();
    this.#accept(known);
    if (this.#grant === known) await confirmed(this.env.GRANTGATE_DB, known);
  }

  /** What the registry does not know is not kept; whoever calls makes the ledger ask again. */
  #forget(): void {
    log("warn", "grant not in the registry", { step: "agree", grant: this.#id() });
    this.#grant = null;
    store(this.ctx, () => this.ctx.storage.kv.delete("grant"));
  }

  /**
   * Revisions make this safe whatever overtakes what: a push, another push, or a hydration that began earlier. What was
   * revoked is never anything else again.
   */
  #accept(grant: GrantRecord): void {
    const held = this.#grant;
    if (held !== null && (grant.revision <= held.revision || isUndone(held, grant))) return;
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
