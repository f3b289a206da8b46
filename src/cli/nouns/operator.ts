/** `operator` and `whoami`. */
import { Argument } from "commander";
import type { OperatorCreateOptions } from "../commands/operator.ts";
import type { Yes } from "../confirm.ts";
import { type Group, HEADINGS, type Json } from "./group.ts";
import { ROLES, role, yes } from "./options.ts";

export function operatorCommands({ root, add, noun, context, done }: Group): void {
  const operator = noun(
    "operator",
    HEADINGS.who,
    "let people and programs use the admin API: viewer, policy_manager or admin",
    "npx grantgate operator create --name ci --role policy_manager",
    "npx grantgate operator list",
    "npx grantgate operator revoke opr_…",
  );

  add(
    operator,
    "create",
    "make an operator; one without --email and --group gets a token, printed this once",
    "npx grantgate operator create --name ci --role policy_manager",
    "npx grantgate operator create --name Ada --role viewer --email ada@example.com",
  )
    .requiredOption("--name <text>", "who it is")
    .addOption(role())
    .option("--email <address>", "known by the e-mail address that Cloudflare Access vouches for")
    .option("--group <name>", "known by a group that Cloudflare Access vouches for")
    .action(async (options: OperatorCreateOptions) => {
      done(await (await import("../commands/operator.ts")).operatorCreate(context, options));
    });
  add(operator, "list", "list operators", "npx grantgate operator list").action(async (options: Json) => {
    done(await (await import("../commands/operator.ts")).operatorList(context, options));
  });
  add(operator, "role", "change what an operator may do", "npx grantgate operator role opr_… viewer")
    .argument("<operator>", "its id")
    .addArgument(new Argument("<role>", "what it may do").choices(ROLES))
    .action(async (id: string, to: string, options: Json) => {
      done(await (await import("../commands/operator.ts")).operatorRole(context, id, to, options));
    });
  add(operator, "revoke <operator>", "shut an operator out for good", "npx grantgate operator revoke opr_… --yes")
    .addOption(yes())
    .action(async (id: string, options: Yes & Json) => {
      done(await (await import("../commands/operator.ts")).operatorRevoke(context, id, options));
    });

  add(root, "whoami", "as whom the gateway knows you, and what you may do", "npx grantgate whoami")
    .helpGroup(HEADINGS.who)
    .action(async (options: Json) => {
      done(await (await import("../commands/operator.ts")).whoami(context, options));
    });
}
