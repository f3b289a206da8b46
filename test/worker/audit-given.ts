/** What the tests of the audit trail start from. */
import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { type Chained, type Verification, verifyChain } from "../../src/audit/chain.ts";
import type { Marks } from "../../src/audit/gather.ts";
import { BEGINNING, type Place } from "../../src/audit/link.ts";
import type { Env } from "../../src/env.ts";
import type { GrantRecord } from "../../src/grant/record.ts";
import type { GrantLedger } from "../../src/ledger/ledger.ts";
import type { Settlement } from "../../src/ledger/protocol.ts";
import { ledgerOf, request, seqOf } from "./ledger-given.ts";

export const ended = (seq: number): Settlement => ({ seq, status: 200, latencyMs: 12, giveBack: false });

/** Decides so many calls, one after the other. */
export async function decideMany(grant: GrantRecord, calls: number): Promise<void> {
  for (let nth = 0; nth < calls; nth++) seqOf(await ledgerOf(grant).take(request({ demands: [] })));
}

/** The trail of a grant as D1 holds it. */
export async function trailOf({ id }: Pick<GrantRecord, "id">): Promise<Chained[]> {
  const { results } = await env.GRANTGATE_DB.prepare(
    `SELECT grant_id AS "grant", seq, record, link, hash, ending, end_link AS endLink, end_hash AS endHash
     FROM audit WHERE grant_id = ? ORDER BY seq`,
  )
    .bind(id)
    .all<Chained>();
  return results;
}

export async function anchorOf({ id }: Pick<GrantRecord, "id">): Promise<Place> {
  const anchors = env.GRANTGATE_DB.prepare("SELECT link, hash FROM audit_anchors WHERE grant_id = ?").bind(id);
  return (await anchors.first<Place>()) ?? BEGINNING;
}

/** Whether the trail in D1 is whole, and as far as the ledger wrote. */
export async function verified(grant: GrantRecord): Promise<Verification> {
  const { head } = await ledgerOf(grant).gather();
  return verifyChain(await trailOf(grant), await anchorOf(grant), head);
}

/** Changes what the ledger is set up with, until its object goes. */
export function setUp(grant: GrantRecord, over: { readonly [K in keyof Env]?: Env[K] | undefined }): Promise<void> {
  return runInDurableObject<GrantLedger, void>(ledgerOf(grant), (ledger) => {
    Reflect.set(ledger, "env", { ...env, ...over });
  });
}

export function marksOf(grant: GrantRecord): Promise<Marks> {
  return runInDurableObject(ledgerOf(grant), (_, { storage }) => storage.kv.get<Marks>("marks") ?? {});
}

export function alarmOf(grant: GrantRecord): Promise<number | null> {
  return runInDurableObject(ledgerOf(grant), (_, { storage }) => storage.getAlarm());
}
