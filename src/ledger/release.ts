/**
 * What of a grant's audit trail may be let go of, as the grant's ledger knows it.
 *
 * The trail lies in D1, and so does the place where it begins: whoever can write there could call any of it past its
 * time. So the ledger keeps the place itself, and some of when its links were written. It must never agree to less than
 * what its own clock says is over.
 */
import { BEGINNING, type Place } from "../audit/link.ts";

const RELEASED = "released";
const DAYS = "days";
const DAY_MS = 86_400_000;
/** A batch is written soon after it was decided. */
const SLACK_MS = 60_000;

/** Links behind this one were decided at this Unix time in milliseconds or later; in order. */
type Days = readonly (readonly [at: number, link: number])[];

/** Where the trail begins; behind it nothing may be missing. */
export function released(kv: SyncKvStorage): Place {
  return kv.get<Place>(RELEASED) ?? BEGINNING;
}

/** Notes that links behind `link` are of this day; `noted` is the day that was noted last. Returns this day. */
export function noteDay(kv: SyncKvStorage, noted: number | null, link: number, now: number): number {
  const day = Math.floor(now / DAY_MS);
  if (noted === day) return day;
  const days = kv.get<Days>(DAYS) ?? [];
  const [last = Number.NEGATIVE_INFINITY] = days.at(-1) ?? [];
  if (Math.floor((last + SLACK_MS) / DAY_MS) < day) kv.put(DAYS, [...days, [now - SLACK_MS, link]] satisfies Days);
  return day;
}

/**
 * Whether all up to `to` is older than `before` (Unix milliseconds), as far as days tell, and may go: then the trail
 * begins behind it. A call ends up to a day after it was decided, so that much is allowed for. `written` is the number of
 * the last link.
 */
export function release(kv: SyncKvStorage, to: Place, before: number, written: number): boolean {
  // A ledger that was lost with all it knew must not keep its trail from being let go of.
  if (written === 0) return true;
  const days = kv.get<Days>(DAYS) ?? [];
  const younger = days.findIndex(([at]) => at >= before + DAY_MS + SLACK_MS);
  if (to.link > (days[younger]?.[1] ?? written)) return false;
  if (to.link > released(kv).link) kv.put(RELEASED, { link: to.link, hash: to.hash });
  const over = days.findLastIndex(([at]) => at < before) + 1;
  if (over > 0) kv.put(DAYS, days.slice(over));
  return true;
}
