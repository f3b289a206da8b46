/** The commands of `grant` that change a grant. All are in force from its next call on. */
import type { Command } from "commander";
import type { EditOptions, MoveOptions } from "../commands/grant-change.ts";
import type { CredentialOptions } from "../commands/grant-credential.ts";
import type { RotateOptions } from "../commands/grant-rotate.ts";
import type { Action, StateOptions } from "../commands/grant-state.ts";
import type { Group, Json } from "./group.ts";
import { many, yes } from "./options.ts";

export function grantChangeCommands(grant: Command, group: Group): void {
  const { add, context, done } = group;
  stateCommands(grant, group);

  add(
    grant,
    "rotate <grant>",
    "give a grant a new token, printed this once; the old one ends at once or after an overlap",
    "npx grantgate grant rotate grt_…",
    "npx grantgate grant rotate grt_… --overlap 1h",
  )
    .option("--overlap <span>", "how long the old token still works: 15m, 1h, 7d (default: not at all)")
    .action(async (id: string, options: RotateOptions) => {
      done(await (await import("../commands/grant-rotate.ts")).grantRotate(context, id, options));
    });
  add(
    grant,
    "expire <grant> <when>",
    "set when a grant ends: a duration, an instant, now or never",
    "npx grantgate grant expire grt_… 30d",
    "npx grantgate grant expire grt_… now",
  ).action(async (id: string, when: string, options: Json) => {
    done(await (await import("../commands/grant-change.ts")).grantExpire(context, id, when, options));
  });
  add(
    grant,
    "move <grant>",
    "put a grant under another policy of its server",
    "npx grantgate grant move grt_… --policy read-only",
    "npx grantgate grant move grt_… --no-policy",
  )
    .option("--policy <name>", "policy that decides its calls from now on")
    .option("--no-policy", "none: every call is denied")
    .action(async (id: string, options: MoveOptions) => {
      done(await (await import("../commands/grant-change.ts")).grantMove(context, id, options));
    });
  add(
    grant,
    "edit <grant>",
    "change a grant's label or tags",
    "npx grantgate grant edit grt_… --label laptop",
    "npx grantgate grant edit grt_… --tag team-net --tag prod",
  )
    .option("--label <text>", "who or what uses it")
    .addOption(many("--tag <tag>", "its tags from now on; may be given more than once"))
    .option("--no-tags", "take all tags away")
    .action(async (id: string, options: EditOptions) => {
      done(await (await import("../commands/grant-change.ts")).grantEdit(context, id, options));
    });
  add(
    grant,
    "credential <grant>",
    "let a grant prove itself to the server as somebody else than the server's other grants",
    `TOKEN=… npx grantgate grant credential grt_… --header 'Authorization: Bearer \${secret:TOKEN}'`,
    "npx grantgate grant credential grt_… --clear",
  )
    .addOption(many("--header <header>", "a header with its secrets by name; may be given more than once"))
    .option("--clear", "use the server's own credential again")
    .action(async (id: string, options: CredentialOptions) => {
      done(await (await import("../commands/grant-credential.ts")).grantCredential(context, id, options));
    });
}

const STATES = [
  ["suspend", "let grants do nothing until they are resumed"],
  ["resume", "let suspended grants work again"],
  ["revoke", "end grants for good; their next call is refused"],
] as const satisfies readonly (readonly [Action, string])[];

function stateCommands(grant: Command, { add, context, done }: Group): void {
  for (const [action, description] of STATES) {
    add(
      grant,
      `${action} [grants...]`,
      description,
      `npx grantgate grant ${action} grt_…`,
      `npx grantgate grant ${action} --all --server fortios --policy standard`,
    )
      .option("--all", "all grants, or all that these choose:")
      .option("--server <slug>", "with --all: only grants for this server")
      .option("--policy <name>", "with --all: only grants under this policy")
      .option("--tag <tag>", "with --all: only grants with this tag")
      .addOption(yes())
      .action(async (ids: readonly string[], options: StateOptions) => {
        done(await (await import("../commands/grant-state.ts")).grantState(context, action, ids, options));
      });
  }
}
