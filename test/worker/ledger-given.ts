/** What the tests of the ledger start from. */

import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import type { CounterState, Decided, Ended } from "../../src/audit/record.ts";
import type { GrantRecord } from "../../src/grant/record.ts";
import type { Demand, JournalEntry, TakeAnswer, TakeRequest } from "../../src/ledger/protocol.ts";

export const NOON = Date.parse("2026-11-20T12:00:00Z");
export const UNIT = 1_000_000n;

let grants = 0;

/** A grant of its own for each test, so that no test sees another's counts. */
export function newGrant(over: Partial<GrantRecord> = {}): GrantRecord {
  return {
    id: `grt_${++grants}`,
    label: "laptop",
    tags: ["ci"],
    server: "files",
    serverVersion: "server-1",
    policy: { name: "support", version: "policy-1" },
    status: "active",
    expiresAt: null,
    tokens: [],
    credentialVersion: null,
    revision: 1,
    ...over,
  };
}

export function ledgerOf({ id }: Pick<GrantRecord, "id">) {
  return env.GRANT_LEDGER.getByName(id);
}

export function serverLedgerOf(server: string) {
  return env.SERVER_LEDGER.getByName(server);
}

/** A grant that the registry and the ledger know of. */
export async function known(over: Partial<GrantRecord> = {}): Promise<GrantRecord> {
  const grant = newGrant(over);
  await register(grant);
  await ledgerOf(grant).put(grant);
  return grant;
}

/** Writes the grant into the registry, with what it is for; a policy or server that is there becomes the grant's. */
export async function register({ policy, ...grant }: GrantRecord): Promise<void> {
  const db = env.GRANTGATE_DB;
  const { id, server, serverVersion, label, tags, status, expiresAt, revision, tokens = [] } = grant;
  await db.batch([
    db.prepare("INSERT INTO server_versions VALUES (?1, ?2, '', 0) ON CONFLICT DO NOTHING").bind(serverVersion, server),
    db
      .prepare(
        `INSERT INTO servers (slug, file, secrets, version, created_at, updated_at) VALUES (?1, '{}', '[]', ?2, 0, 0)
         ON CONFLICT DO UPDATE SET version = excluded.version`,
      )
      .bind(server, serverVersion),
    ...(policy === null
      ? []
      : [
          db.prepare("INSERT INTO policy_versions VALUES (?1, '{}', 0) ON CONFLICT DO NOTHING").bind(policy.version),
          db
            .prepare(
              `INSERT INTO policies (server, name, version, created_at, updated_at) VALUES (?1, ?2, ?3, 0, 0)
               ON CONFLICT DO UPDATE SET version = excluded.version`,
            )
            .bind(server, policy.name, policy.version),
        ]),
    db
      .prepare(
        `INSERT INTO grants (id, server, policy, label, tags, status, expires_at, revision, created_at, updated_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, 0, 0)`,
      )
      .bind(id, server, policy?.name ?? null, label, JSON.stringify(tags), status, expiresAt, revision),
    ...tokens.map(({ hash, expiresAt: end }) =>
      db.prepare("INSERT INTO grant_tokens VALUES (?1, ?2, 0, ?3)").bind(hash, id, end),
    ),
  ]);
}

/** How many of calls that come at once are let through. */
export async function admittedOf(grant: GrantRecord, calls: number, asked: TakeRequest = request()): Promise<number> {
  const answers = await Promise.all(Array.from({ length: calls }, () => ledgerOf(grant).take(asked)));
  return answers.filter(({ kind }) => kind === "ok").length;
}

export async function errorOf(call: () => Promise<unknown>): Promise<string> {
  try {
    await call();
    return "no error";
  } catch (error) {
    return String(error);
  }
}

export const entry: JournalEntry = {
  request: "req_1",
  method: "tools/call",
  tool: "create_refund",
  era: "legacy",
  effect: "allow",
  policy: "policy-1",
};

export function demand(over: Partial<Demand> = {}): Demand {
  return {
    rule: "/tools/create_refund/limits/0",
    counter: "refunds",
    window: "day",
    align: "calendar",
    scope: "grant",
    max: 30n * UNIT,
    amount: UNIT,
    ...over,
  };
}

export function request(over: Partial<TakeRequest> = {}): TakeRequest {
  return {
    policyVersion: "policy-1",
    serverVersion: "server-1",
    demands: [demand()],
    entry,
    settlements: [],
    ...over,
  };
}

/** The sequence number of a call that was let through. */
export function seqOf(answer: TakeAnswer): number {
  if (answer.kind !== "ok" || answer.seq === null) throw new Error(`the call was not let through: ${answer.kind}`);
  return answer.seq;
}

/** What the journal keeps of a call as `entry` and `demand` make it. */
export function recordOf(grant: GrantRecord, over: Partial<Decided> = {}): Decided {
  const { policy, ...asked } = entry;
  return {
    at: NOON,
    grant: grant.id,
    label: grant.label,
    server: grant.server,
    ...asked,
    ...(policy !== undefined && { policy: { name: "support", version: policy } }),
    ...over,
  };
}

export function counterState(over: Partial<CounterState> = {}): CounterState {
  return { counter: "refunds", scope: "grant", window: "day", used: "1", max: "30", ...over };
}

export type JournalRow = {
  readonly seq: number;
  readonly link: number | null;
  readonly endLink: number | null;
  readonly isOpen: boolean;
  readonly record: Decided;
  readonly ending: Ended | null;
};

/** The journal as storage holds it. */
export function journalOf(grant: GrantRecord): Promise<JournalRow[]> {
  return runInDurableObject(ledgerOf(grant), (_, { storage }) =>
    storage.sql
      .exec<Record<"seq" | "link" | "end_link" | "open", number> & Record<"record" | "ending", string>>(
        "SELECT seq, link, end_link, taken IS NOT NULL AS open, record, ending FROM calls ORDER BY seq",
      )
      .toArray()
      .map(({ seq, link, end_link, open, record, ending }) => ({
        seq,
        link,
        endLink: end_link,
        isOpen: open === 1,
        record: JSON.parse(record),
        ending: JSON.parse(ending),
      })),
  );
}

/** The decisions that the journal holds. */
export async function decisionsOf(grant: GrantRecord): Promise<Decided[]> {
  return (await journalOf(grant)).map(({ record }) => record);
}

export async function usedOf(grant: GrantRecord, counter = "refunds"): Promise<string | undefined> {
  const { counters } = await ledgerOf(grant).usage();
  return counters.find((one) => one.counter === counter)?.used;
}

/** What all grants of a server have used together. */
export async function usedTogether(server: string, counter = "refunds"): Promise<string | undefined> {
  const { counters } = await serverLedgerOf(server).usage();
  return counters.find((one) => one.counter === counter)?.used;
}
