/** `grantgate audit list` and `changes`: what agents did, and what operators changed. */
import type { AuditFilter, ChangeFilter } from "../admin/audit-calls.ts";
import { openAdmin } from "../admin/client.ts";
import { changeText } from "../audit/change-text.ts";
import { auditTable } from "../audit/lines.ts";
import type { Context } from "../context.ts";
import { since } from "../expiry.ts";
import type { ExitCode } from "../failure.ts";
import { printJson, printTable } from "../show.ts";
import { second } from "../time.ts";

type Common = { readonly limit: number; readonly json?: true };

export async function auditList(context: Context, { limit, json, ...filter }: Common & AuditFilter): Promise<ExitCode> {
  const { terminal } = context;
  const items = await openAdmin(context).admin.auditRecords(timed(filter, context.now()), limit);
  if (json) printJson(terminal, { items });
  else {
    printTable(terminal, auditTable(items), "No such records.");
    if (items.length === limit)
      terminal.err(`The newest ${limit}; --limit shows more, and \`audit export\` gives all.`);
  }
  return 0;
}

export async function auditChanges(
  context: Context,
  { limit, json, ...filter }: Common & ChangeFilter,
): Promise<ExitCode> {
  const { terminal } = context;
  const items = await openAdmin(context).admin.changes(timed(filter, context.now()), limit);
  if (json) printJson(terminal, { items });
  else {
    const rows = items.map(({ time, operator, action, target, message, ...facts }) => [
      second(time),
      `${operator.name} (${operator.role})`,
      action,
      target,
      [message ?? "", changeText(facts)].filter((part) => part !== "").join("; "),
    ]);
    const table = { head: ["TIME", "OPERATOR", "ACTION", "TARGET", "WHAT"], rows, flexible: ["OPERATOR"] };
    printTable(terminal, table, "No such changes.");
  }
  return 0;
}

/** The filter with its times as the gateway takes them. */
export function timed<T extends { readonly from?: string; readonly to?: string }>(filter: T, now: Date): T {
  return {
    ...filter,
    ...(filter.from !== undefined && { from: since(filter.from, now, "--from") }),
    ...(filter.to !== undefined && { to: since(filter.to, now, "--to") }),
  };
}
