/**
 * The commands, their options and their help. What a command does lies in `commands/`, loaded when it is run, so that
 * `help` and a mistyped option answer at once.
 */
import { Command, InvalidArgumentError, Option } from "commander";
import type { ApplyOptions } from "./commands/apply.ts";
import type { CallOptions } from "./commands/call.ts";
import type { GrantCreateOptions } from "./commands/grant-create.ts";
import type { GrantListOptions } from "./commands/grant-list.ts";
import type { StartOptions } from "./commands/start.ts";
import type { ToolsOptions } from "./commands/tools.ts";
import type { Context } from "./context.ts";
import type { ExitCode } from "./failure.ts";
import { policyCommands } from "./policy/commands.ts";
import { VERSION } from "./version.ts";

const JSON_OPTION = ["--json", "print JSON for programs"] as const;

export function program(context: Context, done: (exit: ExitCode) => void): Command {
  const { terminal } = context;
  const root = new Command("grantgate")
    .description("An MCP policy gateway: every tool call is allowed, denied, hidden or limited before it can run.")
    .version(VERSION)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => terminal.out(text.trimEnd()),
      writeErr: (text) => terminal.err(text.trimEnd()),
      getOutHelpWidth: () => terminal.width ?? 100,
      getErrHelpWidth: () => terminal.width ?? 100,
    })
    .configureHelp({ styleTitle: (title) => terminal.paint("bold", title) })
    .showHelpAfterError("Run the command with --help to see how it is used.")
    .addHelpText(
      "after",
      examples("npm start", 'npx grantgate call echo \'{"message":"hi"}\'', "npx grantgate apply policies --dry-run") +
        "\nIn the checkout of a running gateway nothing needs to be set. Elsewhere: GRANTGATE_URL,\n" +
        "GRANTGATE_ADMIN_TOKEN, and GRANTGATE_TOKEN for calls.\n" +
        "Exit codes: 0 fine, 1 found something (a denial, a mistake in a file), 2 usage, 3 could not reach.",
    );

  const add = (parent: Command, usage: string, description: string, ...lines: string[]): Command =>
    parent
      .command(usage)
      .description(description)
      .option(...JSON_OPTION)
      .addHelpText("after", examples(...lines));

  add(
    root,
    "start",
    "run the gateway on this machine, with a demo server behind it",
    "npm start",
    "npm start -- --port 8080 --no-demo",
  )
    .option("--port <port>", "port to listen on (default: PORT or 8787)", port)
    .option("--no-demo", "only the gateway: no demo server, no policies applied, no demo grant")
    .action(async (options: StartOptions) => {
      done(await (await import("./commands/start.ts")).start(context, options));
    });

  add(
    root,
    "call <tool> [arguments]",
    "call a tool through the gateway; a call that is denied or fails exits 1",
    'npx grantgate call echo \'{"message":"hi"}\'',
    'npx grantgate call get-sum \'{"a":2,"b":3}\' --repeat 6',
    "npx grantgate call add_firewall_rule @rule.json --server borealhost",
  )
    .option("--server <slug>", "server to call (default: the demo's)")
    .option("--token <token>", "grant token (default: GRANTGATE_TOKEN or the demo grant)")
    .addOption(era())
    .option("--repeat <n>", "call so many times, one after the other", count, 1)
    .option("--timeout <seconds>", "wait so long for an answer", count, 60)
    .action(async (tool: string, json: string | undefined, options: CallOptions) => {
      done(await (await import("./commands/call.ts")).call(context, tool, json, options));
    });

  add(
    root,
    "tools",
    "list the tools that a grant may see",
    "npx grantgate tools",
    "npx grantgate tools --server fortios --json",
  )
    .option("--server <slug>", "server to ask (default: the demo's)")
    .option("--token <token>", "grant token (default: GRANTGATE_TOKEN or the demo grant)")
    .addOption(era())
    .action(async (options: ToolsOptions) => {
      done(await (await import("./commands/tools.ts")).tools(context, options));
    });

  add(
    root,
    "apply <folder>",
    "make the gateway as the files say: <folder>/<server>/server.json and <policy>.json",
    "npx grantgate apply policies --dry-run",
    "FORTIOS_URL=https://… FORTIOS_TOKEN=… npx grantgate apply policies",
  )
    .option("--dry-run", "show what would change and send nothing")
    .action(async (folder: string, options: ApplyOptions) => {
      done(await (await import("./commands/apply.ts")).apply(context, folder, options));
    });

  policyCommands(root, add, context, done);

  const grant = root.command("grant").description("make, list and revoke grants");
  add(
    grant,
    "create",
    "let one client use one server under one policy; prints the token, this once",
    "npx grantgate grant create --server fortios --policy standard --label ci --tag team-net --expires 30d",
  )
    .requiredOption("--server <slug>", "server the grant is for")
    .requiredOption("--policy <name>", "policy that decides its calls")
    .requiredOption("--label <text>", "who or what will use it")
    .option("--tag <tag>", "a tag; may be given more than once", collected, [])
    .option("--expires <when>", "a duration (12h, 30d) or an instant (2027-01-31T00:00:00Z)")
    .action(async (options: GrantCreateOptions) => {
      done(await (await import("./commands/grant-create.ts")).grantCreate(context, options));
    });
  add(
    grant,
    "list",
    "list grants",
    "npx grantgate grant list",
    "npx grantgate grant list --server fortios --status active",
  )
    .option("--server <slug>", "only grants for this server")
    .addOption(new Option("--status <status>", "only grants in this state").choices(["active", "expired", "revoked"]))
    .action(async (options: GrantListOptions) => {
      done(await (await import("./commands/grant-list.ts")).grantList(context, options));
    });
  add(grant, "revoke <id>", "end a grant; its next call is refused", "npx grantgate grant revoke grt_…").action(
    async (id: string, options: { readonly json?: true }) => {
      done(await (await import("./commands/grant-revoke.ts")).grantRevoke(context, id, options));
    },
  );

  return root;
}

function examples(...lines: readonly string[]): string {
  return `\nExamples:\n${lines.map((line) => `  ${line}`).join("\n")}\n`;
}

function era(): Option {
  return new Option("--era <era>", "MCP protocol era to speak").choices(["auto", "legacy", "modern"]).default("auto");
}

function port(text: string): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < 1 || value > 65_535) throw new InvalidArgumentError("A port is 1 to 65535.");
  return value;
}

function count(text: string): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < 1 || value > 100_000) throw new InvalidArgumentError("A whole number from 1.");
  return value;
}

function collected(tag: string, tags: readonly string[]): string[] {
  return [...tags, tag];
}
