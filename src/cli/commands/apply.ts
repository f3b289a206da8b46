/** `grantgate apply`: makes the gateway as the files in a folder say, or shows what that would change. */
import { resolve } from "node:path";
import { type Admin, openAdmin } from "../admin/client.ts";
import { carryOut, checkFolder, compare, type Diffs, differences } from "../apply/apply.ts";
import type { CheckedServer } from "../apply/check.ts";
import type { PolicyStep, ServerPlan, ServerStep } from "../apply/plan.ts";
import { NOTHING_TO_PRUNE, type Prune, prune, type Removal } from "../apply/prune.ts";
import {
  diffText,
  keptLines,
  planJson,
  policyLine,
  pruneJson,
  removalLine,
  serverLine,
  skippedLines,
  summary,
} from "../apply/show.ts";
import { confirmed, type Yes } from "../confirm.ts";
import type { Context, Environment } from "../context.ts";
import type { ExitCode } from "../failure.ts";
import { counted, printJson } from "../show.ts";
import { demoVariables } from "../start/demo-server.ts";

export type ApplyOptions = Yes & {
  readonly dryRun?: true;
  readonly prune?: true;
  readonly message?: string;
  readonly json?: true;
};

export async function apply(context: Context, directory: string, options: ApplyOptions): Promise<ExitCode> {
  const { terminal, cwd } = context;
  const { gateway, admin } = openAdmin(context);
  // Where the demo server listens is for `start` to choose and not for the user to know.
  const env = { ...demoVariables(gateway.local), ...context.env };
  const checked = checkFolder(resolve(cwd, directory), cwd, env);
  const servers = await compare(checked, admin, env, terminal.ask);
  const strays = options.prune ? await straysOf(checked, admin) : NOTHING_TO_PRUNE;
  if (options.dryRun) await show(context, { url: gateway.url, servers, strays }, admin, options);
  else await carryOutAll(context, { url: gateway.url, servers, strays }, admin, env, options);
  return 0;
}

type Plans = { readonly url: string; readonly servers: readonly ServerPlan[]; readonly strays: Prune };

async function straysOf(folder: readonly CheckedServer[], admin: Admin): Promise<Prune> {
  const [servers, policies] = await Promise.all([admin.servers(), admin.policies()]);
  const strays = servers.filter(({ slug }) => folder.every((server) => server.slug !== slug));
  const inUse = new Set<string>();
  for (const { slug } of strays) if (await admin.isServerInUse(slug)) inUse.add(slug);
  return prune(folder, { servers, policies, inUse });
}

async function show({ terminal }: Context, plans: Plans, admin: Admin, options: ApplyOptions): Promise<void> {
  const { url, servers, strays } = plans;
  const { out, err, paint } = terminal;
  const diffs = await differences(servers, admin);
  if (options.json) {
    printJson(terminal, report(plans, true, diffs, options));
    return;
  }
  for (const { slug, server, policies } of servers) {
    if (server.kind === "skip") continue;
    out(serverLine(slug, server, "will", paint));
    for (const step of policies) {
      out(policyLine(slug, step, "will", paint));
      const lines = diffs.get(`${slug}/${step.policy.name}`);
      if (lines !== undefined) out(diffText(lines, paint));
    }
  }
  for (const line of skippedLines(servers, "will", paint)) out(line);
  for (const removal of strays.removals) out(removalLine(removal, "will", paint));
  for (const line of keptLines(strays, paint)) out(line);
  err(`${summary(servers, strays)}. Nothing was sent to ${url}.`);
}

async function carryOutAll(
  context: Context,
  { url, servers, strays }: Plans,
  admin: Admin,
  env: Environment,
  options: ApplyOptions,
): Promise<void> {
  const { terminal } = context;
  const { removals } = strays;
  if (removals.length > 0) {
    for (const removal of removals) terminal.err(removalLine(removal, "will", terminal.paintErr));
    await confirmed(context, options, `delete ${removals.length === 1 ? "it" : `these ${removals.length}`}`);
  }
  const done: { slug: string; server: ServerStep; policies: PolicyStep[] }[] = [];
  const tell = (line: string): void => {
    if (!options.json) terminal.out(line);
  };
  const progress = {
    server: (slug: string, server: ServerStep) => {
      done.push({ slug, server, policies: [] });
      if (server.kind !== "skip") tell(serverLine(slug, server, "done", terminal.paint));
    },
    policy: (slug: string, step: PolicyStep) => {
      done.at(-1)?.policies.push(step);
      tell(policyLine(slug, step, "done", terminal.paint));
    },
  };
  await carryOut(servers, admin, env, terminal.ask, progress, options.message);
  for (const line of skippedLines(servers, "done", terminal.paint)) tell(line);
  for (const removal of removals) {
    await remove(removal, admin);
    tell(removalLine(removal, "done", terminal.paint));
  }
  for (const line of keptLines(strays, terminal.paint)) tell(line);
  if (options.json) printJson(terminal, report({ url, servers: done, strays }, false, new Map(), options));
  else if (strays.kept.length > 0) {
    terminal.err(
      `${counted(strays.kept.length, "thing")} that no file names stayed: revoke or move their grants first.`,
    );
  }
}

async function remove(removal: Removal, admin: Admin): Promise<void> {
  const { server, revision } = removal;
  if (removal.kind === "policy") await admin.deletePolicy(server, removal.policy, { revision });
  else await admin.deleteServer(server, { revision });
}

function report({ url, servers, strays }: Plans, dryRun: boolean, diffs: Diffs, options: ApplyOptions) {
  return {
    gateway: url,
    dryRun,
    servers: planJson(servers, diffs),
    ...(options.prune && { prune: pruneJson(strays) }),
  };
}
