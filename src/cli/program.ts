/**
 * The whole command line. The commands, their options and their help lie in `nouns/`, a file for each noun; what a
 * command does lies in `commands/`, loaded when it is run, so that `help` and a mistyped option answer at once.
 */
import { Command } from "commander";
import { completionCommands } from "./completion.ts";
import type { Context } from "./context.ts";
import type { ExitCode } from "./failure.ts";
import { auditCommands } from "./nouns/audit.ts";
import { grantCommands } from "./nouns/grant.ts";
import { type Group, HEADINGS } from "./nouns/group.ts";
import { operatorCommands } from "./nouns/operator.ts";
import { scanCommands } from "./nouns/scan.ts";
import { serverCommands } from "./nouns/server.ts";
import { toolsCommands } from "./nouns/tools.ts";
import { upkeepCommands } from "./nouns/upkeep.ts";
import { useCommands } from "./nouns/use.ts";
import { policyCommands } from "./policy/commands.ts";
import { VERSION } from "./version.ts";

export function program(context: Context, done: (exit: ExitCode) => void): Command {
  const root = rootCommand(context);
  const add: Group["add"] = (parent, usage, description, ...lines) =>
    parent
      .command(usage)
      .description(description)
      .option("--json", "print JSON for programs")
      .addHelpText("after", examples(...lines));
  const noun: Group["noun"] = (name, heading, description, ...lines) =>
    root
      .command(name)
      .description(description)
      .helpGroup(heading)
      // One of its own: that of the root carries a heading of the root's help.
      .helpCommand("help [command]")
      .addHelpText("after", examples(...lines));
  const group = { root, context, add, noun, done };
  // In the order in which `help` shows their headings.
  useCommands(group);
  toolsCommands(group);
  scanCommands(group);
  serverCommands(group);
  policyCommands(group);
  grantCommands(group);
  operatorCommands(group);
  auditCommands(group);
  upkeepCommands(group);
  completionCommands(group);
  return root;
}

function rootCommand({ terminal }: Context): Command {
  return (
    new Command("grantgate")
      .description("An MCP policy gateway: every tool call is allowed, denied, hidden or limited before it can run.")
      .version(VERSION)
      .exitOverride()
      // `tools` has options and verbs: what stands behind a verb is the verb's.
      .enablePositionalOptions()
      .configureOutput({
        writeOut: (text) => terminal.out(text.trimEnd()),
        writeErr: (text) => terminal.err(text.trimEnd()),
        getOutHelpWidth: () => terminal.width ?? 100,
        getErrHelpWidth: () => terminal.width ?? 100,
      })
      .configureHelp({ minWidthToWrap: 20, styleTitle: (title) => terminal.paint("bold", title) })
      .showHelpAfterError("Run the command with --help to see how it is used.")
      .commandsGroup(HEADINGS.upkeep)
      .helpCommand(true)
      .addHelpText(
        "after",
        examples(
          "npm start",
          'npx grantgate call echo \'{"message":"hi"}\'',
          "npx grantgate apply policies --dry-run",
          "npx grantgate grant create --server fortios --policy standard --label ci",
          "npx grantgate audit tail --effect deny",
        ) +
          "\nIn the checkout of a running gateway nothing needs to be set. Elsewhere: GRANTGATE_URL,\n" +
          "GRANTGATE_ADMIN_TOKEN (or an operator's token, ggo_…), and GRANTGATE_TOKEN for calls.\n" +
          "Exit codes: 0 fine, 1 found something (a denial, a mistake in a file), 2 usage, 3 could not reach.",
      )
  );
}

function examples(...lines: readonly string[]): string {
  return `\nExamples:\n${lines.map((line) => `  ${line}`).join("\n")}\n`;
}
