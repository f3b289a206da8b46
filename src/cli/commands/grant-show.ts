/** `grantgate grant show` and `usage`: one grant as it stands now, with what it has used up. */
import { openAdmin } from "../admin/client.ts";
import type { Grant, Usage } from "../admin/shapes.ts";
import type { Context } from "../context.ts";
import type { ExitCode } from "../failure.ts";
import { printFields, printJson, printTable } from "../show.ts";
import { second } from "../time.ts";
import { usageTable } from "../usage-table.ts";

export type ShowOptions = { readonly json?: true };

export async function grantShow(context: Context, id: string, { json }: ShowOptions): Promise<ExitCode> {
  const { terminal } = context;
  const { admin } = openAdmin(context);
  if (json) {
    printJson(terminal, await admin.json(`/grants/${encodeURIComponent(id)}`));
    return 0;
  }
  const { usage, ...grant } = await admin.grantWithUsage(id);
  printFields(terminal, grantFields(grant, usage));
  terminal.out("");
  printUsage(context, usage, "No counter has been used in its present window.");
  return 0;
}

export async function grantUsage(context: Context, id: string, { json }: ShowOptions): Promise<ExitCode> {
  const { admin } = openAdmin(context);
  if (json) printJson(context.terminal, await admin.json(`/grants/${encodeURIComponent(id)}/usage`));
  else printUsage(context, await admin.grantUsage(id), "No counter has been used in its present window.");
  return 0;
}

export function printUsage({ terminal, now }: Pick<Context, "terminal" | "now">, usage: Usage, empty: string): void {
  printTable(terminal, usageTable(usage, now(), terminal.width !== undefined), empty);
}

function grantFields(grant: Grant, { calls }: Usage): Record<string, string | undefined> {
  const { id, status, label, tags, server, policy, credential, createdAt, expiresAt, revokedAt } = grant;
  return {
    Grant: id,
    Status: status,
    Label: label,
    Tags: tags.length === 0 ? undefined : tags.join(", "),
    Server: server,
    Policy: policy ?? "none: every call is denied",
    Credential: credential == null ? "the server's" : `its own: ${headersIn(credential)}`,
    Created: second(createdAt),
    Expires: expiresAt == null ? "never" : second(expiresAt),
    Revoked: revokedAt == null ? undefined : second(revokedAt),
    Tokens: grant.tokens.map(tokenText).join("; "),
    Decisions: calls === undefined ? undefined : String(calls),
  };
}

function tokenText({ createdAt, expiresAt }: Grant["tokens"][number]): string {
  return `since ${second(createdAt)}${expiresAt == null ? "" : ` until ${second(expiresAt)}`}`;
}

/** Names of headers with what stands for their secrets; values are nowhere to be had. */
function headersIn(credential: unknown): string {
  const headers = isRecord(credential) && isRecord(credential.headers) ? Object.keys(credential.headers) : [];
  return headers.length === 0 ? "OAuth" : headers.join(", ");
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}
