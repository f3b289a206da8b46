/**
 * The texts that versions stand for: policies, and sealed records of servers and of grants' own credentials.
 *
 * A version is the SHA-256 of its text, so a text found under it can't be stale. KV is asked first because it is near;
 * D1 has every text too, for the minute in which KV has not caught up.
 */
import type { Env } from "../env.ts";

export function policyKey(version: string): string {
  return `policy:${version}`;
}

export function serverKey(version: string): string {
  return `server:${version}`;
}

export function credentialKey(version: string): string {
  return `credential:${version}`;
}

type Stores = Pick<Env, "GRANTGATE_KV" | "GRANTGATE_DB">;

/** The longest that makes a difference: an entry is immutable, and what is not used is dropped anyway. */
const CACHE_SECONDS = 86_400;

/** The canonical text of a policy version, or null when neither store has it. */
export function loadPolicyText(env: Stores, version: string): Promise<string | null> {
  return load(env, policyKey(version), "SELECT text FROM policy_versions WHERE version = ?", version);
}

/** The sealed text of a server version, or null when neither store has it. */
export function loadSealedServer(env: Stores, version: string): Promise<string | null> {
  return load(env, serverKey(version), "SELECT sealed AS text FROM server_versions WHERE version = ?", version);
}

/** The sealed text of a grant's own credential, or null when neither store has it. */
export function loadSealedCredential(env: Stores, version: string): Promise<string | null> {
  const query = "SELECT sealed AS text FROM credential_versions WHERE version = ?";
  return load(env, credentialKey(version), query, version);
}

async function load(env: Stores, key: string, query: string, version: string): Promise<string | null> {
  const near = await env.GRANTGATE_KV.get(key, { cacheTtl: CACHE_SECONDS });
  return near ?? (await env.GRANTGATE_DB.prepare(query).bind(version).first<string>("text"));
}
