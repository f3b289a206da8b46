/** Policies in the registry, and every version they ever had. */
import * as z from "zod";
import { SELECT_GRANT_RECORD } from "../grant/record.ts";
import { active, outstanding } from "./standing.ts";

const Row = z.object({
  server: z.string(),
  name: z.string(),
  version: z.string(),
  createdAt: z.int(),
  updatedAt: z.int(),
  /** Active grants that are under it. */
  grants: z.int(),
});
export type PolicyRow = z.infer<typeof Row>;

const SELECT = `
  SELECT server, name, version, created_at AS createdAt, updated_at AS updatedAt,
         (SELECT count(*) FROM grants
          WHERE grants.server = policies.server AND grants.policy = policies.name AND ${active("?1")}) AS grants
  FROM policies`;

/** Of one server, or of all. */
export async function listPolicies(db: D1Database, server: string | undefined, now: number): Promise<PolicyRow[]> {
  const query = `${SELECT} WHERE ?2 IS NULL OR server = ?2 ORDER BY server, name`;
  const { results } = await db
    .prepare(query)
    .bind(now, server ?? null)
    .all();
  return results.map((row) => Row.parse(row));
}

export async function findPolicy(
  db: D1Database,
  server: string,
  name: string,
  now: number,
): Promise<(PolicyRow & { readonly text: string }) | null> {
  const row = await db
    .prepare(
      `SELECT found.*, policy_versions.text FROM (${SELECT} WHERE server = ?2 AND name = ?3) AS found
       JOIN policy_versions ON policy_versions.version = found.version`,
    )
    .bind(now, server, name)
    .first();
  return row === null ? null : Row.extend({ text: z.string() }).parse(row);
}

export type NewPolicy = {
  readonly server: string;
  readonly name: string;
  readonly version: string;
  readonly text: string;
  readonly now: number;
};

/**
 * Writes a version and raises the revision of every grant under the policy, in one transaction. The version that is
 * in force already changes nothing.
 */
export async function writePolicy(db: D1Database, { server, name, version, text, now }: NewPolicy): Promise<void> {
  await db.batch([
    db
      .prepare("INSERT INTO policy_versions (version, text, created_at) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING")
      .bind(version, text, now),
    db
      .prepare(
        `UPDATE grants SET revision = revision + 1 WHERE server = ?1 AND policy = ?2 AND ${active("?4")}
         AND EXISTS (SELECT 1 FROM policies WHERE server = ?1 AND name = ?2 AND version <> ?3)`,
      )
      .bind(server, name, version, now),
    db
      .prepare(
        `INSERT INTO policies (server, name, version, created_at, updated_at) VALUES (?1, ?2, ?3, ?4, ?4)
         ON CONFLICT (server, name) DO UPDATE SET version = excluded.version, updated_at = excluded.updated_at
         WHERE version <> excluded.version`,
      )
      .bind(server, name, version, now),
  ]);
}

/** Grants under the policy whose ledgers are behind, as rows of `SELECT_GRANT_RECORD`. */
export async function outstandingOfPolicy(
  db: D1Database,
  server: string,
  name: string,
  now: number,
): Promise<unknown[]> {
  const query = `${SELECT_GRANT_RECORD} WHERE grants.server = ?1 AND grants.policy = ?2 AND ${outstanding("?3")}`;
  return (await db.prepare(query).bind(server, name, now).all()).results;
}

/** Deletes a policy that no active grant is under; its versions stay, since journals name them. */
export async function deletePolicy(db: D1Database, server: string, name: string, now: number): Promise<boolean> {
  const { meta } = await db
    .prepare(
      `DELETE FROM policies WHERE server = ?1 AND name = ?2 AND NOT EXISTS
         (SELECT 1 FROM grants WHERE server = ?1 AND policy = ?2 AND ${active("?3")})`,
    )
    .bind(server, name, now)
    .run();
  return meta.changes > 0;
}
