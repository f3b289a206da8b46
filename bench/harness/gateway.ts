/** The built Worker with its storage on this machine, and an operator who sets it up before it is measured. */
import { execFile } from "node:child_process";
import { createRequire } from "node:module";
import { join } from "node:path";
import { promisify } from "node:util";
import { seedGrants } from "../../test/gate/many.ts";
import { ADMIN_TOKEN, migrate, workerdOptions } from "../../test/gate/workerd.ts";
import { type PreparedWorker, prepare } from "./worker.ts";

const BUILT = "dist/bench";
/** More than that are written into the stores: to make them one by one is not what is measured. */
const MOST_BY_API = 200;

export type Setup = {
  readonly slug: string;
  /** A server's record without its name. */
  readonly server: object;
  readonly policy: object;
  readonly grants: number;
  readonly vars?: Readonly<Record<string, string>>;
};

export type PreparedGateway = PreparedWorker & { readonly tokens: readonly string[] };

/** Builds the Worker as a deployment does, into a folder of its own: tests that build meanwhile do no harm. */
export async function build(): Promise<string> {
  const wrangler = join(createRequire(import.meta.url).resolve("wrangler/package.json"), "../bin/wrangler.js");
  const args = [wrangler, "deploy", "--dry-run", "--outdir", BUILT];
  const env = { ...process.env, WRANGLER_SEND_METRICS: "false", WRANGLER_HIDE_BANNER: "true" };
  await promisify(execFile)(process.execPath, args, { env });
  return join(BUILT, "worker.js");
}

/** The Worker must have been built. */
export async function prepareGateway({ slug, server, policy, grants, vars = {} }: Setup): Promise<PreparedGateway> {
  const built = { modulesRoot: BUILT, modules: [{ type: "ESModule", path: join(BUILT, "worker.js") }] };
  const tokens: string[] = [];
  const prepared = await prepare(workerdOptions(vars, built), async (workerd) => {
    await migrate(workerd);
    const url = await workerd.ready;

    async function admin(method: string, path: string, body: unknown): Promise<unknown> {
      const response = await fetch(new URL(`/api/v1${path}`, url), {
        method,
        headers: { authorization: `Bearer ${ADMIN_TOKEN}`, "content-type": "application/json" },
        body: JSON.stringify(body),
      });
      const text = await response.text();
      if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
      return JSON.parse(text);
    }

    await admin("PUT", `/servers/${slug}`, { name: slug, ...server });
    await admin("PUT", `/policies/${slug}/bench`, policy);
    if (grants > MOST_BY_API) {
      const seeded = await seedGrants(workerd, grants, { server: slug, policy: "bench", url: "" });
      tokens.push(...seeded.map(({ token }) => token));
    }
    while (tokens.length < grants) {
      const { token } = Object(await admin("POST", "/grants", { server: slug, policy: "bench", label: "bench" }));
      tokens.push(String(token));
    }
  });
  return { ...prepared, tokens };
}
