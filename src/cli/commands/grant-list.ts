/** `grantgate grant list`: who may use what, and until when. Tokens are not here: the gateway does not have them. */
import { openAdmin } from "../admin/client.ts";
import type { GrantFilter } from "../admin/grant-calls.ts";
import type { Grant } from "../admin/shapes.ts";
import type { Context } from "../context.ts";
import type { ExitCode } from "../failure.ts";
import { printJson, printTable } from "../show.ts";
import { day } from "../time.ts";

export type GrantListOptions = GrantFilter & { readonly limit?: number; readonly json?: true };

export async function grantList(context: Context, { limit, json, ...filter }: GrantListOptions): Promise<ExitCode> {
  const { terminal } = context;
  const items = await openAdmin(context).admin.grants(filter, limit);
  if (json) {
    printJson(terminal, { items });
    return 0;
  }
  const none =
    Object.keys(filter).length === 0
      ? "No grants. Make one with `npx grantgate grant create --server … --policy … --label …`."
      : "No such grants.";
  printTable(terminal, grantTable(items), none);
  return 0;
}

export function grantTable(grants: readonly Grant[]) {
  return {
    head: ["ID", "STATUS", "SERVER", "POLICY", "CREATED", "EXPIRES", "LABEL"],
    spare: ["CREATED", "EXPIRES"],
    rows: grants.map(({ id, status, server, policy, createdAt, expiresAt, label, tags }) => [
      id,
      status,
      server,
      policy ?? "none",
      day(createdAt),
      expiresAt == null ? "never" : day(expiresAt),
      tags.length === 0 ? label : `${label} (${tags.join(", ")})`,
    ]),
  };
}
