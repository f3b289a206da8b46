/**
 * `grantgate tools accept`: pins what was shown, and nothing that came after. Whatever weighs much must be named, or asked
 * for with `--all`: nobody accepts a widened tool in passing.
 */
import { type Admin, openAdmin } from "../admin/client.ts";
import { Refusal } from "../admin/refusal.ts";
import type { Acceptance } from "../admin/tool-calls.ts";
import { confirmed, type Yes } from "../confirm.ts";
import type { Context } from "../context.ts";
import { type Drifted, look } from "../drift/look.ts";
import { headLines, standing } from "../drift/show.ts";
import { type ExitCode, found, usage } from "../failure.ts";
import { cell, counted, printJson } from "../show.ts";
import { shown } from "../terminal.ts";

export type AcceptOptions = Yes & {
  readonly all?: true;
  readonly grant?: string;
  readonly message?: string;
  readonly json?: true;
};

export async function toolsAccept(
  context: Context,
  server: string,
  names: readonly string[],
  options: AcceptOptions,
): Promise<ExitCode> {
  const { terminal } = context;
  if (options.all && names.length > 0) throw usage("Either tools are named, or --all is said.");
  const { admin } = openAdmin(context);
  const { inventory, drifted } = await look(admin, server, options.grant);
  const { chosen, left } = choose(drifted, names, options.all === true, server);
  if (!options.json) {
    terminal.err(standing(inventory, options.grant));
    for (const each of chosen) terminal.err(`\n${headLines(each, terminal.paintErr).join("\n")}`);
    if (chosen.length > 0) terminal.err("");
  }
  if (chosen.length > 0) {
    await confirmed(context, options, `accept ${counted(chosen.length, "tool")} of server ${shown(server)} as shown`);
    await accept(admin, server, chosen, options);
  }
  if (options.json) {
    const accepted = chosen.map(acceptance);
    printJson(terminal, { server, accepted, left: left.map(({ tool }) => tool.name) });
  } else if (chosen.length > 0) {
    terminal.out(`${counted(chosen.length, "tool")} accepted: in force here at once, elsewhere within seconds.`);
  }
  for (const { tool, weight } of left) {
    const text = `${tool.name} is left as it is: what changed is ${weight}. Name it, or say --all.`;
    terminal.err(cell(text));
  }
  return left.length > 0 ? 1 : 0;
}

type Choice = { readonly chosen: readonly Drifted[]; readonly left: readonly Drifted[] };

function choose(drifted: readonly Drifted[], names: readonly string[], all: boolean, server: string): Choice {
  const unknown = names.find((name) => !drifted.some(({ tool }) => tool.name === name));
  if (unknown !== undefined) {
    throw found(
      shown(`Server ${server} has no tool ${JSON.stringify(unknown)} that is not as pinned.`),
      shown(`\`npx grantgate tools diff ${server}\` shows those there are.`),
    );
  }
  if (all) return { chosen: drifted, left: [] };
  if (names.length > 0) return { chosen: drifted.filter(({ tool }) => names.includes(tool.name)), left: [] };
  const isLight = ({ weight }: Drifted) => weight === "low" || weight === "medium";
  return { chosen: drifted.filter(isLight), left: drifted.filter((each) => !isLight(each)) };
}

/** As many as the gateway takes at once, whatever their names. */
const MOST = 1_000;

async function accept(
  admin: Admin,
  server: string,
  chosen: readonly Drifted[],
  { grant, message }: AcceptOptions,
): Promise<void> {
  for (let from = 0; from < chosen.length; from += MOST) {
    try {
      await admin.acceptTools(server, chosen.slice(from, from + MOST).map(acceptance), { grant, message });
    } catch (error) {
      if (!(error instanceof Refusal) || error.status !== 409) throw error;
      const before = from === 0 ? "" : ` The ${from} shown first were accepted before that.`;
      const next = `Something changed again.${before} Look at it: \`npx grantgate tools diff ${server}\`.`;
      throw found(error.message, shown(next));
    }
  }
}

function acceptance({ tool, hash }: Drifted): Acceptance {
  return { name: tool.name, hash };
}
