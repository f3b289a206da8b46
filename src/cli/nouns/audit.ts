/** `audit`. */
import { type Command, Option } from "commander";
import type { AuditFilter, ChangeFilter } from "../admin/audit-calls.ts";
import type { ExportOptions } from "../commands/audit-export.ts";
import type { TailOptions } from "../commands/audit-tail.ts";
import type { VerifyOptions } from "../commands/audit-verify.ts";
import { type Group, HEADINGS, type Json } from "./group.ts";
import { countOrNone, EFFECTS, limit } from "./options.ts";

export function auditCommands({ add, noun, context, done }: Group): void {
  const audit = noun(
    "audit",
    HEADINGS.what,
    "what agents did and what operators changed: list, follow, export, verify",
    "npx grantgate audit list --effect deny --from 24h",
    "npx grantgate audit tail",
    "npx grantgate audit changes --from 7d",
    "npx grantgate audit verify",
  );

  span(
    filters(
      add(
        audit,
        "list",
        "list what was decided, newest first",
        "npx grantgate audit list --effect deny --from 24h",
        "npx grantgate audit list --grant grt_… --tool create_refund --limit 500",
      ),
    ),
  )
    .addOption(limit("records").default(100))
    .action(async (options: AuditFilter & Json & { readonly limit: number }) => {
      done(await (await import("../commands/audit.ts")).auditList(context, options));
    });
  filters(
    add(
      audit,
      "tail",
      "follow what is decided, as it is decided, until Ctrl-C",
      "npx grantgate audit tail",
      "npx grantgate audit tail --effect deny --json",
    ),
  )
    .option("--last <n>", "begin with so many that there are already", countOrNone, 10)
    .action(async (options: TailOptions) => {
      done(await (await import("../commands/audit-tail.ts")).auditTail(context, options));
    });
  span(
    filters(
      add(
        audit,
        "export",
        "print all records that the filter names, one JSON document a line",
        "npx grantgate audit export --from 2026-11-01T00:00:00Z --to 2026-12-01T00:00:00Z --out november.ndjson",
        "npx grantgate audit export --grant grt_… | jq .tool",
      ),
    ),
  )
    .option("--out <file>", "write into this file, which comes to be once the export is whole")
    .action(async (options: ExportOptions) => {
      done(await (await import("../commands/audit-export.ts")).auditExport(context, options));
    });
  add(
    audit,
    "verify",
    "check that no record is missing, changed or moved; a fault exits 1",
    "npx grantgate audit verify",
    "npx grantgate audit verify --file november.ndjson",
  )
    .option("--grant <grant>", "only the records of this grant")
    .option("--file <export>", "an export in a file, in place of what the gateway has")
    .action(async (options: VerifyOptions) => {
      done(await (await import("../commands/audit-verify.ts")).auditVerify(context, options));
    });
  span(
    add(
      audit,
      "changes",
      "list what operators changed, newest first",
      "npx grantgate audit changes --from 7d",
      "npx grantgate audit changes --target policy:fortios/standard --json",
    )
      .option("--operator <operator>", "only changes by this operator (its id, or admin-token)")
      .option("--action <action>", "only this action, such as policy.put or grant.revoke")
      .option("--target <target>", "only changes of this: server:<slug>, policy:<server>/<name>, grant:<id>, …"),
  )
    .addOption(limit("changes").default(100))
    .action(async (options: ChangeFilter & Json & { readonly limit: number }) => {
      done(await (await import("../commands/audit.ts")).auditChanges(context, options));
    });
}

function filters(command: Command): Command {
  return command
    .option("--grant <grant>", "only calls with this grant")
    .option("--server <slug>", "only calls to this server")
    .option("--tool <name>", "only calls of this tool")
    .option("--method <method>", "only this JSON-RPC method, such as tools/list")
    .addOption(new Option("--effect <effect>", "only what was decided so").choices(EFFECTS))
    .option("--rule <pointer>", "only what this rule decided, such as /tools/echo/deny_if/0");
}

function span(command: Command): Command {
  return command
    .option("--from <when>", "from then on: so long ago (24h, 7d), or an instant")
    .option("--to <when>", "before then, likewise");
}
