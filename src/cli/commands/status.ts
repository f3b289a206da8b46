/** `grantgate status`: is it well, what does it hold, is anything behind? Exits 1 when something is not as it should be. */
import { openAdmin } from "../admin/client.ts";
import type { Status } from "../admin/shapes.ts";
import type { Context } from "../context.ts";
import type { ExitCode } from "../failure.ts";
import { counted, printFields, printJson, printTable } from "../show.ts";
import { second, span } from "../time.ts";
import { VERSION } from "../version.ts";

export async function status(context: Context, { json }: { readonly json?: true }): Promise<ExitCode> {
  const { terminal } = context;
  const { gateway, admin } = openAdmin(context);
  const told = await admin.status();
  const well = told.checks.every(({ ok }) => ok) && told.behind.grants === 0;
  if (json) printJson(terminal, { gateway: gateway.url, healthy: well, ...told });
  else {
    printFields(terminal, fields(told, gateway.url, well, context.now()));
    terminal.out("");
    const rows = told.checks.map(({ name, ok, detail }) => [name, ok ? "ok" : "FAILED", detail ?? ""]);
    printTable(terminal, { head: ["CHECK", "RESULT", "DETAIL"], rows }, "The gateway makes no checks.");
  }
  return well ? 0 : 1;
}

function fields(told: Status, url: string, well: boolean, now: Date): Record<string, string> {
  const { version, servers, policies, grants, operators, behind, audit } = told;
  const states = Object.entries(grants).filter(([state, count]) => state === "active" || count > 0);
  return {
    Gateway: url,
    Healthy: well ? "yes" : "no",
    Version: version === VERSION ? version : `${version} (this command is ${VERSION})`,
    Holds: `${counted(servers, "server")}, ${policies} ${policies === 1 ? "policy" : "policies"}, ${counted(operators, "operator")}`,
    Grants: states.map(([state, count]) => `${count} ${state}`).join(", "),
    Behind: behindText(behind, now),
    Audit: auditText(audit),
  };
}

function behindText({ grants, since }: Status["behind"], now: Date): string {
  if (grants === 0) return "nothing: every ledger has what the registry says";
  const ago = since === null ? "" : `, for ${span(now.getTime() - Date.parse(since))}`;
  return `${counted(grants, "ledger")} not yet told of a change${ago}`;
}

function auditText({ records, oldest, newest }: Status["audit"]): string {
  if (oldest === null || newest === null) return "no records";
  return `${records == null ? "records" : counted(records, "record")} from ${second(oldest)} to ${second(newest)}`;
}
