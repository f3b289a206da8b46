/** `apply` and `server`. */
import type { ApplyOptions } from "../commands/apply.ts";
import type { Yes } from "../confirm.ts";
import { type Group, HEADINGS, type Json } from "./group.ts";
import { yes } from "./options.ts";

export function serverCommands({ root, add, noun, context, done }: Group): void {
  add(
    root,
    "apply <folder>",
    "make the gateway as the files say: <folder>/<server>/server.json and <policy>.json",
    "npx grantgate apply policies --dry-run",
    "FORTIOS_URL=https://… FORTIOS_TOKEN=… npx grantgate apply policies",
    'npx grantgate apply policies --prune --yes --message "Ticket 4711"',
  )
    .helpGroup(HEADINGS.files)
    .option("--dry-run", "show what would change and send nothing")
    .option("--message <text>", "why; kept with each policy that changes")
    .option(
      "--prune",
      "also delete what the folder does not name: policies of its servers, and servers that have no grants",
    )
    .addOption(yes())
    .action(async (folder: string, options: ApplyOptions) => {
      done(await (await import("../commands/apply.ts")).apply(context, folder, options));
    });

  const server = noun(
    "server",
    HEADINGS.files,
    "list, show and delete servers; `apply` makes and changes them",
    "npx grantgate server list",
    "npx grantgate server show fortios",
  );

  add(server, "list", "list the servers behind the gateway", "npx grantgate server list").action(
    async (options: Json) => {
      done(await (await import("../commands/server.ts")).serverList(context, options));
    },
  );
  add(
    server,
    "show <server>",
    "show one server; secrets by their names only",
    "npx grantgate server show fortios",
  ).action(async (slug: string, options: Json) => {
    done(await (await import("../commands/server.ts")).serverShow(context, slug, options));
  });
  add(
    server,
    "usage <server>",
    "show the counters that all grants of a server share",
    "npx grantgate server usage fortios",
  ).action(async (slug: string, options: Json) => {
    done(await (await import("../commands/server.ts")).serverUsage(context, slug, options));
  });
  add(
    server,
    "delete <server>",
    "delete a server that has no policies and no grants any more",
    "npx grantgate server delete fortios --yes",
  )
    .addOption(yes())
    .action(async (slug: string, options: Yes & Json) => {
      done(await (await import("../commands/server.ts")).serverDelete(context, slug, options));
    });
}
