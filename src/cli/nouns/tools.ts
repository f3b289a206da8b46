/** `tools`, and what is pinned of them. */
import type { ToolsOptions } from "../commands/tools.ts";
import type { AcceptOptions } from "../commands/tools-accept.ts";
import type { DiffOptions } from "../commands/tools-diff.ts";
import { type Group, HEADINGS } from "./group.ts";
import { era, yes } from "./options.ts";

const GRANT = "inventory of this grant, which has a credential of its own";

export function toolsCommands({ root, add, context, done }: Group): void {
  const tools = add(
    root,
    "tools",
    "list the tools that a grant may see; `tools diff` and `accept` for those that changed",
    "npx grantgate tools",
    "npx grantgate tools --server fortios --json",
    "npx grantgate tools diff fortios",
  )
    .helpGroup(HEADINGS.use)
    // What stands behind a verb is the verb's.
    .enablePositionalOptions()
    .helpCommand("help [command]")
    .option("--server <slug>", "server to ask (default: the demo's)")
    .option("--token <token>", "grant token (default: GRANTGATE_TOKEN or the demo grant)")
    .addOption(era())
    .action(async (options: ToolsOptions) => {
      done(await (await import("../commands/tools.ts")).tools(context, options));
    });

  add(
    tools,
    "diff <server>",
    "show what changed since a server's tools were pinned, and how much it matters; anything exits 1",
    "npx grantgate tools diff fortios",
    "npx grantgate tools diff fortios --json",
  )
    .option("--grant <id>", GRANT)
    .action(async (server: string, options: DiffOptions) => {
      done(await (await import("../commands/tools-diff.ts")).toolsDiff(context, server, options));
    });
  add(
    tools,
    "accept <server>",
    "pin tools as `tools diff` shows them, so that they can be called; what matters much must be named",
    "npx grantgate tools accept fortios",
    'npx grantgate tools accept fortios policy_create --message "Ticket 4711"',
    "npx grantgate tools accept fortios --all --yes",
  )
    .argument("[tools...]", "names (default: all that changed little)")
    .option("--all", "all of them, however much they changed")
    .option("--grant <id>", GRANT)
    .option("--message <text>", "why; kept in the record of changes")
    .addOption(yes())
    .action(async (server: string, names: readonly string[], options: AcceptOptions) => {
      done(await (await import("../commands/tools-accept.ts")).toolsAccept(context, server, names, options));
    });
  add(tools, "inventory <server>", "list what is pinned of a server's tools", "npx grantgate tools inventory fortios")
    .option("--grant <id>", GRANT)
    .action(async (server: string, options: DiffOptions) => {
      done(await (await import("../commands/tools-diff.ts")).toolsInventory(context, server, options));
    });
}
