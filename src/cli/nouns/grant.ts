/** `grant`: making, showing and listing grants. What changes one is in `grant-change.ts`. */
import { Option } from "commander";
import type { GrantCreateOptions } from "../commands/grant-create.ts";
import type { GrantListOptions } from "../commands/grant-list.ts";
import { grantChangeCommands } from "./grant-change.ts";
import { type Group, HEADINGS, type Json } from "./group.ts";
import { limit, many, STATUSES } from "./options.ts";

export function grantCommands(group: Group): void {
  const { add, noun, context, done } = group;
  const grant = noun(
    "grant",
    HEADINGS.who,
    "make, list, change and end grants: the right of one client to one server",
    "npx grantgate grant create --server fortios --policy standard --label ci --expires 30d",
    "npx grantgate grant list --status active",
    "npx grantgate grant rotate grt_… --overlap 1h",
    "npx grantgate grant revoke grt_…",
  );

  add(
    grant,
    "create",
    "let one client use one server under one policy; prints the token, this once",
    "npx grantgate grant create --server fortios --policy standard --label ci --tag team-net --expires 30d",
    "npx grantgate grant create --server fortios --policy standard --label ci --json",
  )
    .requiredOption("--server <slug>", "server the grant is for")
    .requiredOption("--policy <name>", "policy that decides its calls")
    .requiredOption("--label <text>", "who or what will use it")
    .addOption(many("--tag <tag>", "a tag; may be given more than once"))
    .option("--expires <when>", "a duration (12h, 30d) or an instant (2027-01-31T00:00:00Z)")
    .option("--idempotency-key <key>", "said again within a day, makes no second grant (default: a new one each time)")
    .action(async (options: GrantCreateOptions) => {
      done(await (await import("../commands/grant-create.ts")).grantCreate(context, options));
    });
  add(
    grant,
    "list",
    "list grants",
    "npx grantgate grant list",
    "npx grantgate grant list --server fortios --status active --tag team-net",
  )
    .option("--server <slug>", "only grants for this server")
    .option("--policy <name>", "only grants under this policy")
    .addOption(new Option("--status <status>", "only grants in this state").choices(STATUSES))
    .option("--tag <tag>", "only grants with this tag")
    .option("--label <text>", "only grants whose label contains this")
    .addOption(limit("grants"))
    .action(async (options: GrantListOptions) => {
      done(await (await import("../commands/grant-list.ts")).grantList(context, options));
    });
  add(
    grant,
    "show <grant>",
    "show one grant: state, tokens, and what it has used",
    "npx grantgate grant show grt_…",
  ).action(async (id: string, options: Json) => {
    done(await (await import("../commands/grant-show.ts")).grantShow(context, id, options));
  });
  add(
    grant,
    "usage <grant>",
    "show its counters: used, most, and when they reset",
    "npx grantgate grant usage grt_…",
    "npx grantgate grant usage grt_… --json",
  ).action(async (id: string, options: Json) => {
    done(await (await import("../commands/grant-show.ts")).grantUsage(context, id, options));
  });
  grantChangeCommands(grant, group);
}
