/** `npx grantgate grant list`: who may use what, and until when. Tokens are not here: the gateway does not have them. */
import { adminClient } from "../admin/client.ts";
import type { Grant } from "../admin/shapes.ts";
import type { Context } from "../context.ts";
import type { ExitCode } from "../failure.ts";
import { adminBearer, findGateway } from "../gateway.ts";
import { tableLines } from "../table.ts";
import { shown } from "../terminal.ts";

export type GrantListOptions = { readonly server?: string; readonly status?: string; readonly json?: true };

export async function grantList(context: Context, { server, status, json }: GrantListOptions): Promise<ExitCode> {
  const { terminal } = context;
  const gateway = findGateway(context);
  const admin = adminClient({ gateway, bearer: adminBearer(gateway, context) });
  const items = await admin.grants({ ...(server && { server }), ...(status && { status }) });
  if (json) {
    terminal.out(JSON.stringify({ items }, null, 2));
    return 0;
  }
  if (items.length === 0) {
    terminal.err("No grants. Make one with `npx grantgate grant create --server … --policy … --label …`.");
    return 0;
  }
  const table = { head: ["ID", "STATUS", "SERVER", "POLICY", "CREATED", "EXPIRES", "LABEL"], rows: items.map(row) };
  const [head = "", ...lines] = tableLines(table, terminal.width);
  terminal.out([terminal.paint("bold", head), ...lines].join("\n"));
  return 0;
}

function row({ id, status, server, policy, createdAt, expiresAt, label, tags }: Grant): string[] {
  const named = tags.length === 0 ? label : `${label} (${tags.join(", ")})`;
  return [
    id,
    status,
    server,
    policy ?? "none",
    day(createdAt),
    expiresAt == null ? "never" : day(expiresAt),
    named,
  ].map((cell) => shown(cell).replaceAll("\n", " "));
}

function day(instant: string): string {
  return instant.slice(0, 10);
}
