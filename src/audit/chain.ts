/**
 * Whether the audit trail of one grant is whole: nothing missing, changed, moved or doubled since it was written.
 *
 * Reads the records once, in the order of their calls, and keeps only endings whose turn has not come: a trail of any
 * length is verified in little memory. Runs in the gateway and in the CLI. It must never take a link on faith that it
 * can hash.
 */
import { linkHash, type Place } from "./link.ts";
import type { Link } from "./record.ts";

export { linkHash } from "./link.ts";

/** A record as the trail holds it: the texts that were hashed, and where they stand in the chain. */
export type Chained = {
  readonly grant: string;
  readonly seq: number;
  /** The decision. */
  readonly record: string;
  readonly link: number;
  readonly hash: string;
  /** How the call ended; null while that is not known. */
  readonly ending: string | null;
  readonly endLink: number | null;
  readonly endHash: string | null;
};

export type Verification =
  /** `head` is the last link of all that was read. */
  | { readonly kind: "whole"; readonly head: Place; readonly records: number }
  /** The first link that is not as it was written, and what is wrong there. */
  | { readonly kind: "broken"; readonly link: number; readonly reason: string };

type Entry = Link & { readonly hash: string };

/**
 * `records` in ascending order of `seq`. `anchor` is where the chain begins: what lay up to there was let go of, except
 * for calls that ended behind it, whose decisions can't be hashed any more. `head` is a place that the grant's ledger
 * says the chain has passed.
 */
export async function verifyChain(
  records: Iterable<Chained> | AsyncIterable<Chained>,
  anchor: Place,
  head?: Place,
): Promise<Verification> {
  const walk = new Walk(anchor, head);
  let [last, count] = [0, 0];
  for await (const record of records) {
    const fault = orderFault(record.seq, last, walk.at.link + 1) ?? (await walk.take(record));
    if (fault !== null) return fault;
    last = record.seq;
    count++;
  }
  return (await walk.end()) ?? { kind: "whole", head: walk.at, records: count };
}

type Broken = Extract<Verification, { readonly kind: "broken" }>;

function broken(link: number, reason: string): Broken {
  return { kind: "broken", link, reason };
}

function orderFault(seq: number, last: number, link: number): Broken | null {
  if (seq > last) return null;
  return broken(link, seq === last ? `record ${seq} is there twice` : `record ${seq} comes after record ${last}`);
}

class Walk {
  at: Place;
  readonly #anchor: Place;
  readonly #head: Place | undefined;
  /** Endings by their links, until the chain has come so far. */
  readonly #ends = new Map<number, { readonly entry: Entry; readonly grant: string }>();

  constructor(anchor: Place, head: Place | undefined) {
    this.at = anchor;
    this.#anchor = anchor;
    this.#head = head;
  }

  async take(record: Chained): Promise<Broken | null> {
    const { grant, seq, link, hash, record: text } = record;
    const end = endOf(record);
    if (end === "incomplete") return broken(link, `record ${seq} has half an ending`);
    if (end !== null && this.#ends.has(end.link)) return broken(end.link, `link ${end.link} is there twice`);
    if (link <= this.#anchor.link) {
      if (end === null || end.link <= this.#anchor.link) {
        return broken(link, `record ${seq} stands before link ${this.#anchor.link + 1}, where the chain begins`);
      }
    } else {
      const fault = (await this.#passEnds()) ?? (await this.#pass(grant, { kind: "decided", link, seq, text, hash }));
      if (fault !== null) return fault;
    }
    if (end === null) return null;
    if (end.link <= this.at.link) return broken(end.link, `link ${end.link} (${nameOf(end)}) comes before its time`);
    this.#ends.set(end.link, { entry: end, grant });
    return null;
  }

  async end(): Promise<Broken | null> {
    const fault = await this.#passEnds();
    if (fault !== null) return fault;
    const last = Math.max(this.#head?.link ?? 0, ...this.#ends.keys());
    return last > this.at.link ? missing(this.at.link + 1) : this.#headFault();
  }

  async #passEnds(): Promise<Broken | null> {
    for (;;) {
      const next = this.#ends.get(this.at.link + 1);
      if (next === undefined) return null;
      this.#ends.delete(next.entry.link);
      const fault = await this.#pass(next.grant, next.entry);
      if (fault !== null) return fault;
    }
  }

  async #pass(grant: string, { hash, ...link }: Entry): Promise<Broken | null> {
    const next = this.at.link + 1;
    if (link.link < next) return broken(link.link, `link ${link.link} (record ${link.seq}) is there twice`);
    if (link.link > next) return missing(next);
    if ((await linkHash(this.at.hash, grant, link)) !== hash) {
      return broken(next, `link ${next} (${nameOf(link)}) was changed, or the one before it`);
    }
    this.at = { link: next, hash };
    return this.#headFault();
  }

  #headFault(): Broken | null {
    if (this.#head === undefined || this.#head.link !== this.at.link || this.#head.hash === this.at.hash) return null;
    return broken(this.at.link, `link ${this.at.link} is not the one that the grant's ledger wrote`);
  }
}

function missing(link: number): Broken {
  return broken(link, `link ${link} is missing`);
}

function nameOf({ kind, seq }: Link): string {
  return kind === "decided" ? `record ${seq}` : `the ending of record ${seq}`;
}

function endOf({ seq, ending, endLink, endHash }: Chained): Entry | "incomplete" | null {
  if (ending === null && endLink === null && endHash === null) return null;
  if (ending === null || endLink === null || endHash === null) return "incomplete";
  return { kind: "ended", link: endLink, seq, text: ending, hash: endHash };
}
