/** `grantgate policy diff` and `rollback`: what changed from one revision to another, and back again. */
import type { Json as Value } from "../../json/value.ts";
import { withQuery } from "../admin/api.ts";
import { type Admin, openAdmin } from "../admin/client.ts";
import { type DiffLine, policyDiff } from "../apply/diff.ts";
import { diffText } from "../apply/show.ts";
import { confirmed, type Yes } from "../confirm.ts";
import type { Context } from "../context.ts";
import { type ExitCode, found } from "../failure.ts";
import { type Named, policyNamed } from "../policy/named.ts";
import { counted, printJson } from "../show.ts";
import { shown } from "../terminal.ts";

type Json = { readonly json?: true };

export type Revisions = { readonly from: number | undefined; readonly to: number | undefined };

export async function policyDifference(
  context: Context,
  name: string,
  { from, to }: Revisions,
  { json }: Json,
): Promise<ExitCode> {
  const { terminal } = context;
  const named = policyNamed(name);
  const { admin } = openAdmin(context);
  if (json) {
    printJson(terminal, await admin.json(withQuery(`${named.path}/diff`, { from, to })));
    return 0;
  }
  const after = to ?? (await admin.policy(named.server, named.policy)).revision;
  const before = from ?? (await revisionBefore(admin, named, after, "compare it with"));
  const lines = await difference(admin, named, before, after);
  terminal.err(`Policy ${name}, from revision ${before} to ${after}:`);
  if (lines.length === 0) terminal.err("Nothing differs.");
  else terminal.out(painted(lines, terminal));
  return 0;
}

export type RollbackOptions = Yes & Json & { readonly to?: number; readonly message?: string };

export async function policyRollback(context: Context, name: string, options: RollbackOptions): Promise<ExitCode> {
  const { terminal } = context;
  const named = policyNamed(name);
  const { admin } = openAdmin(context);
  const { revision: present, grants } = await admin.policy(named.server, named.policy);
  const revision = options.to ?? (await revisionBefore(admin, named, present, "go back to"));
  const lines = await difference(admin, named, present, revision);
  if (!options.json) {
    terminal.err(`Policy ${name} would go back from revision ${present} to what it was in ${revision}:`);
    terminal.err(lines.length === 0 ? "Nothing differs." : painted(lines, { ...terminal, paint: terminal.paintErr }));
  }
  await confirmed(context, options, `roll policy ${name} back for the ${counted(grants, "grant")} under it`);
  const wish = { revision, ...(options.message !== undefined && { message: options.message }) };
  const policy = await admin.rollBack(named.server, named.policy, wish, { revision: present });
  if (options.json) printJson(terminal, policy);
  else
    terminal.out(`Policy ${name} is in force as it was in revision ${revision}; this is revision ${policy.revision}.`);
  return 0;
}

/** Revisions are numbered through deletions, so the one before need not be one less. */
async function revisionBefore(
  admin: Admin,
  { server, policy }: Named,
  revision: number,
  wish: "go back to" | "compare it with",
): Promise<number> {
  const before = (await admin.policyVersions(server, policy)).find((version) => version.revision < revision);
  if (before === undefined) {
    throw found(`Policy ${server}/${policy} has no revision before ${revision}.`, `There is nothing to ${wish}.`);
  }
  return before.revision;
}

async function difference(
  admin: Admin,
  { server, policy }: Named,
  from: number,
  to: number,
): Promise<readonly DiffLine[]> {
  const document = async (revision: number): Promise<Value> => {
    const value = await admin.policyDocument(server, policy, revision);
    if (value === undefined) throw found(`The gateway gives no document of revision ${revision}.`);
    return value;
  };
  const lines = policyDiff(await document(from), await document(to));
  return lines.some(({ kind }) => kind === "added" || kind === "removed") ? lines : lines.filter(isTold);
}

/** One gap over the whole document is no difference; one that tells of too many lines is. */
function isTold({ kind, text }: DiffLine): boolean {
  return kind === "gap" && text !== "…";
}

/** Texts come from a policy that somebody else may have written. */
function painted(lines: readonly DiffLine[], { paint }: Pick<Context["terminal"], "paint">): string {
  return diffText(
    lines.map(({ kind, text }) => ({ kind, text: shown(text) })),
    paint,
  );
}
