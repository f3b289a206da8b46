/** `grantgate tools`: what an agent with this grant sees in `tools/list`. */
import type { Context } from "../context.ts";
import type { ExitCode } from "../failure.ts";
import { callTarget, findGateway } from "../gateway.ts";
import { type Era, withClient } from "../mcp/client.ts";
import { printJson } from "../show.ts";
import { tableLines } from "../table.ts";
import { shown } from "../terminal.ts";

export type ToolsOptions = {
  readonly server?: string;
  readonly token?: string;
  readonly era: Era;
  readonly json?: true;
};

export async function tools({ terminal, ...context }: Context, options: ToolsOptions): Promise<ExitCode> {
  const gateway = findGateway(context);
  const target = { gateway, era: options.era, ...callTarget(gateway, context.env, options) };
  const result = await withClient(target, async (client) =>
    // The SDK would answer for a server without tools itself, and write a remark among the results.
    client.getServerCapabilities()?.tools === undefined ? { tools: [] } : client.listTools(),
  );
  if (options.json) {
    printJson(terminal, result);
    return 0;
  }
  if (result.tools.length === 0) {
    terminal.err(`No tools: the policy of this grant shows none of server ${target.server}.`);
    return 0;
  }
  const rows = result.tools.map(({ name, title, description }) => [shown(name), firstLine(description ?? title ?? "")]);
  const [head = "", ...lines] = tableLines({ head: ["TOOL", "DESCRIPTION"], rows }, terminal.width);
  terminal.out([terminal.paint("bold", head), ...lines].join("\n"));
  return 0;
}

function firstLine(text: string): string {
  return shown(text).trim().split("\n")[0]?.replaceAll("\t", " ").trim() ?? "";
}
