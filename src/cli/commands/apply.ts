/** `grantgate apply`: makes the gateway as the files in a folder say, or shows what that would change. */
import { resolve } from "node:path";
import { adminClient } from "../admin/client.ts";
import { carryOut, checkFolder, compare, type Diffs, differences } from "../apply/apply.ts";
import type { PolicyStep, ServerPlan, ServerStep } from "../apply/plan.ts";
import { diffText, planJson, policyLine, serverLine, summary } from "../apply/show.ts";
import type { Context } from "../context.ts";
import type { ExitCode } from "../failure.ts";
import { adminBearer, findGateway } from "../gateway.ts";
import { demoVariables } from "../start/demo-server.ts";

export type ApplyOptions = { readonly dryRun?: true; readonly json?: true };

export async function apply(context: Context, directory: string, options: ApplyOptions): Promise<ExitCode> {
  const { terminal, cwd } = context;
  const gateway = findGateway(context);
  // Where the demo server listens is for `start` to choose and not for the user to know.
  const env = { ...demoVariables(gateway.local), ...context.env };
  const checked = checkFolder(resolve(cwd, directory), cwd, env);
  const admin = adminClient({ gateway, bearer: adminBearer(gateway, context) });
  const servers = await compare(checked, admin, env, terminal.ask);
  if (options.dryRun) {
    const diffs = await differences(servers, admin);
    if (options.json) {
      terminal.out(report(gateway.url, true, servers, diffs));
      return 0;
    }
    for (const { slug, server, policies } of servers) {
      terminal.out(serverLine(slug, server, "will", terminal.paint));
      for (const step of policies) {
        terminal.out(policyLine(slug, step, "will", terminal.paint));
        const lines = diffs.get(`${slug}/${step.policy.name}`);
        if (lines !== undefined) terminal.out(diffText(lines, terminal.paint));
      }
    }
    terminal.err(`${summary(servers)}. Nothing was sent to ${gateway.url}.`);
    return 0;
  }
  const done: { slug: string; server: ServerStep; policies: PolicyStep[] }[] = [];
  const tell = (line: string): void => {
    if (!options.json) terminal.out(line);
  };
  await carryOut(servers, admin, env, terminal.ask, {
    server: (slug, server) => {
      done.push({ slug, server, policies: [] });
      tell(serverLine(slug, server, "done", terminal.paint));
    },
    policy: (slug, step) => {
      done.at(-1)?.policies.push(step);
      tell(policyLine(slug, step, "done", terminal.paint));
    },
  });
  if (options.json) terminal.out(report(gateway.url, false, done, new Map()));
  return 0;
}

function report(url: string, dryRun: boolean, servers: readonly ServerPlan[], diffs: Diffs): string {
  return JSON.stringify({ gateway: url, dryRun, servers: planJson(servers, diffs) }, null, 2);
}
