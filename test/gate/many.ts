/**
 * A gateway with many grants of one server under one policy, written into its stores directly: to make them one by one
 * is not what is looked at. Their ledgers come to be with the first call, or the first change.
 */
import { Miniflare } from "miniflare";
import { hashToken, mintToken } from "../../src/grant/token.ts";
import type { Grant } from "./gateway.ts";
import { call, decisionOf } from "./wire.ts";
import { ADMIN_TOKEN, migrate, workerdOptions } from "./workerd.ts";

export type Many = {
  readonly grants: readonly Grant[];
  /** A call of the admin API that succeeds, and its answer. */
  admin(method: string, path: string, body?: unknown): Promise<Record<string, unknown>>;
  close(): Promise<void>;
};

const AT_ONCE = 50;

/** The server is `files`, the policy `many`. */
export async function startMany(count: number, url: string, policy: object): Promise<Many> {
  const workerd = new Miniflare(workerdOptions({}));
  const gateway = await workerd.ready;
  await migrate(workerd);

  async function admin(method: string, path: string, body?: unknown): Promise<Record<string, unknown>> {
    const response = await fetch(new URL(`/api/v1${path}`, gateway), {
      method,
      headers: { authorization: `Bearer ${ADMIN_TOKEN}`, "content-type": "application/json" },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return JSON.parse(text) as Record<string, unknown>;
  }

  await admin("PUT", "/servers/files", { name: "files", url });
  await admin("PUT", "/policies/files/many", policy);
  const of = { server: "files", policy: "many", url: new URL("/mcp/files", gateway).href };
  const grants = await seedGrants(workerd, count, of);
  return { grants, admin, close: () => workerd.dispose() };
}

/** The version of the policy that decides a call of each, by what the answers say. The tool must be denied. */
export async function versionsBy(grants: readonly Grant[], tool: string): Promise<unknown[]> {
  const decisions = await each(grants, async (grant) => Object(decisionOf(await call(grant, tool))).version);
  return [...new Set(decisions)];
}

/** The results of `work` for every grant, some at a time. */
export async function each<T>(grants: readonly Grant[], work: (grant: Grant) => Promise<T>): Promise<T[]> {
  const results: T[] = [];
  for (let from = 0; from < grants.length; from += AT_ONCE) {
    results.push(...(await Promise.all(grants.slice(from, from + AT_ONCE).map(work))));
  }
  return results;
}

/** Writes active grants into the stores of a Worker whose server and policy there are; `url` is where they will call. */
export async function seedGrants(
  workerd: Miniflare,
  count: number,
  { server, policy, url }: { readonly server: string; readonly policy: string; readonly url: string },
): Promise<Grant[]> {
  const [database, store] = await Promise.all([
    workerd.getD1Database("GRANTGATE_DB"),
    workerd.getKVNamespace("GRANTGATE_KV"),
  ]);
  const grants = Array.from({ length: count }, (_, nth) => {
    const token = mintToken(crypto.getRandomValues(new Uint8Array(32)));
    return { id: `grt_${String(nth).padStart(22, "0")}`, token, url };
  });
  const rows = await each(grants, async ({ id, token }) => {
    const hash = await hashToken(token);
    await store.put(`token:${hash}`, id);
    return [id, hash];
  });
  const all = JSON.stringify(rows);
  await database.batch([
    database
      .prepare(
        `INSERT INTO grants (id, server, policy, label, tags, status, created_at, updated_at)
         SELECT value ->> 0, ?, ?, 'one of many', '[]', 'active', 0, 0 FROM json_each(?)`,
      )
      .bind(server, policy, all),
    database
      .prepare(
        "INSERT INTO grant_tokens (hash, grant_id, created_at) SELECT value ->> 1, value ->> 0, 0 FROM json_each(?)",
      )
      .bind(all),
  ]);
  return grants;
}
