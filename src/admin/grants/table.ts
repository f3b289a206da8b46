/** Grants in the registry. Of a token only its hash ever comes here. */
import * as z from "zod/mini";
import { SELECT_GRANT_RECORD } from "../../grant/record.ts";
import { jsonText } from "../../json/text.ts";
import type { Rest } from "../commit.ts";
import { outstanding } from "../standing.ts";

const Token = z.object({ hash: z.string(), createdAt: z.int(), expiresAt: z.nullable(z.int()) });

/** `expired` is told from the time, and never written. */
const STATUSES = ["active", "suspended", "revoked", "expired"] as const;
export const Status = z.enum(STATUSES);
type Status = z.infer<typeof Status>;

const Row = z.object({
  id: z.string(),
  server: z.string(),
  policy: z.nullable(z.string()),
  label: z.string(),
  tags: jsonText(z.array(z.string())),
  state: z.enum(["active", "suspended", "revoked"]),
  credential: z.nullable(jsonText(z.unknown())),
  credentialVersion: z.nullable(z.string()),
  tokens: jsonText(z.array(Token)),
  revision: z.int(),
  createdAt: z.int(),
  updatedAt: z.int(),
  expiresAt: z.nullable(z.int()),
  revokedAt: z.nullable(z.int()),
});
export type GrantRow = z.infer<typeof Row>;

const STATUS = "CASE WHEN status <> 'revoked' AND expires_at <= ?1 THEN 'expired' ELSE status END";
const SELECT = `
  SELECT id, server, policy, label, tags, status AS state, credential, credential_version AS credentialVersion,
         (SELECT json_group_array(json_object('hash', hash, 'createdAt', created_at, 'expiresAt', expires_at)) FROM
            (SELECT * FROM grant_tokens WHERE grant_id = grants.id AND (expires_at IS NULL OR expires_at > ?1)
             ORDER BY created_at)) AS tokens,
         revision, created_at AS createdAt, updated_at AS updatedAt, expires_at AS expiresAt, revoked_at AS revokedAt
  FROM grants`;

export function statusOf({ state, expiresAt }: Pick<GrantRow, "state" | "expiresAt">, now: number): Status {
  return state !== "revoked" && expiresAt !== null && expiresAt <= now ? "expired" : state;
}

export type GrantFilter = {
  readonly server?: string | undefined;
  readonly policy?: string | undefined;
  readonly status?: Status | undefined;
  readonly tag?: string | undefined;
  /** A part of the label, in any case. */
  readonly label?: string | undefined;
};

export type GrantKey = readonly [createdAt: number, id: string];

export async function listGrants(
  db: D1Database,
  { server, policy, status, tag, label }: GrantFilter,
  after: GrantKey,
  limit: number,
  now: number,
): Promise<GrantRow[]> {
  const { results } = await db
    .prepare(
      `${SELECT} WHERE (created_at, id) > (?2, ?3) AND (?4 IS NULL OR server = ?4) AND (?5 IS NULL OR policy = ?5)
         AND (?6 IS NULL OR ${STATUS} = ?6) AND (?7 IS NULL OR ?7 IN (SELECT value FROM json_each(grants.tags)))
         AND (?8 IS NULL OR instr(lower(label), lower(?8)) > 0)
       ORDER BY created_at, id LIMIT ?9`,
    )
    .bind(now, ...after, server ?? null, policy ?? null, status ?? null, tag ?? null, label ?? null, limit)
    .all();
  return results.map((row) => z.parse(Row, row));
}

export async function findGrant(db: D1Database, id: string, now: number): Promise<GrantRow | null> {
  const row = await db.prepare(`${SELECT} WHERE id = ?2`).bind(now, id).first();
  return row === null ? null : z.parse(Row, row);
}

/** Holds while the grant is at this revision. */
export function grantAt(id: string, revision: number): Rest {
  return { sql: "(SELECT revision FROM grants WHERE id = ?) IS ?", values: [id, revision] };
}

/** Holds while the server is there, and the policy, unless there is to be none. */
export function targetThere({ server, policy }: Pick<GrantRow, "server" | "policy">): Rest {
  return {
    sql: `EXISTS (SELECT 1 FROM servers WHERE slug = ?1)
      AND (?2 IS NULL OR EXISTS (SELECT 1 FROM policies WHERE server = ?1 AND name = ?2))`,
    values: [server, policy],
  };
}

export type NewGrant = Pick<GrantRow, "id" | "server" | "policy" | "label" | "tags" | "createdAt" | "expiresAt"> & {
  readonly tokenHash: string;
};

export function insertGrant(db: D1Database, grant: NewGrant): D1PreparedStatement[] {
  const { id, tokenHash, server, policy, label, tags, expiresAt, createdAt } = grant;
  return [
    db
      .prepare(
        `INSERT INTO grants (id, server, policy, label, tags, status, expires_at, created_at, updated_at)
         VALUES (?1, ?2, ?3, ?4, ?5, 'active', ?6, ?7, ?7)`,
      )
      .bind(id, server, policy, label, JSON.stringify(tags), expiresAt, createdAt),
    insertToken(db, id, tokenHash, createdAt),
  ];
}

export function insertToken(db: D1Database, id: string, hash: string, now: number): D1PreparedStatement {
  return db.prepare("INSERT INTO grant_tokens (hash, grant_id, created_at) VALUES (?1, ?2, ?3)").bind(hash, id, now);
}

/** Ends the tokens that the grant has: none of them lasts longer than `until`. Those that ended are forgotten. */
export function endTokens(db: D1Database, id: string, until: number, now: number): D1PreparedStatement[] {
  return [
    db.prepare("DELETE FROM grant_tokens WHERE grant_id = ?1 AND expires_at <= ?2").bind(id, now),
    db
      .prepare(
        "UPDATE grant_tokens SET expires_at = ?2 WHERE grant_id = ?1 AND (expires_at IS NULL OR expires_at > ?2)",
      )
      .bind(id, until),
  ];
}

/** Writes what can be changed of a grant, and raises its revision. */
export function updateGrant(db: D1Database, grant: GrantRow, now: number): D1PreparedStatement {
  const { id, policy, label, tags, state, expiresAt, revokedAt, credential, credentialVersion } = grant;
  return db
    .prepare(
      `UPDATE grants SET policy = ?2, label = ?3, tags = ?4, status = ?5, expires_at = ?6, revoked_at = ?7,
         credential = ?8, credential_version = ?9, updated_at = ?10, revision = revision + 1 WHERE id = ?1`,
    )
    .bind(
      id,
      policy,
      label,
      JSON.stringify(tags),
      state,
      expiresAt,
      revokedAt,
      credential === null ? null : JSON.stringify(credential),
      credentialVersion,
      now,
    );
}

/** The grant as a row of `SELECT_GRANT_RECORD`, if its ledger is behind. */
export async function outstandingGrant(db: D1Database, id: string): Promise<unknown[]> {
  const query = `${SELECT_GRANT_RECORD} WHERE grants.id = ?1 AND ${outstanding()}`;
  return (await db.prepare(query).bind(id).all()).results;
}
