/** `grantgate secrets`: which are named where, and sealing all of them with a new key. Values are nowhere to be had. */
import { openAdmin } from "../admin/client.ts";
import type { Context } from "../context.ts";
import type { ExitCode } from "../failure.ts";
import { counted, printJson, printTable } from "../show.ts";

type Json = { readonly json?: true };

export async function secretsList(context: Context, { json }: Json): Promise<ExitCode> {
  const servers = await openAdmin(context).admin.servers();
  const named = new Map<string, string[]>();
  for (const { slug, secrets } of servers) {
    for (const name of secrets) named.set(name, [...(named.get(name) ?? []), slug]);
  }
  const items = [...named]
    .map(([name, slugs]) => ({ name, servers: slugs }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  if (json) printJson(context.terminal, { items });
  else {
    const rows = items.map(({ name, servers: slugs }) => [name, slugs.join(", ")]);
    printTable(context.terminal, { head: ["SECRET", "SERVERS"], rows }, "No server names a secret.");
  }
  return 0;
}

export async function secretsRotate(context: Context, { json }: Json): Promise<ExitCode> {
  const { gateway, admin } = openAdmin(context);
  const rotated = await admin.rotateSecrets();
  if (json) {
    printJson(context.terminal, rotated);
    return 0;
  }
  const { servers, credentials } = rotated;
  context.terminal.out(
    `Sealed with the present ROOT_KEY: ${counted(servers, "server")}, ${counted(credentials, "credential")} of grants.`,
  );
  const take =
    gateway.local === undefined
      ? "`npx wrangler secret delete ROOT_KEY_PREVIOUS`"
      : "take its line out of .dev.vars and start again";
  context.terminal.err(`ROOT_KEY_PREVIOUS, if it is set, is not needed any more: ${take}.`);
  return 0;
}
