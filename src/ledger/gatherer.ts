/**
 * When a grant's ledger is gathered from, and what of its journal may go afterwards.
 *
 * An alarm is set in the very write that makes the first link which a sink has not got, so that no link is ever left
 * without one. A sink is served once at a time. Nothing here may throw into the alarm: the platform would give up on it
 * after a few times.
 */
import { drain, dueAt, type Mark, type Marks, marksFor, type Outbox, type Sink, skipAhead } from "../audit/gather.ts";
import type { Place } from "../audit/link.ts";
import type { Link } from "../audit/record.ts";
import { sinksOf } from "../audit/sinks/sinks.ts";
import type { Env } from "../env.ts";
import { causeOf, type Fields, log } from "../observe/log.ts";
import { LONGEST_OPEN_MS, letGo, linksAfter, openSince } from "./journal.ts";
import { noteDay, release, released } from "./release.ts";
import { store } from "./store.ts";
import { writeMarks } from "./trail.ts";

/**
 * What was asked for is in the trail: the last link there, which all that the ledger had written by then precedes.
 * `released` is the last link that may be missing from it.
 */
export type Gathered = { readonly head: Place; readonly gathered: number; readonly released: Place };

export type Ledger = {
  readonly grant: () => string;
  /** Unix time in milliseconds by the ledger's clock. */
  readonly now: () => number;
  /** Writes what only memory holds. */
  readonly flush: () => void;
};

const DELAY_SECONDS = 5;

export class Gatherer implements Outbox {
  marks: Marks;
  readonly #ctx: DurableObjectState;
  readonly #env: () => Env;
  readonly #ledger: Ledger;
  readonly #underway = new Map<string, Promise<unknown>>();
  /** Number of the last link that was written. */
  #written: number;
  /** For when the alarm is set, as far as this object knows. */
  #alarmAt: number | null = null;
  /** The day that was noted last, in days since 1970. */
  #day: number | null = null;

  constructor(ctx: DurableObjectState, env: () => Env, ledger: Ledger, marks: Marks, written: number) {
    this.#ctx = ctx;
    this.#env = env;
    this.#ledger = ledger;
    this.marks = marksFor(marks, sinksOf(env(), Date.now));
    this.#written = written;
    if (this.#due() !== null) ctx.waitUntil(this.#wake());
  }

  /** To be called in the transaction that writes links. */
  wrote(last: number): void {
    if (last > this.#written) {
      this.#day = noteDay(this.#ctx.storage.kv, this.#day, this.#written, this.#ledger.now());
    }
    this.#written = last;
    this.#setAlarm(this.#due());
  }

  async alarm(): Promise<void> {
    this.#alarmAt = null;
    const now = Date.now();
    await Promise.all(this.#sinks().map((sink) => (this.#isWaiting(sink, now) ? null : this.#turn(sink))));
    this.#rest();
  }

  /** Brings all that was written into the trail; throws when that can't be reached. */
  async gather(): Promise<Gathered> {
    this.#ledger.flush();
    const [trail] = this.#sinks();
    const wanted = this.#written;
    while (this.#markOf(trail).link < wanted) {
      const error = await this.#turn(trail);
      if (error !== null) throw new Error(`the audit trail could not be gathered: ${error}`);
    }
    this.#rest();
    const { link, hash } = this.#markOf(trail);
    return { head: { link, hash }, gathered: link, released: released(this.#ctx.storage.kv) };
  }

  /** Whether the trail may be let go of up to there, all of which is said to be older than `before`. */
  release(to: Place, before: number): boolean {
    let may = false;
    store(this.#ctx, () => {
      may = release(this.#ctx.storage.kv, to, before, this.#written);
    });
    return may;
  }

  get grant(): string {
    return this.#ledger.grant();
  }

  last(): number {
    return this.#written;
  }

  read(mark: Mark, most: number, mostText: number): readonly Link[] {
    return linksAfter(this.#ctx.storage.sql, mark, most, mostText);
  }

  stored(): Promise<void> {
    return this.#ctx.storage.sync();
  }

  keep(marks: Marks): void {
    this.marks = marks;
    this.#tidy(() => writeMarks(this.#ctx.storage, marks));
  }

  #sinks(): readonly [Sink, ...Sink[]] {
    const sinks = sinksOf(this.#env(), Date.now);
    this.marks = marksFor(this.marks, sinks);
    return sinks;
  }

  #turn(sink: Sink): Promise<unknown> {
    const turn = this.#underway.get(sink.name) ?? this.#serve(sink).finally(() => this.#underway.delete(sink.name));
    this.#underway.set(sink.name, turn);
    return turn;
  }

  async #serve(sink: Sink): Promise<unknown> {
    try {
      const [trail] = this.#sinks();
      const skipped = skipAhead(this, trail, sink);
      if (skipped > 0) this.#log("audit links skipped", sink, { count: skipped });
      const error = await drain(this, sink, Date.now);
      if (error !== null) this.#log("audit sink failed", sink, { cause: causeOf(error) });
      return error;
    } catch (error) {
      this.#log("audit gathering failed", sink, { cause: causeOf(error) });
      return error;
    }
  }

  #isWaiting(sink: Sink, now: number): boolean {
    const { failures, retryAt } = this.#markOf(sink);
    return failures > 0 && retryAt > now;
  }

  #markOf({ name }: Sink): Mark {
    const mark = this.marks[name];
    if (mark === undefined) throw new Error(`sink ${name} has no mark`);
    return mark;
  }

  /** What is open is let go of in its time, and until then an alarm stays set. */
  #rest(): void {
    const { sql } = this.#ctx.storage;
    const open = openSince(sql);
    if (open !== null && open <= this.#ledger.now() - LONGEST_OPEN_MS) this.#tidy(() => {});
    const left = openSince(sql);
    this.#setAlarm(this.#due() ?? (left === null ? null : left + LONGEST_OPEN_MS));
  }

  /** Endings that only memory holds come first: a row they belong to must not go before them. */
  #tidy(write: () => void): void {
    this.#ledger.flush();
    const slowest = Object.values(this.marks).reduce((a, b) => (b.link < a.link ? b : a));
    store(this.#ctx, () => {
      write();
      letGo(this.#ctx.storage.sql, slowest.link, slowest.seq, this.#ledger.now());
    });
  }

  #due(): number | null {
    const seconds = Number(this.#env().AUDIT_DELAY_SECONDS ?? DELAY_SECONDS);
    const delay = seconds >= 0 && Number.isFinite(seconds) ? seconds : DELAY_SECONDS;
    return dueAt(this.marks, this.#written, Date.now(), delay * 1_000);
  }

  #setAlarm(due: number | null): void {
    if (due === null || (this.#alarmAt !== null && this.#alarmAt <= due)) return;
    this.#alarmAt = due;
    // Part of the write that is under way: when it fails, the object goes with it.
    this.#ctx.storage.setAlarm(due).catch(() => {});
  }

  /** An object that finds links left from before makes sure that they will be fetched. */
  async #wake(): Promise<void> {
    const at = await this.#ctx.storage.getAlarm();
    if (at === null && this.#underway.size === 0) this.#setAlarm(this.#due());
  }

  #log(event: string, { name }: Sink, more: Fields): void {
    log("error", event, { step: name, grant: this.grant, ...more });
  }
}
