/**
 * `grantgate grant suspend`, `resume` and `revoke`: in force from the next call on. Several at once, and all of a server
 * when something is wrong there. One that fails does not keep the others from being done.
 */
import { type Admin, openAdmin } from "../admin/client.ts";
import type { Grant } from "../admin/shapes.ts";
import { confirmed, type Yes } from "../confirm.ts";
import type { Context } from "../context.ts";
import { type ExitCode, Failure, usage } from "../failure.ts";
import { counted, printJson, printTable } from "../show.ts";
import { shown } from "../terminal.ts";
import { grantTable } from "./grant-list.ts";

export type Action = "suspend" | "resume" | "revoke";

export type StateOptions = Yes & {
  readonly all?: true;
  readonly server?: string;
  readonly policy?: string;
  readonly tag?: string;
  readonly json?: true;
};

const DONE = { suspend: "suspended", resume: "active again", revoke: "revoked" } as const;
const PAST = { suspend: "suspended", resume: "resumed", revoke: "revoked" } as const;
/** In which state a grant is for it to be done. */
const FROM = { suspend: ["active"], resume: ["suspended"], revoke: ["active", "suspended"] } as const;

export async function grantState(
  context: Context,
  action: Action,
  ids: readonly string[],
  options: StateOptions,
): Promise<ExitCode> {
  const { terminal } = context;
  const { admin } = openAdmin(context);
  const chosen = await choose(context, admin, action, ids, options);
  if (chosen.length > 0 && (action === "revoke" || options.all)) {
    const what = chosen.length === 1 ? `grant ${chosen[0]}` : counted(chosen.length, "grant");
    await confirmed(context, options, `${action} ${what}${action === "revoke" ? " for good" : ""}`);
  }
  const done: Grant[] = [];
  const failed: { id: string; message: string }[] = [];
  for (const id of chosen) {
    try {
      done.push(await admin[action](id));
    } catch (error) {
      // Without a gateway, or with only one grant, there is nothing to go on with.
      if (!(error instanceof Failure) || error.exit !== 1 || chosen.length === 1) throw error;
      failed.push({ id, message: error.message });
    }
    if (chosen.length > 1) terminal.status?.(`${done.length + failed.length} of ${chosen.length}`);
  }
  terminal.status?.("");
  if (options.json) printJson(terminal, options.all || ids.length > 1 ? { items: done, failed } : done[0]);
  else tell(context, action, done, failed);
  return failed.length > 0 ? 1 : 0;
}

async function choose(
  { terminal }: Context,
  admin: Admin,
  action: Action,
  ids: readonly string[],
  { all, json, yes: _, ...filter }: StateOptions,
): Promise<readonly string[]> {
  const filtered = Object.keys(filter).length > 0;
  if (!all) {
    if (filtered)
      throw usage("--server, --policy and --tag choose among all grants.", "Say --all with them, or name ids.");
    if (ids.length === 0)
      throw usage(`Which grant is to be ${PAST[action]}?`, "Name ids, or --all with --server, --policy or --tag.");
    return [...new Set(ids)];
  }
  if (ids.length > 0) throw usage("Either ids are named, or --all is said.");
  const found = (await Promise.all(FROM[action].map((status) => admin.grants({ ...filter, status })))).flat();
  if (!json && found.length > 0) {
    printTable({ ...terminal, out: terminal.err, paint: terminal.paintErr }, grantTable(found), "");
  }
  return found.map(({ id }) => id);
}

function tell(
  { terminal }: Context,
  action: Action,
  done: readonly Grant[],
  failed: readonly { readonly id: string; readonly message: string }[],
): void {
  for (const { id, label, server } of done) {
    terminal.out(shown(`Grant ${id} (${label}, server ${server}) is ${DONE[action]}, from its next call on.`));
  }
  for (const { id, message } of failed) terminal.err(`${terminal.paintErr("red", "error:")} ${shown(id)}: ${message}`);
  if (done.length + failed.length === 0) terminal.err("No such grants.");
}
