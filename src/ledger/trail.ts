/**
 * Where a grant's ledger finds its place again: the numbers it gave out last, how far its journal was gathered, and what
 * time it was then.
 *
 * Rows that were gathered are gone, so it takes the marks and the rows that are left together to tell. A number must
 * never be given out twice.
 */
import { FIRST, type Marks } from "../audit/gather.ts";
import { adoptJournal, type Last, openJournal } from "./journal.ts";

const KEY = "marks";

/** `at` is the time of the last decision that is known of, in Unix milliseconds. */
export type Trail = Last & { readonly marks: Marks; readonly at: number };

export function openTrail(storage: DurableObjectStorage, now: number): Trail {
  return storage.transactionSync(() => {
    const rows = openJournal(storage.sql);
    const adopted = adoptJournal(storage.sql, now);
    const marks = storage.kv.get<Marks>(KEY) ?? adoptedMarks(adopted ?? 0);
    if (adopted !== null) writeMarks(storage, marks);
    const known = Object.values(marks);
    return {
      marks,
      seq: Math.max(rows.seq, adopted ?? 0, ...known.map(({ seq }) => seq)),
      link: Math.max(rows.link, ...known.map(({ link }) => link)),
      at: Math.max(rows.at, ...known.map(({ at }) => at ?? 0)),
    };
  });
}

export function writeMarks({ kv }: DurableObjectStorage, marks: Marks): void {
  kv.put(KEY, marks);
}

/** What was decided before there were links is no part of the trail. */
function adoptedMarks(seq: number): Marks {
  return { d1: { ...FIRST, seq } };
}
