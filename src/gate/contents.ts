/**
 * What versions stand for, ready to use: compiled policies and open server records, kept in the isolate. A version
 * names its content, so nothing kept here can be stale; what can't be loaded is an error, and the call fails closed.
 */
import type { Env } from "../env.ts";
import { loadPolicyText, loadSealedCredential, loadSealedServer } from "../grant/contents.ts";
import { Kept } from "../grant/kept.ts";
import type { GrantRecord } from "../grant/record.ts";
import { type CompiledPolicy, compilePolicy } from "../policy/compile.ts";
import { readPolicy } from "../policy/read.ts";
import { type GrantCredential, unsealCredential } from "../upstream/grant-credential.ts";
import { keeperOfGrant, keeperOfServer } from "../upstream/oauth/name.ts";
import { tokenSource } from "../upstream/oauth/source.ts";
import { rootKeyOf } from "../upstream/root-key.ts";
import { unsealServer } from "../upstream/server.ts";
import { type Target, targetOf } from "../upstream/target.ts";

export type Contents = {
  readonly server: Target;
  /** Null: the grant has no policy, and every call is denied. */
  readonly policy: CompiledPolicy | null;
};

const policies = new Kept<string, CompiledPolicy>(200);
/** By `targetKey`. */
const targets = new Kept<string, Target>(500);

export async function contentsOf(env: Env, grant: GrantRecord): Promise<Contents> {
  const key = targetKey(grant);
  const server = targets.get(key) ?? targets.set(key, await openTarget(env, grant));
  // Resources and prompts have no rules of their own; without a policy they are not open either.
  if (grant.policy === null) return { server: { ...server, surface: ["tools"] }, policy: null };
  const { version } = grant.policy;
  return { server, policy: policies.get(version) ?? policies.set(version, await openPolicy(env, version)) };
}

/** Names the server's record and the grant's own credential, each with whom it was sealed for. */
export function targetKey({ id, server, serverVersion, credentialVersion }: GrantRecord): string {
  return `${server} ${serverVersion}${credentialVersion ? ` ${id} ${credentialVersion}` : ""}`;
}

async function openPolicy(env: Env, version: string): Promise<CompiledPolicy> {
  const text = await loadPolicyText(env, version);
  if (text === null) throw new Error(`policy version ${version} can't be found`);
  const read = readPolicy(text);
  if (!read.ok) throw new Error(`policy version ${version} can't be read`);
  return compilePolicy(read.document);
}

async function openTarget(env: Env, grant: GrantRecord): Promise<Target> {
  const { serverVersion, server: slug, credentialVersion } = grant;
  const sealed = await loadSealedServer(env, serverVersion);
  if (sealed === null) throw new Error(`server version ${serverVersion} can't be found`);
  const record = await unsealServer(rootKeyOf(env), slug, sealed);
  if (record === null) throw new Error(`server version ${serverVersion} can't be opened with this ROOT_KEY`);
  const allowLoopback = env.ALLOW_LOOPBACK_UPSTREAMS === "true";
  if (!credentialVersion) {
    return targetOf(record, allowLoopback, (client) => tokenSource(env, keeperOfServer(slug), serverVersion, client));
  }
  // All or nothing: of the server's own credential not one header is left.
  const own = { ...record, ...(await openCredential(env, grant.id, credentialVersion)) };
  return targetOf(own, allowLoopback, (client) => tokenSource(env, keeperOfGrant(grant.id), credentialVersion, client));
}

async function openCredential(env: Env, grantId: string, version: string): Promise<GrantCredential> {
  const sealed = await loadSealedCredential(env, version);
  if (sealed === null) throw new Error(`credential version ${version} can't be found`);
  const credential = await unsealCredential(rootKeyOf(env), grantId, sealed);
  if (credential === null) throw new Error(`credential version ${version} can't be opened with this ROOT_KEY`);
  return credential;
}
