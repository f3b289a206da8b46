/**
 * What one sight of a tool makes of what was known of it. Pure.
 *
 * The first sight pins. What is listed differently later, and what comes later, drifts, and stays so, whatever the server
 * lists next, until an operator accepts it.
 */

export type Sighted = {
  readonly name: string;
  /** Hash of the definition that is pinned; null for a tool that came later and was not accepted. */
  readonly pinned: string | null;
  /** Unix milliseconds, like the others. */
  readonly pinnedAt: number | null;
  /** Hash of the definition that was listed last, and since when. */
  readonly listed: string;
  readonly listedAt: number;
  /** Since when the tool is not what was pinned. */
  readonly driftedAt: number | null;
  /** Since when whole lists come without it. */
  readonly goneAt: number | null;
};

export type State = "pinned" | "changed" | "new" | "gone";

export function stateOf({ pinned, driftedAt, goneAt }: Sighted): State {
  if (goneAt !== null) return "gone";
  if (pinned === null) return "new";
  return driftedAt === null ? "pinned" : "changed";
}

export type Sight = {
  readonly name: string;
  readonly hash: string;
  readonly now: number;
  /** What has not been seen is pinned: nobody has seen the whole list yet. */
  readonly pinsNew: boolean;
  /** Whatever is listed is pinned. */
  readonly follows: boolean;
};

/** The very same object where the sight says nothing new. */
export function sighted(known: Sighted | undefined, { name, hash, now, pinsNew, follows }: Sight): Sighted {
  const since = { listed: hash, listedAt: now, goneAt: null };
  const pinned: Sighted = { name, pinned: hash, pinnedAt: now, ...since, driftedAt: null };
  if (known === undefined)
    return follows || pinsNew ? pinned : { ...pinned, pinned: null, pinnedAt: null, driftedAt: now };
  if (follows && (known.pinned !== hash || known.driftedAt !== null)) return pinned;
  const driftedAt = known.pinned === hash ? known.driftedAt : (known.driftedAt ?? now);
  if (known.listed === hash && known.goneAt === null && known.driftedAt === driftedAt) return known;
  return { ...known, ...(known.listed === hash ? { goneAt: null } : since), driftedAt };
}

/** What an operator's acceptance of a definition makes of it; null where that is no definition of the tool's. */
export function accepted(known: Sighted, hash: string, now: number): Sighted | null {
  if (hash !== known.listed && hash !== known.pinned) return null;
  const pinnedAt = hash === known.pinned ? known.pinnedAt : now;
  return { ...known, pinned: hash, pinnedAt, driftedAt: hash === known.listed ? null : known.driftedAt };
}
