/**
 * Verifies audit trails: of the gateway, grant by grant as streams, or of an export that lies in a file. Memory does not
 * grow with their length. It must never call a trail whole of which it could not read something.
 */
import { type Chained, type Verification, verifyChain } from "../../audit/chain.ts";
import { BEGINNING, type Place } from "../../audit/link.ts";
import { parseJson } from "../../json/parse.ts";
import type { AuditChain } from "../admin/shapes.ts";
import { chained } from "./chained.ts";

export type Verdict = { readonly grant: string; readonly verification: Verification };

/** What the gateway has of one grant, asked anew each time. */
export type Source = {
  readonly chain: () => Promise<Pick<AuditChain, "anchor" | "head">>;
  readonly lines: () => AsyncIterable<string>;
};

/**
 * The trail of one grant up to the head that its ledger had a moment ago. What has come since is left out, since it may
 * be read half, a call before it ended; only that the ledger wrote so much is asked for.
 */
export async function verifyGrant({ chain, lines }: Source): Promise<Verification> {
  for (;;) {
    const { anchor, head } = await chain();
    const seen = { link: head.link };
    const verification = await verified(anchor, head, lines(), seen);
    if (verification.kind === "whole" && seen.link === head.link) return verification;
    const now = await chain();
    if (verification.kind === "whole") return now.head.link < seen.link ? notWritten(now.head) : verification;
    // What is over may have been let go of between the two answers. That ends: each time there is less of it.
    if (now.anchor.link <= anchor.link) return verification;
  }
}

function notWritten({ link }: Place): Verification {
  return { kind: "broken", link: link + 1, reason: `link ${link + 1} is not one that the grant's ledger wrote` };
}

async function verified(
  anchor: Place,
  head: Place,
  lines: AsyncIterable<string>,
  seen: { link: number },
): Promise<Verification> {
  try {
    return await verifyChain(upTo(head.link, lines, seen), anchor, head);
  } catch (error) {
    if (error instanceof Unreadable) return { kind: "broken", link: error.link, reason: error.message };
    throw error;
  }
}

/** `seen` comes to be the last link there is. */
async function* upTo(last: number, lines: AsyncIterable<string>, seen: { link: number }): AsyncGenerator<Chained> {
  let link = 0;
  for await (const line of lines) {
    const record = chainedLine(line, link + 1);
    const { endLink } = record;
    link = record.link;
    seen.link = Math.max(seen.link, link, endLink ?? 0);
    if (link > last) continue;
    yield endLink !== null && endLink > last ? { ...record, ending: null, endLink: null, endHash: null } : record;
  }
}

/** A line that is no record. Never leaves this file. */
class Unreadable extends Error {
  readonly link: number;

  constructor(link: number) {
    super(`what stands there is no audit record`);
    this.link = link;
  }
}

function chainedLine(line: string, link: number): Chained {
  const parsed = parseJson(line);
  const record = parsed.ok ? chained(parsed.value) : undefined;
  if (record === undefined) throw new Unreadable(link);
  return record;
}

type Trail = { readonly put: (record: Chained) => Promise<void>; readonly end: () => Promise<Verification> };

/**
 * All trails in an export, however their records are mixed. `anchorOf` says where a trail begins that does not begin at
 * its first link. Nothing in a file says where a trail ends, so what was cut off its end is not noticed.
 */
export async function verifyExport(
  lines: AsyncIterable<string>,
  anchorOf: (grant: string) => Promise<Place>,
): Promise<{ readonly verdicts: readonly Verdict[]; readonly unreadable: readonly number[] }> {
  const trails = new Map<string, Trail>();
  const unreadable: number[] = [];
  let number = 0;
  for await (const line of lines) {
    number++;
    const parsed = parseJson(line);
    const record = parsed.ok ? chained(parsed.value) : undefined;
    if (record === undefined) {
      unreadable.push(number);
      continue;
    }
    const { grant, link } = record;
    const trail = trails.get(grant) ?? startTrail(link === 1 ? BEGINNING : await anchorOf(grant));
    trails.set(grant, trail);
    await trail.put(record);
  }
  const verdicts: Verdict[] = [];
  for (const [grant, trail] of trails) verdicts.push({ grant, verification: await trail.end() });
  return { verdicts, unreadable };
}

/** A verification that is fed record by record, each taken before the next is read. */
function startTrail(anchor: Place): Trail {
  const { readable, writable } = new TransformStream<Chained, Chained>();
  const writer = writable.getWriter();
  const verification = verifyChain(readable, anchor);
  // Once a fault is found nothing more is read, and what is still put has nowhere to go.
  const ignoreRest = (): undefined => undefined;
  return {
    put: (record) => writer.write(record).catch(ignoreRest),
    end: async () => {
      await writer.close().catch(ignoreRest);
      return verification;
    },
  };
}
