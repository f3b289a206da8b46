/**
 * What is done about once an hour: lets go of what nothing needs any more. Each chore does a bounded part of its work at
 * a time, and one that fails is left for the next time.
 *
 * No sealed text may go that a ledger could still name: not while one of its grants is behind, and not in the hour after
 * it was replaced, in which a call that began before may still look for it.
 */
import { applyRetention, retentionDays } from "../../audit/retention.ts";
import type { Env } from "../../env.ts";
import { credentialKey, serverKey } from "../../grant/contents.ts";
import { causeOf, log } from "../../observe/log.ts";
import { KEPT_MS } from "../request/idempotency.ts";
import { outstanding } from "../standing.ts";
import { HOUR_MS } from "./watch.ts";

/** Where the walks over KV have come to; this is stored. */
export type Chores = { readonly servers: string | null; readonly credentials: string | null };

export const NO_CHORES: Chores = { servers: null, credentials: null };

const MOST_ROWS = 1_000;
/** Sealed texts that go at a time: each is a subrequest. */
const MOST_TEXTS = 5;
const LISTED = 1_000;

export async function doChores(env: Env, chores: Chores, now: number): Promise<Chores & { readonly isOver: boolean }> {
  const db = env.GRANTGATE_DB;
  const days = retentionDays(env.AUDIT_RETENTION_DAYS);
  const more = [
    await unless("idempotency keys", false, () => forgetKeys(db, now - KEPT_MS)),
    await unless("retention", false, () => applyRetention(env, days, now, MOST_ROWS)),
    await unless("server versions", false, () => dropReplaced(env, SERVERS, now - HOUR_MS)),
    await unless("credential versions", false, () => dropReplaced(env, CREDENTIALS, now - HOUR_MS)),
  ];
  const servers = await unless("server copies", null, () => dropStrays(env, SERVERS, chores.servers));
  const credentials = await unless("credential copies", null, () => dropStrays(env, CREDENTIALS, chores.credentials));
  return { servers, credentials, isOver: !more.includes(true) && servers === null && credentials === null };
}

/** Sealed texts of one kind. `isReplaced` is SQL over its table; `?1` is the time before which it happened. */
type Kind = { readonly table: string; readonly key: (version: string) => string; readonly isReplaced: string };

const SERVERS: Kind = {
  table: "server_versions",
  key: serverKey,
  isReplaced: `NOT EXISTS (SELECT 1 FROM servers WHERE slug = server_versions.server
                 AND (servers.version = server_versions.version OR updated_at > ?1))
    AND NOT EXISTS (SELECT 1 FROM grants WHERE grants.server = server_versions.server AND ${outstanding()})`,
};

const CREDENTIALS: Kind = {
  table: "credential_versions",
  key: credentialKey,
  isReplaced: `NOT EXISTS (SELECT 1 FROM grants WHERE id = credential_versions.grant_id
                 AND (credential_version = credential_versions.version OR updated_at > ?1 OR ${outstanding()}))`,
};

async function forgetKeys(db: D1Database, until: number): Promise<boolean> {
  await db.prepare("DELETE FROM idempotency_keys WHERE created_at <= ?1").bind(until).run();
  return false;
}

/** The row goes last: as long as it is there, the copy is looked for again. */
async function dropReplaced(env: Env, { table, key, isReplaced }: Kind, until: number): Promise<boolean> {
  const db = env.GRANTGATE_DB;
  const which = `FROM ${table} WHERE created_at <= ?1 AND ${isReplaced}`;
  const { results } = await db
    .prepare(`SELECT version ${which} LIMIT ${MOST_TEXTS}`)
    .bind(until)
    .all<{ version: string }>();
  const versions = results.map(({ version }) => version);
  for (const version of versions) await env.GRANTGATE_KV.delete(key(version));
  if (versions.length > 0) {
    await db
      .prepare(`DELETE ${which} AND version IN (SELECT value FROM json_each(?2))`)
      .bind(until, JSON.stringify(versions))
      .run();
  }
  return versions.length === MOST_TEXTS;
}

/**
 * Copies in KV of texts that the registry does not hold: of changes that were never committed, and of servers that are
 * gone. A copy whose change is being committed at this moment may go too; it is then read from the registry. What is too
 * much for once stays until the next time, since a list may name for a minute what is gone.
 */
async function dropStrays(env: Env, { table, key }: Kind, cursor: string | null): Promise<string | null> {
  const prefix = key("");
  const page = await env.GRANTGATE_KV.list({ prefix, limit: LISTED, cursor });
  const versions = page.keys.map(({ name }) => name.slice(prefix.length));
  const { results } = await env.GRANTGATE_DB.prepare(
    `SELECT value AS version FROM json_each(?1) WHERE value NOT IN (SELECT version FROM ${table}) LIMIT ${MOST_TEXTS}`,
  )
    .bind(JSON.stringify(versions))
    .all<{ version: string }>();
  for (const { version } of results) await env.GRANTGATE_KV.delete(key(version));
  return page.list_complete ? null : page.cursor;
}

async function unless<T>(chore: string, otherwise: T, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    log("error", "chore not done", { step: chore, cause: causeOf(error) });
    return otherwise;
  }
}
