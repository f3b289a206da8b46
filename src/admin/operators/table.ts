/** Operators in the registry. Of a token only its hash ever comes here. */
import * as z from "zod/mini";
import { ROLES, type Role } from "../auth/operator.ts";
import type { Rest } from "../commit.ts";

const Row = z.object({
  id: z.string(),
  name: z.string(),
  role: z.enum(ROLES),
  tokenHash: z.nullable(z.string()),
  email: z.nullable(z.string()),
  group: z.nullable(z.string()),
  revision: z.int(),
  createdAt: z.int(),
  revokedAt: z.nullable(z.int()),
});
export type OperatorRow = z.infer<typeof Row>;

const SELECT = `
  SELECT id, name, role, token_hash AS tokenHash, email, access_group AS "group", revision, created_at AS createdAt,
         revoked_at AS revokedAt FROM operators`;

export type OperatorKey = readonly [createdAt: number, id: string];

export async function listOperators(db: D1Database, after: OperatorKey, limit: number): Promise<OperatorRow[]> {
  const { results } = await db
    .prepare(`${SELECT} WHERE (created_at, id) > (?1, ?2) ORDER BY created_at, id LIMIT ?3`)
    .bind(...after, limit)
    .all();
  return results.map((row) => z.parse(Row, row));
}

export async function findOperator(db: D1Database, id: string): Promise<OperatorRow | null> {
  const row = await db.prepare(`${SELECT} WHERE id = ?1`).bind(id).first();
  return row === null ? null : z.parse(Row, row);
}

/** Holds while the operator is at this revision. */
export function operatorAt(id: string, revision: number): Rest {
  return { sql: "(SELECT revision FROM operators WHERE id = ?) IS ?", values: [id, revision] };
}

/** Whom Access vouches for is one operator at a time. */
export function notNamedYet({ email, group }: Pick<OperatorRow, "email" | "group">): Rest {
  return {
    sql: "NOT EXISTS (SELECT 1 FROM operators WHERE revoked_at IS NULL AND (email = ? OR access_group = ?))",
    values: [email, group],
  };
}

export function insertOperator(db: D1Database, operator: OperatorRow): D1PreparedStatement[] {
  const { id, name, role, tokenHash, email, group, createdAt } = operator;
  return [
    db
      .prepare(
        `INSERT INTO operators (id, name, role, token_hash, email, access_group, created_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)`,
      )
      .bind(id, name, role, tokenHash, email, group, createdAt),
  ];
}

export type OperatorEdit = { readonly name: string; readonly role: Role; readonly revokedAt: number | null };

export function updateOperator(db: D1Database, id: string, { name, role, revokedAt }: OperatorEdit) {
  return [
    db
      .prepare("UPDATE operators SET name = ?2, role = ?3, revoked_at = ?4, revision = revision + 1 WHERE id = ?1")
      .bind(id, name, role, revokedAt),
  ];
}
