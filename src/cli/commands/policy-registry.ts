/** `grantgate policy list`, `show`, `versions` and `delete`: what the gateway has. */
import { isObject, member } from "../../json/value.ts";
import { openAdmin } from "../admin/client.ts";
import { confirmed, type Yes } from "../confirm.ts";
import type { Context } from "../context.ts";
import { type ExitCode, found } from "../failure.ts";
import { policyNamed } from "../policy/named.ts";
import { printJson, printTable } from "../show.ts";
import { shown } from "../terminal.ts";
import { second } from "../time.ts";

type Json = { readonly json?: true };

export async function policyList(
  context: Context,
  { server, json }: Json & { readonly server?: string },
): Promise<ExitCode> {
  const items = await openAdmin(context).admin.policies(server);
  if (json) printJson(context.terminal, { items });
  else {
    const rows = items.map(({ server, name, revision, version, grants, updatedAt, author, message }) => [
      `${server}/${name}`,
      String(revision),
      version.slice(0, 8),
      String(grants),
      second(updatedAt),
      author,
      message ?? "",
    ]);
    const head = ["POLICY", "REVISION", "VERSION", "GRANTS", "CHANGED", "BY", "MESSAGE"];
    printTable(
      context.terminal,
      { head, rows, flexible: ["BY"], spare: ["VERSION", "BY", "CHANGED"] },
      "No policies. Bring them with `npx grantgate apply`.",
    );
  }
  return 0;
}

export type PolicyShowOptions = Json & { readonly revision?: number };

/** The document alone, ready to be written into a file; with `--json`, all that the gateway says of it. */
export async function policyShow(context: Context, name: string, options: PolicyShowOptions): Promise<ExitCode> {
  const { path } = policyNamed(name);
  const { admin } = openAdmin(context);
  const answer = await admin.json(options.revision === undefined ? path : `${path}/versions/${options.revision}`);
  const document = isObject(answer) ? member(answer, "document") : undefined;
  if (document === undefined) throw found(`The gateway gives no document of policy ${name}.`);
  printJson(context.terminal, options.json ? answer : document);
  return 0;
}

export async function policyVersions(
  context: Context,
  name: string,
  { limit, json }: Json & { readonly limit?: number },
): Promise<ExitCode> {
  const { server, policy } = policyNamed(name);
  const items = await openAdmin(context).admin.policyVersions(server, policy, limit);
  if (json) printJson(context.terminal, { items });
  else {
    const rows = items.map(({ revision, version, createdAt, author, message }) => [
      String(revision),
      version.slice(0, 8),
      second(createdAt),
      author,
      message ?? "",
    ]);
    const head = ["REVISION", "VERSION", "SINCE", "BY", "MESSAGE"];
    printTable(
      context.terminal,
      { head, rows, flexible: ["BY"], spare: ["VERSION"] },
      `Policy ${shown(name)} has no versions.`,
    );
  }
  return 0;
}

export async function policyDelete(context: Context, name: string, options: Yes & Json): Promise<ExitCode> {
  const { server, policy } = policyNamed(name);
  await confirmed(context, options, `delete policy ${name}`);
  await openAdmin(context).admin.deletePolicy(server, policy);
  if (options.json) printJson(context.terminal, { deleted: `policy ${name}` });
  else context.terminal.out(shown(`Policy ${name} is deleted.`));
  return 0;
}
