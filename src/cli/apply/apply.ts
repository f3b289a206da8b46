/**
 * `apply` from a folder to a gateway: read, check, compare, and then either show or send. `grantgate start` uses it
 * too. Nothing is sent before every file has been found without fault.
 */

import { parseJson } from "../../json/parse.ts";
import type { Admin } from "../admin/client.ts";
import type { PolicyRecord } from "../admin/shapes.ts";
import { type Environment, variable } from "../context.ts";
import { Failure } from "../failure.ts";
import { type CheckedServer, check } from "./check.ts";
import { type DiffLine, policyDiff } from "./diff.ts";
import { readFolder } from "./folder.ts";
import { plan, type Remote, type ServerPlan } from "./plan.ts";
import { gatherSecrets, type Progress, send } from "./send.ts";

/** Throws a `Failure` with every mistake of every file. */
export function checkFolder(directory: string, cwd: string, env: Environment): readonly CheckedServer[] {
  const checked = check(readFolder(directory, cwd), env);
  if (!checked.ok) throw withProblems(checked.problems, "Nothing was sent.");
  return checked.servers;
}

export type Ask = ((question: string) => Promise<string>) | undefined;

export async function compare(
  servers: readonly CheckedServer[],
  admin: Admin,
  env: Environment,
  ask: Ask,
): Promise<readonly ServerPlan[]> {
  const remote = await readRemote(servers, admin);
  const isSet = (name: string): boolean => variable(env, name) !== undefined;
  const made = plan(servers, remote, { isSet, canAsk: ask !== undefined });
  if (!made.ok) throw withProblems(made.problems, "Nothing was sent.");
  return made.servers;
}

/** Of each policy that would change, by `server/policy`. */
export type Diffs = ReadonlyMap<string, readonly DiffLine[]>;

export async function differences(servers: readonly ServerPlan[], admin: Admin): Promise<Diffs> {
  const diffs = new Map<string, readonly DiffLine[]>();
  for (const { slug, policies } of servers) {
    for (const { kind, policy } of policies) {
      if (kind !== "change") continue;
      const before = await admin.policyDocument(slug, policy.name);
      const after = parseJson(policy.canonical);
      if (before !== undefined && after.ok) diffs.set(`${slug}/${policy.name}`, policyDiff(before, after.value));
    }
  }
  return diffs;
}

export async function carryOut(
  servers: readonly ServerPlan[],
  admin: Admin,
  env: Environment,
  ask: Ask,
  progress: Progress,
  message?: string,
): Promise<void> {
  const secrets = await gatherSecrets(servers, env, ask);
  const problems = await send(servers, admin, { secrets, message }, progress);
  if (problems.length > 0) throw withProblems(problems, "The rest was applied.");
}

async function readRemote(servers: readonly CheckedServer[], admin: Admin): Promise<Remote> {
  const records = new Map((await admin.servers()).map((record) => [record.slug, record]));
  const policies = new Map<string, PolicyRecord>();
  for (const { slug, server } of servers) {
    if (server.kind === "skip" || !records.has(slug)) continue;
    for (const policy of await admin.policies(slug)) policies.set(`${slug}/${policy.name}`, policy);
  }
  return { servers: records, policies };
}

function withProblems(problems: Failure["problems"], next: string): Failure {
  return new Failure(1, problems.length === 1 ? "1 problem" : `${problems.length} problems`, next, problems);
}
