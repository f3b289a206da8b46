/**
 * What a grant is at one moment, read from the registry with the versions that are in force for it.
 *
 * The registry is where this is written down; the grant's ledger is what decides. `revision` rises with every change,
 * so of two records of one grant the ledger keeps the later, in whatever order they come.
 */
import * as z from "zod/mini";
import { jsonText } from "../json/text.ts";

export type GrantRecord = {
  readonly id: string;
  readonly label: string;
  readonly tags: readonly string[];
  /** Slug of the one server that the grant may use. */
  readonly server: string;
  /** Version of the sealed server record in force. */
  readonly serverVersion: string;
  /** Name and version of the policy in force; null denies every call. */
  readonly policy: { readonly name: string; readonly version: string } | null;
  readonly status: "active" | "suspended" | "revoked";
  /** Unix time in milliseconds from which on the grant is worth nothing; null for never. */
  readonly expiresAt: number | null;
  /** The tokens that prove the grant; left out in a record that an earlier version of the gateway stored. */
  readonly tokens?: readonly GrantToken[];
  /** Version of the sealed credential that stands in for the server's; null for none. */
  readonly credentialVersion?: string | null;
  readonly revision: number;
};

export type GrantToken = {
  /** SHA-256 of the token in hex. */
  readonly hash: string;
  /** Unix time in milliseconds from which on the token is worth nothing; null for as long as the grant lasts. */
  readonly expiresAt: number | null;
};

/** Reads grants as rows of `toGrantRecord`; put a WHERE clause on table `grants` behind it. */
export const SELECT_GRANT_RECORD = `
  SELECT grants.id, grants.label, grants.tags, grants.server, servers.version AS serverVersion,
         policies.name AS policyName, policies.version AS policyVersion,
         grants.status, grants.expires_at AS expiresAt, grants.credential_version AS credentialVersion,
         (SELECT json_group_array(json_object('hash', hash, 'expiresAt', expires_at))
          FROM grant_tokens WHERE grant_tokens.grant_id = grants.id) AS tokens,
         grants.revision
  FROM grants
  JOIN servers ON servers.slug = grants.server
  LEFT JOIN policies ON policies.server = grants.server AND policies.name = grants.policy`;

const Token = z.object({ hash: z.string(), expiresAt: z.nullable(z.int()) });

const Row = z.object({
  id: z.string(),
  label: z.string(),
  tags: jsonText(z.array(z.string())),
  server: z.string(),
  serverVersion: z.string(),
  policyName: z.nullable(z.string()),
  policyVersion: z.nullable(z.string()),
  status: z.enum(["active", "suspended", "revoked"]),
  expiresAt: z.nullable(z.int()),
  credentialVersion: z.nullable(z.string()),
  tokens: jsonText(z.array(Token)),
  revision: z.int(),
});

/** Reads one row of `SELECT_GRANT_RECORD`; a row of another shape is an error, never half a grant. */
export function toGrantRecord(row: unknown): GrantRecord {
  const { policyName, policyVersion, ...grant } = z.parse(Row, row);
  const policy = policyName === null || policyVersion === null ? null : { name: policyName, version: policyVersion };
  return { ...grant, policy };
}

/** The grant as the registry has it now, or null when the registry does not know it (or its server is gone). */
export async function readGrant(db: D1Database, id: string): Promise<GrantRecord | null> {
  const row = await db.prepare(`${SELECT_GRANT_RECORD} WHERE grants.id = ?`).bind(id).first();
  return row === null ? null : toGrantRecord(row);
}
