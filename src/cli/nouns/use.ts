/** `start`, `status`, `call` and `connect`. */
import { Argument } from "commander";
import type { CallOptions } from "../commands/call.ts";
import type { ConnectOptions } from "../commands/connect.ts";
import type { StartOptions } from "../commands/start.ts";
import { CLIENT_NAMES, type ClientName } from "../connect/names.ts";
import { type Group, HEADINGS, type Json } from "./group.ts";
import { count, era, port } from "./options.ts";

export function useCommands({ root, add, context, done }: Group): void {
  add(
    root,
    "start",
    "run the gateway on this machine, with a demo server behind it",
    "npm start",
    "npm start -- --port 8080 --no-demo",
  )
    .helpGroup(HEADINGS.use)
    .option("--port <port>", "port to listen on (default: PORT or 8787)", port)
    .option("--no-demo", "only the gateway: no demo server, no policies applied, no demo grant")
    .action(async (options: StartOptions) => {
      done(await (await import("../commands/start.ts")).start(context, options));
    });

  add(
    root,
    "status",
    "is the gateway well? versions, checks, what it holds, what is behind; anything wrong exits 1",
    "npx grantgate status",
    "npx grantgate status --json",
  )
    .helpGroup(HEADINGS.use)
    .action(async (options: Json) => {
      done(await (await import("../commands/status.ts")).status(context, options));
    });

  add(
    root,
    "call <tool> [arguments]",
    "call a tool through the gateway; a call that is denied or fails exits 1",
    'npx grantgate call echo \'{"message":"hi"}\'',
    'npx grantgate call get-sum \'{"a":2,"b":3}\' --repeat 6',
    "npx grantgate call add_firewall_rule @rule.json --server borealhost",
  )
    .helpGroup(HEADINGS.use)
    .option("--server <slug>", "server to call (default: the demo's)")
    .option("--token <token>", "grant token (default: GRANTGATE_TOKEN or the demo grant)")
    .addOption(era())
    .option("--repeat <n>", "call so many times, one after the other", count, 1)
    .option("--timeout <seconds>", "wait so long for an answer", count, 60)
    .action(async (tool: string, json: string | undefined, options: CallOptions) => {
      done(await (await import("../commands/call.ts")).call(context, tool, json, options));
    });

  add(
    root,
    "connect",
    "print, or write, what an MCP client needs to use a grant",
    "npx grantgate connect claude-code",
    "GRANTGATE_TOKEN=ggt_… npx grantgate connect cursor --server fortios --write",
    "npx grantgate connect codex --server fortios --variable FORTIOS_GRANT",
  )
    .helpGroup(HEADINGS.use)
    .addArgument(new Argument("<client>", "which client").choices(CLIENT_NAMES))
    .option("--server <slug>", "server to connect to (default: the demo's)")
    .option("--name <name>", "what the client calls it (default: <server>-gated)")
    .option("--token <token>", "grant token, to stand in the entry itself (default: GRANTGATE_TOKEN or the demo grant)")
    .option("--variable <name>", "environment variable that the entry names in place of the token")
    .option("--write", "put it into the client's own file, beside what is there")
    .action(async (client: ClientName, options: ConnectOptions) => {
      done(await (await import("../commands/connect.ts")).connect(context, client, options));
    });
}
