/** `grantgate call`: one tool call through the gateway, as an agent would make it. */
import { argumentText } from "../argument-text.ts";
import type { Context } from "../context.ts";
import type { ExitCode } from "../failure.ts";
import { callTarget, findGateway } from "../gateway.ts";
import { jsonText } from "../json-text.ts";
import { readArguments } from "../mcp/arguments.ts";
import { type Era, withClient } from "../mcp/client.ts";
import { resultText } from "../mcp/content.ts";
import { decisionLine } from "../mcp/decision.ts";

export type CallOptions = {
  readonly server?: string;
  readonly token?: string;
  readonly era: Era;
  readonly repeat: number;
  readonly timeout: number;
  readonly json?: true;
};

export async function call(
  context: Context,
  tool: string,
  json: string | undefined,
  options: CallOptions,
): Promise<ExitCode> {
  const { terminal } = context;
  const toolArguments = readArguments(await argumentText(context, json));
  const gateway = findGateway(context);
  const target = { gateway, era: options.era, ...callTarget(gateway, context.env, options) };
  let refused = false;
  await withClient(target, async (client) => {
    for (let done = 0; done < options.repeat; done++) {
      const result = await client.callTool(
        { name: tool, arguments: toolArguments },
        { timeout: options.timeout * 1000 },
      );
      refused ||= result.isError === true;
      if (options.json) {
        terminal.out(jsonText(result, options.repeat > 1 ? 0 : 2));
        continue;
      }
      terminal.out(result.isError ? terminal.paint("red", resultText(result)) : resultText(result));
      const decision = decisionLine(result._meta);
      if (decision !== undefined) terminal.err(terminal.paintErr("dim", decision));
    }
  });
  return refused ? 1 : 0;
}
