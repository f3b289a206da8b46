/**
 * `grantgate policy recommend`: from what a server lists, or from what a grant did, to a policy that a person would sign,
 * with its cases.
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { JsonObject } from "../../json/value.ts";
import type { Context } from "../context.ts";
import { type ExitCode, usage } from "../failure.ts";
import { type Place, placeFor, writeFiles } from "../recommend/files.ts";
import { heardFrom } from "../recommend/from-audit.ts";
import { layout } from "../recommend/layout.ts";
import { fromAudit, fromList, type Proposal } from "../recommend/proposal.ts";
import { listed, type SourceOptions } from "../scan/source.ts";
import { cell, printJson } from "../show.ts";
import { shown } from "../terminal.ts";

export type RecommendOptions = SourceOptions & {
  readonly strict?: true;
  readonly shared?: true;
  readonly fromAudit?: true;
  readonly grant?: string;
  readonly from?: string;
  readonly cases?: true;
  readonly out?: string;
  readonly name?: string;
  readonly force?: true;
  readonly json?: true;
};

/** `source` as `listed` takes it; undefined when none was given. */
export async function policyRecommend(
  context: Context,
  source: string | readonly string[] | undefined,
  options: RecommendOptions,
): Promise<ExitCode> {
  const { terminal, cwd } = context;
  // Before anybody is asked for anything: a mistyped name is told at once.
  const place = options.out === undefined ? undefined : placeFor(options.out, options.name, cwd);
  if (place === undefined && options.name !== undefined) throw usage("--name is for --out, which is not given.");
  const proposal = await proposed(context, source, options);
  const files = place === undefined ? [] : save(place, proposal, options, cwd);
  const { document: policy, cases, told } = proposal;
  if (options.json) printJson(terminal, { policy, cases, ...told, ...(files.length > 0 && { files }) });
  else {
    if (place === undefined) terminal.out(layout(options.cases ? [...cases] : policy).trimEnd());
    terminal.err(proposal.summary);
    terminal.err(place === undefined ? "\nTo keep it with its cases: --out policies/<server>" : next(files, place));
  }
  return 0;
}

async function proposed(
  context: Context,
  source: string | readonly string[] | undefined,
  options: RecommendOptions,
): Promise<Proposal> {
  const { strict, shared, grant, from } = options;
  if (options.fromAudit) {
    if (grant === undefined) throw usage("--from-audit wants to know whose calls.", "Name it: --grant grt_….");
    if (source !== undefined) throw usage("--from-audit asks the gateway and no server.", "Leave the server out.");
    if (strict || shared) throw usage("--strict and --shared are for a server's list, not for --from-audit.");
    return fromAudit(await heardFrom(context, { grant, from: from ?? "30d" }), context.terminal);
  }
  if (grant !== undefined || from !== undefined) throw usage("--grant and --from are for --from-audit.");
  if (source === undefined) {
    throw usage(
      "Which server?",
      "Give its URL, a file with its tools, its name, or a command after `--`; or --from-audit --grant grt_….",
    );
  }
  const list = await listed(context, source, options, (text) => context.terminal.status?.(text));
  context.terminal.status?.("");
  for (const note of list.notes) context.terminal.err(cell(note));
  return fromList(list, { strict: strict === true, shared: shared === true }, context.terminal);
}

function save(place: Place, { document, cases, schemas }: Proposal, options: RecommendOptions, cwd: string) {
  const files = [
    { file: `${place.name}.json`, value: document },
    { file: `${place.name}.cases.json`, value: [...cases] },
  ];
  // Strict arguments are tested against the schemas of the list. One that is there is its owner's.
  const isWanted = options.strict && schemas !== undefined && !existsSync(join(place.folder, "tools.json"));
  const all: readonly { readonly file: string; readonly value: JsonObject | JsonObject[] }[] = isWanted
    ? [...files, { file: "tools.json", value: schemas }]
    : files;
  const texts = all.map(({ file, value }) => ({ file, text: layout(value) }));
  return writeFiles(place, texts, options.force === true, cwd);
}

function next(files: readonly string[], { folder }: Place): string {
  const [policy = ""] = files;
  const isServer = existsSync(join(folder, "server.json"));
  return [
    `\nWritten: ${files.map(shown).join(", ")}`,
    "Read it, change what you know better, then:",
    `  npx grantgate policy check ${shown(policy)}`,
    `  npx grantgate policy test ${shown(policy)} --mutate`,
    isServer ? "  npx grantgate apply policies --dry-run" : "To put it in force, its folder wants a server.json.",
  ].join("\n");
}
