/**
 * Gathers links from a grant's ledger into the places where the audit trail is kept: the sinks.
 *
 * A link is delivered at least once, always with the same text and hash, and a sink takes a second delivery for the
 * first. What is not known to have arrived stays in the ledger. Sinks wait for nobody but themselves. What fails here is
 * tried again later; it must never reach a call.
 */
import { BEGINNING, type Hashed, hashed, type Place } from "./link.ts";
import type { Link } from "./record.ts";

/** Where the trail goes. */
export interface Sink {
  readonly name: string;
  /**
   * Whether links that were once tried to be delivered together must be so again, because what is delivered is named
   * by its first and last link.
   */
  readonly framed: boolean;
  /** `links` are at least one, in order and without a gap. Throws when they may not have arrived. */
  deliver(grant: string, links: readonly Hashed[]): Promise<void>;
}

/** How far a sink has come. This is stored: fields may be added, never changed or taken away. */
export type Mark = Place & {
  /** Number of the last decision up to there. */
  readonly seq: number;
  /** When that was made; Unix time in milliseconds. */
  readonly at?: number;
  /** Last link of what is being delivered, where that has to stay together. */
  readonly until?: number;
  /** Failures in a row, and until when to wait after the last; Unix time in milliseconds. */
  readonly failures: number;
  readonly retryAt: number;
};

/** By the sink's name. The first sink is the trail itself; others follow it. */
export type Marks = Readonly<Record<string, Mark>>;

/** What a ledger offers to whoever gathers from it. */
export interface Outbox {
  readonly grant: string;
  marks: Marks;
  /** Number of the last link. */
  last(): number;
  /** Links after the mark, in order and without a gap. */
  read(mark: Mark, most: number, mostText: number): readonly Link[];
  /** Resolves when nothing of what was read can be lost any more. */
  stored(): Promise<void>;
  /** Keeps the marks, and lets go of what every sink has. */
  keep(marks: Marks): void;
}

export const FIRST: Mark = { ...BEGINNING, seq: 0, failures: 0, retryAt: 0 };

/** With what is escaped in JSON this stays below 800 KB in any script. */
const MOST_TEXT = 250_000;
const MOST_LINKS = 500;
/** How long one sink may go on in one turn, so that others' turns come: a turn ends when all of it has. */
const LONGEST_TURN_MS = 10_000;
/** A sink that is behind the trail by more than this gives up what lies between. */
export const MOST_BEHIND = 100_000;
const FIRST_RETRY_MS = 5_000;
const LAST_RETRY_MS = 300_000;

/** The marks for these sinks: one that is new begins where the trail has come to. */
export function marksFor(marks: Marks, [trail, ...others]: readonly [Sink, ...Sink[]]): Marks {
  const first = marks[trail.name] ?? FIRST;
  const start = { ...FIRST, link: first.link, hash: first.hash, seq: first.seq };
  return Object.fromEntries([[trail.name, first], ...others.map(({ name }) => [name, marks[name] ?? start])]);
}

/** When to gather next; null while every sink has everything. */
export function dueAt(marks: Marks, last: number, now: number, delayMs: number): number | null {
  const behind = Object.values(marks).filter(({ link }) => link < last);
  if (behind.length === 0) return null;
  return Math.min(...behind.map(({ failures, retryAt }) => (failures > 0 ? retryAt : now + delayMs)));
}

/** Delivers what the sink has not got, or what it can in one turn; the error when something did not arrive. */
export async function drain(outbox: Outbox, sink: Sink, now: () => number): Promise<unknown> {
  const begun = now();
  while (outbox.last() > markOf(outbox, sink).link) {
    try {
      await deliverNext(outbox, sink);
    } catch (error) {
      const mark = markOf(outbox, sink);
      const failures = mark.failures + 1;
      const retryAt = now() + Math.min(FIRST_RETRY_MS * 2 ** (failures - 1), LAST_RETRY_MS);
      outbox.keep({ ...outbox.marks, [sink.name]: { ...mark, failures, retryAt } });
      return error;
    }
    if (now() - begun > LONGEST_TURN_MS) return null;
  }
  return null;
}

/** Lets a sink that has fallen too far behind the trail go on where that is. Returns how many links it gave up. */
export function skipAhead(outbox: Outbox, trail: Sink, sink: Sink): number {
  const [ahead, mark] = [markOf(outbox, trail), markOf(outbox, sink)];
  const behind = ahead.link - mark.link;
  if (behind <= MOST_BEHIND) return 0;
  outbox.keep({ ...outbox.marks, [sink.name]: { ...FIRST, link: ahead.link, hash: ahead.hash, seq: ahead.seq } });
  return behind;
}

async function deliverNext(outbox: Outbox, sink: Sink): Promise<void> {
  const mark = markOf(outbox, sink);
  const links =
    mark.until === undefined
      ? outbox.read(mark, MOST_LINKS, MOST_TEXT)
      : outbox.read(mark, mark.until - mark.link, Number.POSITIVE_INFINITY);
  const chain = await hashed(mark, outbox.grant, links);
  const end = chain.at(-1);
  if (end === undefined) throw new Error(`link ${mark.link + 1} is missing from the ledger`);
  if (sink.framed && mark.until === undefined) {
    outbox.keep({ ...outbox.marks, [sink.name]: { ...mark, until: end.link } });
  }
  await outbox.stored();
  await sink.deliver(outbox.grant, chain);
  const last = chain.findLast(({ kind }) => kind === "decided");
  const { at = 0 }: { at?: number } = last === undefined ? mark : JSON.parse(last.text);
  const next: Mark = { link: end.link, hash: end.hash, seq: last?.seq ?? mark.seq, at, failures: 0, retryAt: 0 };
  outbox.keep({ ...outbox.marks, [sink.name]: next });
}

function markOf({ marks }: Outbox, { name }: Sink): Mark {
  const mark = marks[name];
  if (mark === undefined) throw new Error(`sink ${name} has no mark`);
  return mark;
}
