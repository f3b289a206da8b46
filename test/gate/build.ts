/** Builds the Worker once for all gate tests, as a deployment would. */
import { execFile } from "node:child_process";
import { createRequire } from "node:module";
import { join } from "node:path";
import { promisify } from "node:util";

export const BUILT = "dist/gate-tests";

export async function setup(): Promise<void> {
  const wrangler = join(createRequire(import.meta.url).resolve("wrangler/package.json"), "../bin/wrangler.js");
  const args = [wrangler, "deploy", "--dry-run", "--outdir", BUILT];
  const env = { ...process.env, WRANGLER_SEND_METRICS: "false", WRANGLER_HIDE_BANNER: "true" };
  await promisify(execFile)(process.execPath, args, { env });
}
