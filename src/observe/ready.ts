/**
 * Whether this gateway can decide calls, part by part, for whoever watches it. What it tells is open to everyone: what an
 * operator must do, never a secret, an address or the text of an error.
 */
import type { Env } from "../env.ts";
import { ledgerOf } from "../ledger/find.ts";
import { within } from "../upstream/body.ts";
import { rootKeyOf } from "../upstream/root-key.ts";
import { causeOf, log } from "./log.ts";
import { MADE_BY } from "./migrations.ts";

export type Check = { readonly name: string; readonly ok: boolean; readonly detail?: string };
export type Readiness = { readonly status: "ready" | "not ready"; readonly checks: readonly Check[] };

/** A part that takes longer counts as out of reach, in ms. */
const PATIENCE_MS = 2_000;
const SHORTEST_ADMIN_TOKEN = 16;

/** Looks at every part anew. */
export async function readiness(env: Env): Promise<Readiness> {
  const checks = [
    adminToken(env),
    rootKey(env),
    ...(await Promise.all([
      reached("registry", "the D1 database GRANTGATE_DB", () => missingMigration(env)),
      reached("store", "the KV namespace GRANTGATE_KV", () => read(env)),
      reached("ledger", "a grant's ledger, a Durable Object of GRANT_LEDGER,", () => visitLedger(env)),
    ])),
  ];
  return { status: checks.every(({ ok }) => ok) ? "ready" : "not ready", checks };
}

function adminToken({ ADMIN_TOKEN }: Env): Check {
  if (ADMIN_TOKEN !== undefined && ADMIN_TOKEN.length >= SHORTEST_ADMIN_TOKEN) return { name: "ADMIN_TOKEN", ok: true };
  const detail = `not set, or shorter than ${SHORTEST_ADMIN_TOKEN} characters; set it with \`npx wrangler secret put ADMIN_TOKEN\``;
  return { name: "ADMIN_TOKEN", ok: false, detail };
}

function rootKey(env: Env): Check {
  try {
    rootKeyOf(env);
    return { name: "ROOT_KEY", ok: true };
  } catch (error) {
    // A sentence that says which secret to set; it never holds a key.
    return { name: "ROOT_KEY", ok: false, detail: causeOf(error) };
  }
}

/** `look` says what is wrong, or null. */
async function reached(name: string, what: string, look: () => Promise<string | null>): Promise<Check> {
  try {
    const found = await within(look(), PATIENCE_MS);
    if (found === null) return { name, ok: true };
    return { name, ok: false, detail: found === "late" ? `${what} did not answer within 2 seconds` : found };
  } catch (error) {
    log("error", "not ready", { step: name, cause: causeOf(error) });
    return { name, ok: false, detail: `${what} can't be reached; the log says why` };
  }
}

async function missingMigration({ GRANTGATE_DB }: Env): Promise<string | null> {
  const { results } = await GRANTGATE_DB.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").all();
  const tables = new Set(results.map(({ name }) => name));
  const missing = Object.keys(MADE_BY).filter((migration) => !tables.has(MADE_BY[migration]));
  if (missing.length === 0) return null;
  return `not applied: ${missing.join(", ")}; run \`npx wrangler d1 migrations apply GRANTGATE_DB --remote\``;
}

async function read({ GRANTGATE_KV }: Env): Promise<null> {
  await GRANTGATE_KV.get("readiness");
  return null;
}

/** A ledger of no grant: one round trip, and nothing is decided or counted. */
async function visitLedger(env: Env): Promise<null> {
  await ledgerOf(env, "readiness").usage();
  return null;
}
