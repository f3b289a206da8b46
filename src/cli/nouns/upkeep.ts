/** `secrets` and `completion`. */
import { type Group, HEADINGS, type Json } from "./group.ts";
import { ROTATION } from "./rotation.ts";

export function upkeepCommands({ add, noun, context, done }: Group): void {
  const secrets = noun(
    "secrets",
    HEADINGS.upkeep,
    "which secrets are named where, and changing the key that seals them",
    "npx grantgate secrets list",
    "npx grantgate secrets rotate",
  );

  add(
    secrets,
    "list",
    "list the secrets that servers name; values are nowhere to be had",
    "npx grantgate secrets list",
  ).action(async (options: Json) => {
    done(await (await import("../commands/secrets.ts")).secretsList(context, options));
  });
  add(secrets, "rotate", "seal everything with the present ROOT_KEY", "npx grantgate secrets rotate")
    .addHelpText("after", `\n${ROTATION}\n`)
    .action(async (options: Json) => {
      done(await (await import("../commands/secrets.ts")).secretsRotate(context, options));
    });
}
