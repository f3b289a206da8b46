/** The commands of `policy` that ask the gateway. Those that need none are in `../policy/commands.ts`. */
import type { Command } from "commander";
import type { RollbackOptions } from "../commands/policy-history.ts";
import type { PolicyShowOptions } from "../commands/policy-registry.ts";
import type { Yes } from "../confirm.ts";
import type { Group, Json } from "./group.ts";
import { count, limit, yes } from "./options.ts";

export function policyCommandsOf(policy: Command, { add, context, done }: Group): void {
  add(
    policy,
    "list",
    "list the policies that the gateway has",
    "npx grantgate policy list",
    "npx grantgate policy list --server fortios",
  )
    .option("--server <slug>", "only policies of this server")
    .action(async (options: Json & { readonly server?: string }) => {
      done(await (await import("../commands/policy-registry.ts")).policyList(context, options));
    });
  add(
    policy,
    "show <policy>",
    "print the document of <server>/<policy> as it is in force",
    "npx grantgate policy show fortios/standard > standard.json",
    "npx grantgate policy show fortios/standard --revision 3",
  )
    .option("--revision <n>", "as it was in this revision", count)
    .action(async (name: string, options: PolicyShowOptions) => {
      done(await (await import("../commands/policy-registry.ts")).policyShow(context, name, options));
    });
  add(
    policy,
    "versions <policy>",
    "list what <server>/<policy> was, by whom, when and why; newest first",
    "npx grantgate policy versions fortios/standard",
  )
    .addOption(limit("revisions"))
    .action(async (name: string, options: Json & { readonly limit?: number }) => {
      done(await (await import("../commands/policy-registry.ts")).policyVersions(context, name, options));
    });
  add(
    policy,
    "diff <policy>",
    "show what changed between two revisions (default: by the last change)",
    "npx grantgate policy diff fortios/standard",
    "npx grantgate policy diff fortios/standard 2 5",
  )
    .argument("[from]", "revision (default: the one before)", count)
    .argument("[to]", "revision (default: the one in force)", count)
    .action(async (name: string, from: number | undefined, to: number | undefined, options: Json) => {
      done(
        await (await import("../commands/policy-history.ts")).policyDifference(context, name, { from, to }, options),
      );
    });
  add(
    policy,
    "rollback <policy>",
    "put <server>/<policy> back to an earlier revision, for all grants under it at once",
    "npx grantgate policy rollback fortios/standard",
    'npx grantgate policy rollback fortios/standard --to 3 --message "Too strict" --yes',
  )
    .option("--to <revision>", "revision to go back to (default: the one before)", count)
    .option("--message <text>", "why")
    .addOption(yes())
    .action(async (name: string, options: RollbackOptions) => {
      done(await (await import("../commands/policy-history.ts")).policyRollback(context, name, options));
    });
  add(
    policy,
    "delete <policy>",
    "delete <server>/<policy>; refused while grants are under it",
    "npx grantgate policy delete fortios/old --yes",
  )
    .addOption(yes())
    .action(async (name: string, options: Yes & Json) => {
      done(await (await import("../commands/policy-registry.ts")).policyDelete(context, name, options));
    });
}
