/** `grantgate tools diff` and `inventory`: what is pinned of a server's tools, and what is not as it was pinned. */
import { openAdmin } from "../admin/client.ts";
import type { Context } from "../context.ts";
import { type Drifted, look } from "../drift/look.ts";
import { differenceLines, headLines, MODES, standing } from "../drift/show.ts";
import type { ExitCode } from "../failure.ts";
import { printJson, printTable } from "../show.ts";
import { shown } from "../terminal.ts";

export type DiffOptions = { readonly grant?: string; readonly json?: true };

/** Exits with 1 when something drifted. */
export async function toolsDiff(context: Context, server: string, { grant, json }: DiffOptions): Promise<ExitCode> {
  const { terminal } = context;
  const { inventory, drifted } = await look(openAdmin(context).admin, server, grant);
  const exit = drifted.length > 0 ? 1 : 0;
  if (json) {
    const { items: _, ...head } = inventory;
    printJson(terminal, { ...head, ...(grant !== undefined && { grant }), items: drifted.map(forPrograms) });
    return exit;
  }
  terminal.err(standing(inventory, grant));
  if (drifted.length === 0) return exit;
  terminal.err(MODES[inventory.drift]);
  terminal.err("");
  const blocks = drifted.map((each) =>
    [...headLines(each, terminal.paint), ...differenceLines(each.tool, terminal.paint)].join("\n"),
  );
  terminal.out(blocks.join("\n\n"));
  terminal.err(`\nTo accept what is shown: ${acceptLine(server, grant, drifted)}`);
  return exit;
}

function forPrograms({ tool, weight, remarks }: Drifted) {
  const { name, state, hash, seenHash, pinnedAt, seenAt, pinned, seen } = tool;
  return { name, state, weight, changes: remarks, hash, seenHash, pinnedAt, seenAt, pinned, seen };
}

function acceptLine(server: string, grant: string | undefined, drifted: readonly Drifted[]): string {
  const first = drifted[0]?.tool.name ?? "";
  const which = drifted.length === 1 && /^\w[\w.-]*$/.test(first) ? first : "<tool>…";
  return shown(`npx grantgate tools accept ${server} ${which}${grant === undefined ? "" : ` --grant ${grant}`}`);
}

/** Characters of a hash that tell one definition from another. */
const HASH = 12;

export async function toolsInventory(
  context: Context,
  server: string,
  { grant, json }: DiffOptions,
): Promise<ExitCode> {
  const { terminal } = context;
  const inventory = await openAdmin(context).admin.inventory(server, { grant, ...(json && { definitions: true }) });
  if (json) {
    printJson(terminal, inventory);
    return 0;
  }
  const rows = inventory.items.map(({ name, state, hash, pinnedAt }) => [
    name,
    state,
    hash?.slice(0, HASH) ?? "",
    pinnedAt ?? "",
  ]);
  terminal.err(standing(inventory, grant));
  const head = ["TOOL", "STATE", "HASH", "PINNED"];
  printTable(terminal, { head, rows, flexible: ["TOOL"], spare: ["HASH"] }, "No tools.");
  return 0;
}
