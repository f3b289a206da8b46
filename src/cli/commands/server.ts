/** `grantgate server`: what stands behind the gateway. Servers are made and changed with `apply`. */
import { openAdmin } from "../admin/client.ts";
import { confirmed, type Yes } from "../confirm.ts";
import type { Context } from "../context.ts";
import type { ExitCode } from "../failure.ts";
import { printFields, printJson, printTable } from "../show.ts";
import { shown } from "../terminal.ts";
import { printUsage } from "./grant-show.ts";

type Json = { readonly json?: true };

const SPARE = ["SURFACE", "REVISION", "ERA", "NAME"];

export async function serverList(context: Context, { json }: Json): Promise<ExitCode> {
  const items = await openAdmin(context).admin.servers();
  if (json) printJson(context.terminal, { items });
  else {
    const rows = items.map(({ slug, name, era, surface, secrets, revision, url }) => [
      slug,
      name,
      era,
      surface.join(", "),
      secrets.join(", ") || "none",
      String(revision),
      url,
    ]);
    const head = ["SERVER", "NAME", "ERA", "SURFACE", "SECRETS", "REVISION", "URL"];
    const none = "No servers. Put one into a folder with a server.json, and `npx grantgate apply` it.";
    printTable(context.terminal, { head, rows, flexible: ["NAME", "SURFACE", "SECRETS"], spare: SPARE }, none);
  }
  return 0;
}

export async function serverShow(context: Context, slug: string, { json }: Json): Promise<ExitCode> {
  const server = await openAdmin(context).admin.server(slug);
  if (json) printJson(context.terminal, server);
  else {
    printFields(context.terminal, {
      Server: server.slug,
      Name: server.name,
      Description: typeof server.description === "string" ? server.description : undefined,
      URL: server.url,
      Credential: server.credential == null ? "none" : JSON.stringify(server.credential),
      Secrets: server.secrets.join(", ") || "none",
      Era: server.era,
      Surface: server.surface.join(", "),
      Drift: server.drift,
      Revision: String(server.revision),
      Version: server.version,
    });
  }
  return 0;
}

export async function serverUsage(context: Context, slug: string, { json }: Json): Promise<ExitCode> {
  const { admin } = openAdmin(context);
  if (json) printJson(context.terminal, await admin.json(`/servers/${encodeURIComponent(slug)}/usage`));
  else printUsage(context, await admin.serverUsage(slug), "No counter that its grants share has been used.");
  return 0;
}

export async function serverDelete(context: Context, slug: string, options: Yes & Json): Promise<ExitCode> {
  await confirmed(context, options, `delete server ${slug}`);
  await openAdmin(context).admin.deleteServer(slug);
  if (options.json) printJson(context.terminal, { deleted: `server ${slug}` });
  else context.terminal.out(shown(`Server ${slug} is deleted.`));
  return 0;
}
