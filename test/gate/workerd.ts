/** How the built Worker runs on workerd for gate tests: real storage, nothing before it and nothing behind it. */
import { join } from "node:path";
import { readD1Migrations } from "@cloudflare/vitest-plugin";
import { convertV4MiniflareOptions, type Miniflare, type MiniflareOptions } from "miniflare";
import { unstable_getMiniflareWorkerOptions } from "wrangler";
import { BUILT } from "./build.ts";

export const NAME = "grantgate";
export const ADMIN_TOKEN = "admin-token-of-the-gate-tests";
export const ROOT_KEY = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";

const SECRETS = { ADMIN_TOKEN, ROOT_KEY, ALLOW_LOOPBACK_UPSTREAMS: "true" };

export function workerdOptions(vars: Record<string, string>, more: object = {}): MiniflareOptions {
  const { workerOptions } = unstable_getMiniflareWorkerOptions("wrangler.toml");
  return convertV4MiniflareOptions({
    ...workerOptions,
    name: NAME,
    modulesRoot: BUILT,
    modules: [{ type: "ESModule", path: join(BUILT, "worker.js") }],
    bindings: { ...SECRETS, ...vars },
    host: "127.0.0.1",
    port: 0,
    cf: false,
    ...more,
  });
}

/** Makes the registry's tables, as a deployment does. */
export async function migrate(workerd: Miniflare): Promise<void> {
  const database = await workerd.getD1Database("GRANTGATE_DB");
  for (const { queries } of await readD1Migrations("src/admin/migrations")) {
    await database.batch(queries.map((query) => database.prepare(query)));
  }
}
