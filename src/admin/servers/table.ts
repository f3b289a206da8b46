/** Servers in the registry. The sealed record goes in with the row; nothing here sees a secret. */
import * as z from "zod/mini";
import { SELECT_GRANT_RECORD } from "../../grant/record.ts";
import { jsonText } from "../../json/text.ts";
import { ServerFile } from "../../upstream/server-file.ts";
import type { Rest } from "../commit.ts";
import { active, outstanding } from "../standing.ts";

const Row = z.object({
  slug: z.string(),
  file: jsonText(ServerFile),
  secrets: jsonText(z.array(z.string())),
  version: z.string(),
  revision: z.int(),
  createdAt: z.int(),
  updatedAt: z.int(),
});
export type ServerRow = z.infer<typeof Row>;

const SELECT = `
  SELECT slug, file, secrets, version, revision, created_at AS createdAt, updated_at AS updatedAt FROM servers`;

/** Those whose slug comes after `after`, in order. */
export async function listServers(db: D1Database, after: string, limit: number): Promise<ServerRow[]> {
  const { results } = await db.prepare(`${SELECT} WHERE slug > ?1 ORDER BY slug LIMIT ?2`).bind(after, limit).all();
  return results.map((row) => z.parse(Row, row));
}

export async function findServer(db: D1Database, slug: string): Promise<ServerRow | null> {
  const row = await db.prepare(`${SELECT} WHERE slug = ?1`).bind(slug).first();
  return row === null ? null : z.parse(Row, row);
}

/** Holds while the server is at this revision; null for one that is not there. */
export function serverAt(slug: string, revision: number | null): Rest {
  return { sql: "(SELECT revision FROM servers WHERE slug = ?) IS ?", values: [slug, revision] };
}

/** Holds while the server is there. */
export function serverThere(slug: string): Rest {
  return { sql: "EXISTS (SELECT 1 FROM servers WHERE slug = ?)", values: [slug] };
}

export type SealedServer = Pick<ServerRow, "slug" | "file" | "secrets" | "version"> & { readonly sealed: string };

/** Writes a new version, and raises the revision of every grant that it is for. */
export function writeServer(db: D1Database, server: SealedServer, now: number): D1PreparedStatement[] {
  const { slug, file, secrets, version, sealed } = server;
  return [
    db
      .prepare("INSERT INTO server_versions (version, server, sealed, created_at) VALUES (?1, ?2, ?3, ?4)")
      .bind(version, slug, sealed, now),
    db.prepare(`UPDATE grants SET revision = revision + 1 WHERE server = ?1 AND ${active("?2")}`).bind(slug, now),
    db
      .prepare(
        `INSERT INTO servers (slug, file, secrets, version, created_at, updated_at) VALUES (?1, ?2, ?3, ?4, ?5, ?5)
         ON CONFLICT (slug) DO UPDATE SET file = excluded.file, secrets = excluded.secrets,
           version = excluded.version, updated_at = excluded.updated_at, revision = revision + 1`,
      )
      .bind(slug, JSON.stringify(file), JSON.stringify(secrets), version, now),
  ];
}

/** Grants of the server whose ledgers are behind, as rows of `SELECT_GRANT_RECORD`. */
export async function outstandingOfServer(db: D1Database, slug: string): Promise<unknown[]> {
  const query = `${SELECT_GRANT_RECORD} WHERE grants.server = ?1 AND ${outstanding()}`;
  return (await db.prepare(query).bind(slug).all()).results;
}

const Uses = z.object({ policies: z.int(), grants: z.int() });

/** What still needs the server: its policies, and grants that count or whose ledgers have not heard that they don't. */
export async function usesOf(db: D1Database, slug: string, now: number): Promise<z.infer<typeof Uses>> {
  const row = await db
    .prepare(
      `SELECT (SELECT count(*) FROM policies WHERE server = ?1) AS policies,
              (SELECT count(*) FROM grants WHERE server = ?1 AND (${active("?2")} OR ${outstanding()})) AS grants`,
    )
    .bind(slug, now)
    .first();
  return z.parse(Uses, row);
}

const OWNERS = "FROM grants WHERE server = ? AND credential_version IS NOT NULL AND status <> 'revoked'";

/** Holds while no grant of the server has a credential of its own. */
export function unowned(slug: string): Rest {
  return { sql: `NOT EXISTS (SELECT 1 ${OWNERS})`, values: [slug] };
}

/** How many grants of the server have a credential of their own. */
export async function ownCredentials(db: D1Database, slug: string): Promise<number> {
  const count = await db.prepare(`SELECT count(*) AS count ${OWNERS}`).bind(slug).first("count");
  return z.parse(z.int(), count);
}

/** Holds while nothing uses the server. */
export function unused(slug: string, now: number): Rest {
  return {
    sql: `NOT EXISTS (SELECT 1 FROM policies WHERE server = ?) AND NOT EXISTS
            (SELECT 1 FROM grants WHERE server = ? AND (${active("?")} OR ${outstanding()}))`,
    values: [slug, slug, now],
  };
}

export function deleteServer(db: D1Database, slug: string): D1PreparedStatement[] {
  return [
    db.prepare("DELETE FROM servers WHERE slug = ?1").bind(slug),
    db.prepare("DELETE FROM server_versions WHERE server = ?1").bind(slug),
  ];
}

const Version = z.object({ version: z.string() });

/** All versions of the server's record. */
export async function versionsOf(db: D1Database, slug: string): Promise<string[]> {
  const { results } = await db.prepare("SELECT version FROM server_versions WHERE server = ?1").bind(slug).all();
  return results.map((row) => z.parse(Version, row).version);
}
