/** `grantgate operator` and `whoami`: who may change what, besides whoever holds ADMIN_TOKEN. */
import { randomUUID } from "node:crypto";
import { openAdmin } from "../admin/client.ts";
import { confirmed, type Yes } from "../confirm.ts";
import type { Context } from "../context.ts";
import { type ExitCode, usage } from "../failure.ts";
import { printJson, printTable } from "../show.ts";
import { shown } from "../terminal.ts";
import { day } from "../time.ts";

type Json = { readonly json?: true };

export type OperatorCreateOptions = Json & {
  readonly name: string;
  readonly role: string;
  readonly email?: string;
  readonly group?: string;
};

export async function operatorCreate(context: Context, options: OperatorCreateOptions): Promise<ExitCode> {
  const { terminal } = context;
  const { json, ...wish } = options;
  if (wish.email !== undefined && wish.group !== undefined) throw usage("Either --email or --group, or neither.");
  const operator = await openAdmin(context).admin.createOperator(wish, randomUUID());
  if (json) {
    printJson(terminal, operator);
    return 0;
  }
  terminal.err(shown(`Operator ${operator.id}: ${operator.name}, role ${operator.role}.`));
  if (operator.token === undefined) {
    const who = operator.email ?? operator.group ?? operator.name;
    terminal.err(shown(`Cloudflare Access lets ${who} in; there is no token to keep.`));
    return 0;
  }
  terminal.err("The token is shown this once; keep it like a password. It goes into GRANTGATE_ADMIN_TOKEN.");
  terminal.out(operator.token);
  return 0;
}

export async function operatorList(context: Context, { json }: Json): Promise<ExitCode> {
  const items = await openAdmin(context).admin.operators();
  if (json) printJson(context.terminal, { items });
  else {
    const rows = items.map(({ id, role, kind, email, group, createdAt, revokedAt, name }) => [
      id,
      role,
      kind === "token" ? "token" : `${kind} ${email ?? group ?? ""}`,
      day(createdAt),
      revokedAt == null ? "active" : "revoked",
      name,
    ]);
    const head = ["ID", "ROLE", "KNOWN BY", "CREATED", "STATUS", "NAME"];
    const none = "No operators: only whoever holds ADMIN_TOKEN may use this gateway's admin API.";
    printTable(context.terminal, { head, rows, flexible: ["KNOWN BY"], spare: ["CREATED"] }, none);
  }
  return 0;
}

export async function operatorRole(context: Context, id: string, role: string, { json }: Json): Promise<ExitCode> {
  const operator = await openAdmin(context).admin.setRole(id, role);
  if (json) printJson(context.terminal, operator);
  else context.terminal.out(shown(`Operator ${operator.id} (${operator.name}) is ${operator.role} from now on.`));
  return 0;
}

export async function operatorRevoke(context: Context, id: string, options: Yes & Json): Promise<ExitCode> {
  await confirmed(context, options, `revoke operator ${id} for good`);
  const operator = await openAdmin(context).admin.revokeOperator(id);
  if (options.json) printJson(context.terminal, operator);
  else context.terminal.out(shown(`Operator ${operator.id} (${operator.name}) is revoked, from the next request on.`));
  return 0;
}

export async function whoami(context: Context, { json }: Json): Promise<ExitCode> {
  const { gateway, bearer, admin } = openAdmin(context);
  const me = await admin.whoami();
  if (json) printJson(context.terminal, me);
  else
    context.terminal.out(
      shown(`${me.name} (${me.id}), ${me.role}, at ${gateway.url}, by the token from ${bearer.from}`),
    );
  return 0;
}
