/** `grantgate scan`: what a server's tools can do, what they cost, and what about them is suspicious. Calls none of them. */
import type { Context } from "../context.ts";
import { type ExitCode, usage } from "../failure.ts";
import { conditionsMet, type Met, readConditions } from "../scan/fail-on.ts";
import { reportJson } from "../scan/json.ts";
import { reportMarkdown } from "../scan/markdown.ts";
import { type Report, reportOf } from "../scan/report.ts";
import { reportSarif } from "../scan/sarif.ts";
import { type Listed, listed, type SourceOptions } from "../scan/source.ts";
import { reportText } from "../scan/text.ts";
import { counted } from "../show.ts";

export type ScanOptions = SourceOptions & {
  readonly json?: true;
  readonly markdown?: true;
  readonly sarif?: true;
  readonly all?: true;
  readonly failOn: readonly string[];
};

export async function scan(
  context: Context,
  source: string | readonly string[],
  options: ScanOptions,
): Promise<ExitCode> {
  const { terminal } = context;
  const forms = [options.json, options.markdown, options.sarif].filter((form) => form !== undefined);
  if (forms.length > 1) throw usage("Only one of --json, --markdown and --sarif at a time.");
  const conditions = readConditions(options.failOn);
  const progress = (text: string): void => terminal.status?.(text);
  const list = await listed(context, source, options, progress);
  progress(`Judging ${counted(list.tools.length, "tool")}`);
  const report = reportOf(list, typedAgain(source, list, options));
  progress("");
  const met = conditionsMet(report, conditions);
  terminal.out(written(report, met, context, options));
  for (const { condition, count } of met) {
    terminal.err(terminal.paintErr("red", `Fails on ${condition}: ${counted(count, "tool")}.`));
  }
  return met.length > 0 ? 1 : 0;
}

function written(report: Report, met: readonly Met[], { terminal }: Context, options: ScanOptions): string {
  const all = options.all === true;
  if (options.json) return reportJson(report, met);
  if (options.sarif) return reportSarif(report);
  return options.markdown ? reportMarkdown(report, all) : reportText(report, all, terminal);
}

/** The source for the next command. Headers are named and not repeated. */
function typedAgain(source: string | readonly string[], list: Listed, { header = [], env = [] }: ScanOptions): string {
  const headers = header.length > 0 ? ' --header "…"' : "";
  const variables = env.map((name) => `--env ${name} `).join("");
  if (typeof source !== "string") return `${variables}-- ${list.from}`;
  const typed = list.kind === "url" && /^https?:/i.test(source) ? list.from : source;
  return `${/^[\w@%+=:,./-]+$/.test(typed) ? typed : `'${typed.replaceAll("'", "'\\''")}'`}${headers}`;
}
