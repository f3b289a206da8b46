/** Servers in the registry. The sealed record goes in with the row; nothing here sees a secret. */
import * as z from "zod";
import { SELECT_GRANT_RECORD } from "../grant/record.ts";
import { ServerFile } from "../upstream/server-file.ts";
import { active, outstanding } from "./standing.ts";

const Row = z.object({
  slug: z.string(),
  file: z.string().transform((text) => ServerFile.parse(JSON.parse(text))),
  secrets: z.string().transform((text) => z.array(z.string()).parse(JSON.parse(text))),
  version: z.string(),
  createdAt: z.int(),
  updatedAt: z.int(),
});
export type ServerRow = z.infer<typeof Row>;

const SELECT = "SELECT slug, file, secrets, version, created_at AS createdAt, updated_at AS updatedAt FROM servers";

export async function listServers(db: D1Database): Promise<ServerRow[]> {
  const { results } = await db.prepare(`${SELECT} ORDER BY slug`).all();
  return results.map((row) => Row.parse(row));
}

export async function findServer(db: D1Database, slug: string): Promise<ServerRow | null> {
  const row = await db.prepare(`${SELECT} WHERE slug = ?1`).bind(slug).first();
  return row === null ? null : Row.parse(row);
}

export type NewServer = Omit<ServerRow, "createdAt" | "updatedAt"> & { readonly sealed: string; readonly now: number };

/** Writes a new version and raises the revision of every grant it is for, in one transaction. */
export async function writeServer(db: D1Database, server: NewServer): Promise<void> {
  const { slug, file, secrets, version, sealed, now } = server;
  await db.batch([
    db
      .prepare("INSERT INTO server_versions (version, server, sealed, created_at) VALUES (?1, ?2, ?3, ?4)")
      .bind(version, slug, sealed, now),
    db.prepare(`UPDATE grants SET revision = revision + 1 WHERE server = ?1 AND ${active("?2")}`).bind(slug, now),
    db
      .prepare(
        `INSERT INTO servers (slug, file, secrets, version, created_at, updated_at) VALUES (?1, ?2, ?3, ?4, ?5, ?5)
         ON CONFLICT (slug) DO UPDATE SET file = excluded.file, secrets = excluded.secrets,
           version = excluded.version, updated_at = excluded.updated_at`,
      )
      .bind(slug, JSON.stringify(file), JSON.stringify(secrets), version, now),
  ]);
}

/** Grants of the server whose ledgers are behind, as rows of `SELECT_GRANT_RECORD`. */
export async function outstandingOfServer(db: D1Database, slug: string, now: number): Promise<unknown[]> {
  const query = `${SELECT_GRANT_RECORD} WHERE grants.server = ?1 AND ${outstanding("?2")}`;
  return (await db.prepare(query).bind(slug, now).all()).results;
}

export type Deletion =
  | { readonly kind: "deleted"; readonly versions: readonly string[] }
  | { readonly kind: "in use"; readonly policies: number; readonly grants: number };

/** Deletes a server that nothing uses, with all its sealed records. What uses it is counted in the same transaction. */
export async function deleteServer(db: D1Database, slug: string, now: number): Promise<Deletion> {
  const policies = "SELECT count(*) FROM policies WHERE server = ?1";
  const grants = `SELECT count(*) FROM grants WHERE server = ?1 AND (${active("?2")} OR ${outstanding("?2")})`;
  const [uses, , versions] = await db.batch([
    db.prepare(`SELECT (${policies}) AS policies, (${grants}) AS grants`).bind(slug, now),
    db.prepare(`DELETE FROM servers WHERE slug = ?1 AND (${policies}) = 0 AND (${grants}) = 0`).bind(slug, now),
    db
      .prepare(
        `DELETE FROM server_versions WHERE server = ?1 AND NOT EXISTS (SELECT 1 FROM servers WHERE slug = ?1)
         RETURNING version`,
      )
      .bind(slug),
  ]);
  const used = z.object({ policies: z.int(), grants: z.int() }).parse(uses?.results[0]);
  if (used.policies > 0 || used.grants > 0) return { kind: "in use", ...used };
  return {
    kind: "deleted",
    versions: z
      .array(z.object({ version: z.string() }))
      .parse(versions?.results)
      .map(({ version }) => version),
  };
}
