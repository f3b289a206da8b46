/** `scan`. */
import type { ScanOptions } from "../commands/scan.ts";
import { typedSource, wordsOf } from "../scan/typed.ts";
import { type Group, HEADINGS } from "./group.ts";
import { count, era, many } from "./options.ts";

export function scanCommands({ root, add, context, done }: Group): void {
  add(
    root,
    "scan [source...]",
    "what a server's tools can do and cost: a URL, a file, a server's slug, or a command after --",
    'npx grantgate scan https://mcp.example.com/mcp --header "Authorization: Bearer $TOKEN"',
    "npx grantgate scan -- npx -y @modelcontextprotocol/server-filesystem .",
    "npx grantgate scan fortios --markdown",
    "npx grantgate scan policies/fortios/tools.json --sarif --fail-on steering,meta-tool > scan.sarif",
  )
    .helpGroup(HEADINGS.files)
    .addOption(many("--header <header>", "sent with each request to a URL, as in 'Authorization: Bearer …'"))
    .addOption(many("--env <name>", "environment variable that a command after -- gets besides the harmless ones"))
    .addOption(era())
    .option("--timeout <seconds>", "wait so long for each answer", count, 60)
    .option("--all", "show every tool, and all of what is found")
    .option("--markdown", "print Markdown, for a pull request")
    .option("--sarif", "print SARIF 2.1.0, for code scanning")
    .addOption(many("--fail-on <words>", "exit 1 for these classes and findings, as in destructive,steering"))
    .action(async (source: readonly string[], options: ScanOptions) => {
      const typed = typedSource(source, wordsOf(root));
      done(await (await import("../commands/scan.ts")).scan(context, typed, options));
    });
}
