/**
 * The Durable Object that keeps what one server last listed: each tool's input schema, for all its grants together.
 *
 * Schemas come from lists that passed through the gateway, or that it fetched itself. What another version of the
 * server's record listed is not kept: it may have been another server.
 */
import { DurableObject } from "cloudflare:workers";
import type { Env } from "../env.ts";

/** A tool as it was listed; `inputSchema` is JSON text, digit for digit. */
export type Definition = { readonly name: string; readonly inputSchema: string };

const TABLE = `CREATE TABLE IF NOT EXISTS tools (
  name TEXT PRIMARY KEY, server_version TEXT NOT NULL, input_schema TEXT NOT NULL
) STRICT`;

/** Only what differs is written: a list that says nothing new costs no row. */
const PUT = `INSERT INTO tools (name, server_version, input_schema)
  SELECT value ->> 0, ?, value ->> 1 FROM json_each(?) WHERE true
  ON CONFLICT (name) DO UPDATE SET server_version = excluded.server_version, input_schema = excluded.input_schema
  WHERE (server_version, input_schema) IS NOT (excluded.server_version, excluded.input_schema)`;

/** A value that SQLite is given may have 2 MB; this leaves room for characters of several bytes. */
const LONGEST = 500_000;

export class ToolShelf extends DurableObject<Env> {
  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    ctx.storage.sql.exec(TABLE);
  }

  async put(serverVersion: string, definitions: readonly Definition[]): Promise<void> {
    this.ctx.storage.transactionSync(() => {
      this.ctx.storage.sql.exec("DELETE FROM tools WHERE server_version <> ?", serverVersion);
      for (const rows of inBatches(definitions)) this.ctx.storage.sql.exec(PUT, serverVersion, rows);
    });
  }

  /** The tool's input schema as last listed, or null where that version of the server has not listed it. */
  async schemaOf(serverVersion: string, tool: string): Promise<string | null> {
    const [row] = this.ctx.storage.sql
      .exec<{ schema: string }>(
        "SELECT input_schema AS schema FROM tools WHERE name = ? AND server_version = ?",
        tool,
        serverVersion,
      )
      .toArray();
    return row?.schema ?? null;
  }
}

/** The definitions as JSON texts that can be bound. One that is too long by itself is not kept, so a strict rule denies. */
function* inBatches(definitions: readonly Definition[]): Generator<string, void> {
  let batch: string[] = [];
  let length = 0;
  for (const { name, inputSchema } of definitions) {
    const row = JSON.stringify([name, inputSchema]);
    if (row.length > LONGEST) continue;
    if (length + row.length > LONGEST) {
      yield `[${batch.join(",")}]`;
      batch = [];
      length = 0;
    }
    batch.push(row);
    length += row.length;
  }
  if (batch.length > 0) yield `[${batch.join(",")}]`;
}
