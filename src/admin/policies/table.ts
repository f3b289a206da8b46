/** Policies in the registry, and every version they ever had. */
import * as z from "zod/mini";
import { SELECT_GRANT_RECORD } from "../../grant/record.ts";
import type { Rest } from "../commit.ts";
import { active, outstanding } from "../standing.ts";

const Revision = z.object({
  revision: z.int(),
  version: z.string(),
  author: z.string(),
  message: z.nullable(z.string()),
  createdAt: z.int(),
});
export type RevisionRow = z.infer<typeof Revision>;

const Row = z.object({
  server: z.string(),
  name: z.string(),
  version: z.string(),
  revision: z.int(),
  author: z.string(),
  message: z.nullable(z.string()),
  createdAt: z.int(),
  updatedAt: z.int(),
  /** Active grants that are under it. */
  grants: z.int(),
});
export type PolicyRow = z.infer<typeof Row>;

const SELECT = `
  SELECT policies.server, policies.name, policies.version, policies.revision, author, message,
         policies.created_at AS createdAt, policies.updated_at AS updatedAt,
         (SELECT count(*) FROM grants
          WHERE grants.server = policies.server AND grants.policy = policies.name AND ${active("?1")}) AS grants
  FROM policies
  JOIN policy_revisions USING (server, name, revision)`;

export type PolicyKey = readonly [server: string, name: string];

/** Of one server or of all, those that come after `after`. */
export async function listPolicies(
  db: D1Database,
  server: string | undefined,
  after: PolicyKey,
  limit: number,
  now: number,
): Promise<PolicyRow[]> {
  const query = `${SELECT} WHERE (?2 IS NULL OR policies.server = ?2) AND (policies.server, policies.name) > (?3, ?4)
    ORDER BY policies.server, policies.name LIMIT ?5`;
  const { results } = await db
    .prepare(query)
    .bind(now, server ?? null, ...after, limit)
    .all();
  return results.map((row) => z.parse(Row, row));
}

export type PolicyWithText = PolicyRow & { readonly text: string };

export async function findPolicy(
  db: D1Database,
  [server, name]: PolicyKey,
  now: number,
): Promise<PolicyWithText | null> {
  const row = await db
    .prepare(
      `SELECT found.*, policy_versions.text
       FROM (${SELECT} WHERE policies.server = ?2 AND policies.name = ?3) AS found
       JOIN policy_versions ON policy_versions.version = found.version`,
    )
    .bind(now, server, name)
    .first();
  return row === null ? null : z.parse(z.extend(Row, { text: z.string() }), row);
}

/** What the policy was, latest first, from revisions before `before`. */
export async function listRevisions(
  db: D1Database,
  [server, name]: PolicyKey,
  before: number,
  limit: number,
): Promise<RevisionRow[]> {
  const { results } = await db
    .prepare(
      `SELECT revision, version, author, message, created_at AS createdAt FROM policy_revisions
       WHERE server = ?1 AND name = ?2 AND revision < ?3 ORDER BY revision DESC LIMIT ?4`,
    )
    .bind(server, name, before, limit)
    .all();
  return results.map((row) => z.parse(Revision, row));
}

export async function findRevision(
  db: D1Database,
  [server, name]: PolicyKey,
  revision: number,
): Promise<(RevisionRow & { readonly text: string }) | null> {
  const row = await db
    .prepare(
      `SELECT revision, policy_revisions.version, author, message, policy_revisions.created_at AS createdAt, text
       FROM policy_revisions JOIN policy_versions USING (version)
       WHERE server = ?1 AND name = ?2 AND revision = ?3`,
    )
    .bind(server, name, revision)
    .first();
  return row === null ? null : z.parse(z.extend(Revision, { text: z.string() }), row);
}

/** Holds while the policy is at this revision; null for one that is not there. */
export function policyAt([server, name]: PolicyKey, revision: number | null): Rest {
  return {
    sql: "(SELECT revision FROM policies WHERE server = ? AND name = ?) IS ?",
    values: [server, name, revision],
  };
}

/** Holds while no revision came after this one; 0 for a policy that never was. */
export function lastRevisionIs([server, name]: PolicyKey, revision: number): Rest {
  return {
    sql: "(SELECT coalesce(max(revision), 0) FROM policy_revisions WHERE server = ? AND name = ?) IS ?",
    values: [server, name, revision],
  };
}

export type NewVersion = {
  readonly version: string;
  readonly text: string;
  readonly author: string;
  readonly message: string | null;
};

/** Writes a version as the next revision, and raises the revision of every grant under the policy. */
export function writePolicy(
  db: D1Database,
  [server, name]: PolicyKey,
  { version, text, author, message }: NewVersion,
  now: number,
): D1PreparedStatement[] {
  return [
    db
      .prepare("INSERT INTO policy_versions (version, text, created_at) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING")
      .bind(version, text, now),
    db
      .prepare(
        `INSERT INTO policy_revisions (server, name, revision, version, author, message, created_at)
         SELECT ?1, ?2, 1 + coalesce(max(revision), 0), ?3, ?4, ?5, ?6 FROM policy_revisions
         WHERE server = ?1 AND name = ?2`,
      )
      .bind(server, name, version, author, message, now),
    db
      .prepare(`UPDATE grants SET revision = revision + 1 WHERE server = ?1 AND policy = ?2 AND ${active("?3")}`)
      .bind(server, name, now),
    db
      .prepare(
        `INSERT INTO policies (server, name, version, revision, created_at, updated_at)
         SELECT ?1, ?2, ?3, max(revision), ?4, ?4 FROM policy_revisions WHERE server = ?1 AND name = ?2
         ON CONFLICT (server, name) DO UPDATE SET version = excluded.version, revision = excluded.revision,
           updated_at = excluded.updated_at`,
      )
      .bind(server, name, version, now),
  ];
}

/** Grants under the policy whose ledgers are behind, as rows of `SELECT_GRANT_RECORD`. */
export async function outstandingOfPolicy(db: D1Database, [server, name]: PolicyKey): Promise<unknown[]> {
  const query = `${SELECT_GRANT_RECORD} WHERE grants.server = ?1 AND grants.policy = ?2 AND ${outstanding()}`;
  return (await db.prepare(query).bind(server, name).all()).results;
}

/** Holds while no active grant is under the policy. */
export function withoutGrants([server, name]: PolicyKey, now: number): Rest {
  return {
    sql: `NOT EXISTS (SELECT 1 FROM grants WHERE server = ? AND policy = ? AND ${active("?")})`,
    values: [server, name, now],
  };
}

/** Its versions stay, since the audit log names them. */
export function deletePolicy(db: D1Database, [server, name]: PolicyKey): D1PreparedStatement[] {
  return [db.prepare("DELETE FROM policies WHERE server = ?1 AND name = ?2").bind(server, name)];
}
