/** `grantgate audit verify`: is the audit log as it was written? Nothing missing, changed, moved or doubled. */
import { createReadStream } from "node:fs";
import { resolve } from "node:path";
import type { Place } from "../../audit/link.ts";
import { type Admin, openAdmin } from "../admin/client.ts";
import { split } from "../admin/stream.ts";
import { type Verdict, verifyExport, verifyGrant } from "../audit/verify.ts";
import type { Context } from "../context.ts";
import { type ExitCode, errorCode, Failure, usage } from "../failure.ts";
import { counted, printJson } from "../show.ts";
import { shown, type Terminal } from "../terminal.ts";

export type VerifyOptions = { readonly grant?: string; readonly file?: string; readonly json?: true };

export async function auditVerify(context: Context, options: VerifyOptions): Promise<ExitCode> {
  const { terminal } = context;
  const { verdicts, unreadable } =
    options.file === undefined
      ? { verdicts: await ofGateway(context, options.grant), unreadable: [] }
      : await ofFile(context, options.file, options.grant);
  const whole = unreadable.length === 0 && verdicts.every(({ verification }) => verification.kind === "whole");
  if (options.json) {
    printJson(terminal, {
      whole,
      grants: verdicts.map(({ grant, verification }) => ({ grant, ...verification })),
      ...(options.file !== undefined && { unreadable }),
    });
  } else tell(terminal, verdicts, unreadable, options);
  return whole ? 0 : 1;
}

async function ofGateway(context: Context, grant: string | undefined): Promise<readonly Verdict[]> {
  const { admin } = openAdmin(context);
  const grants = grant === undefined ? await admin.auditGrants() : [grant];
  const verdicts: Verdict[] = [];
  for (const id of grants) {
    context.terminal.status?.(`${verdicts.length + 1} of ${grants.length}: ${id}`);
    verdicts.push({
      grant: id,
      verification: await verifyGrant({
        chain: () => admin.auditChain(id),
        lines: () => admin.auditExport({ grant: id }),
      }),
    });
  }
  context.terminal.status?.("");
  return verdicts;
}

async function ofFile(context: Context, name: string, grant: string | undefined) {
  const stream = createReadStream(resolve(context.cwd, name), { encoding: "utf8" });
  let admin: Admin | undefined;
  const anchorOf = async (id: string): Promise<Place> => {
    admin ??= gatewayFor(context, id);
    return (await admin.auditChain(id)).anchor;
  };
  try {
    const { verdicts, unreadable } = await verifyExport(split(stream), anchorOf);
    return { verdicts: verdicts.filter((verdict) => grant === undefined || verdict.grant === grant), unreadable };
  } catch (error) {
    if (error instanceof Failure) throw error;
    throw usage(`The file ${name} can't be read (${errorCode(error) ?? "error"}).`);
  }
}

function gatewayFor(context: Context, grant: string): Admin {
  try {
    return openAdmin(context).admin;
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    throw usage(
      `The records of grant ${shown(grant)} do not begin with its first one, so only its gateway can say what came before.`,
      error.next,
    );
  }
}

function tell(
  { out, err, paint }: Terminal,
  verdicts: readonly Verdict[],
  unreadable: readonly number[],
  { file }: VerifyOptions,
): void {
  for (const { grant, verification } of verdicts) {
    if (verification.kind === "whole") {
      const { records, head } = verification;
      out(`${paint("green", "whole ")}  ${shown(grant)}  ${counted(records, "record")}, up to link ${head.link}`);
    } else {
      const { link, reason } = verification;
      out(`${paint("red", "BROKEN")}  ${shown(grant)}  at link ${link}: ${shown(reason)}`);
    }
  }
  for (const line of unreadable) out(`${paint("red", "BROKEN")}  line ${line} of ${file} is no audit record`);
  const broken = verdicts.filter(({ verification }) => verification.kind === "broken").length + unreadable.length;
  if (verdicts.length === 0 && broken === 0) err("There is nothing to verify.");
  else err(broken === 0 ? "Nothing is missing, changed, moved or doubled." : `${counted(broken, "fault")} found.`);
  if (file !== undefined && broken === 0)
    err("A file can't tell whether its end was cut off; without --file that is told too.");
}
