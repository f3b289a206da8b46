/**
 * What versions stand for, ready to use: compiled policies and open server records, kept in the isolate. A version
 * names its content, so nothing kept here can be stale; what can't be loaded is an error, and the call fails closed.
 */
import type { Env } from "../env.ts";
import { loadPolicyText, loadSealedServer } from "../grant/contents.ts";
import { Kept } from "../grant/kept.ts";
import type { GrantRecord } from "../grant/record.ts";
import { type CompiledPolicy, compilePolicy } from "../policy/compile.ts";
import { readPolicy } from "../policy/read.ts";
import { rootKeyOf } from "../upstream/root-key.ts";
import { unsealServer } from "../upstream/server.ts";
import { type Target, targetOf } from "../upstream/target.ts";

export type Contents = {
  readonly server: Target;
  /** Null: the grant has no policy, and every call is denied. */
  readonly policy: CompiledPolicy | null;
};

const policies = new Kept<string, CompiledPolicy>(200);
const servers = new Kept<string, Target>(200);

export async function contentsOf(env: Env, grant: GrantRecord): Promise<Contents> {
  const server = servers.get(grant.serverVersion) ?? servers.set(grant.serverVersion, await openServer(env, grant));
  // Resources and prompts have no rules of their own; without a policy they are not open either.
  if (grant.policy === null) return { server: { ...server, surface: ["tools"] }, policy: null };
  const { version } = grant.policy;
  return { server, policy: policies.get(version) ?? policies.set(version, await openPolicy(env, version)) };
}

async function openPolicy(env: Env, version: string): Promise<CompiledPolicy> {
  const text = await loadPolicyText(env, version);
  if (text === null) throw new Error(`policy version ${version} can't be found`);
  const read = readPolicy(text);
  if (!read.ok) throw new Error(`policy version ${version} can't be read`);
  return compilePolicy(read.document);
}

async function openServer(env: Env, grant: GrantRecord): Promise<Target> {
  const sealed = await loadSealedServer(env, grant.serverVersion);
  if (sealed === null) throw new Error(`server version ${grant.serverVersion} can't be found`);
  const record = await unsealServer(rootKeyOf(env), grant.server, sealed);
  if (record === null) throw new Error(`server version ${grant.serverVersion} can't be opened with this ROOT_KEY`);
  return targetOf(record);
}
