/** Grants in the registry. Of a token only its hash ever comes here. */
import * as z from "zod";
import { SELECT_GRANT_RECORD } from "../grant/record.ts";
import { outstanding } from "./standing.ts";

const Row = z.object({
  id: z.string(),
  server: z.string(),
  policy: z.string().nullable(),
  label: z.string(),
  tags: z.string().transform((text) => z.array(z.string()).parse(JSON.parse(text))),
  /** `expired` is told from the time, and never written. */
  status: z.enum(["active", "revoked", "expired"]),
  createdAt: z.int(),
  expiresAt: z.int().nullable(),
  revokedAt: z.int().nullable(),
});
export type GrantRow = z.infer<typeof Row>;

const STATUS = "CASE WHEN status = 'active' AND expires_at <= ?1 THEN 'expired' ELSE status END";
const SELECT = `
  SELECT id, server, policy, label, tags, ${STATUS} AS status,
         created_at AS createdAt, expires_at AS expiresAt, revoked_at AS revokedAt
  FROM grants`;

export type GrantFilter = { readonly server?: string | undefined; readonly status?: GrantRow["status"] | undefined };

export async function listGrants(db: D1Database, filter: GrantFilter, now: number): Promise<GrantRow[]> {
  const query = `${SELECT} WHERE (?2 IS NULL OR server = ?2) AND (?3 IS NULL OR ${STATUS} = ?3) ORDER BY created_at, id`;
  const { results } = await db
    .prepare(query)
    .bind(now, filter.server ?? null, filter.status ?? null)
    .all();
  return results.map((row) => Row.parse(row));
}

export async function findGrant(db: D1Database, id: string, now: number): Promise<GrantRow | null> {
  const row = await db.prepare(`${SELECT} WHERE id = ?2`).bind(now, id).first();
  return row === null ? null : Row.parse(row);
}

export type NewGrant = Omit<GrantRow, "status" | "revokedAt"> & { readonly tokenHash: string };

/** False, and nothing is written, when its server or its policy is not there. */
export async function insertGrant(db: D1Database, grant: NewGrant): Promise<boolean> {
  const { id, tokenHash, server, policy, label, tags, expiresAt, createdAt } = grant;
  const { meta } = await db
    .prepare(
      `INSERT INTO grants (id, token_hash, server, policy, label, tags, status, expires_at, created_at)
       SELECT ?1, ?2, ?3, ?4, ?5, ?6, 'active', ?7, ?8
       WHERE EXISTS (SELECT 1 FROM servers WHERE slug = ?3)
         AND (?4 IS NULL OR EXISTS (SELECT 1 FROM policies WHERE server = ?3 AND name = ?4))`,
    )
    .bind(id, tokenHash, server, policy, label, JSON.stringify(tags), expiresAt, createdAt)
    .run();
  return meta.changes > 0;
}

/** Revokes what is not revoked yet. Returns the row of `SELECT_GRANT_RECORD` when its ledger has yet to hear of it. */
export async function revokeGrant(db: D1Database, id: string, now: number): Promise<unknown[]> {
  const [, behind] = await db.batch([
    db
      .prepare(
        `UPDATE grants SET status = 'revoked', revoked_at = ?2, revision = revision + 1
         WHERE id = ?1 AND status = 'active'`,
      )
      .bind(id, now),
    db.prepare(`${SELECT_GRANT_RECORD} WHERE grants.id = ?1 AND ${outstanding("?2")}`).bind(id, now),
  ]);
  return behind?.results ?? [];
}
