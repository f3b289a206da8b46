/** `grantgate connect`: the entry that an MCP client needs, printed, or put into the client's own file. */

import { shownPath } from "../apply/folder.ts";
import { CLIENTS } from "../connect/clients.ts";
import type { Endpoint, Secret } from "../connect/endpoint.ts";
import type { ClientName } from "../connect/names.ts";
import { claudeCode, fragmentText } from "../connect/snippets.ts";
import { writeEntry } from "../connect/write.ts";
import { type Context, variable } from "../context.ts";
import { type ExitCode, usage } from "../failure.ts";
import { findGateway, grantBearer, serverOf } from "../gateway.ts";
import { printJson } from "../show.ts";

export type ConnectOptions = {
  readonly server?: string;
  readonly name?: string;
  readonly token?: string;
  readonly variable?: string;
  readonly write?: true;
  readonly json?: true;
};

/** A name that every client takes, and that needs no quotes in TOML. */
const NAME = /^[A-Za-z0-9_-]{1,64}$/;
const VARIABLE = /^[A-Za-z_][A-Za-z0-9_]*$/;

export async function connect(context: Context, client: ClientName, options: ConnectOptions): Promise<ExitCode> {
  const { terminal } = context;
  const endpoint = endpointOf(context, client, options);
  const { title, file, fragment: fragmentOf, next } = CLIENTS[client];
  const path = file(context);
  const fragment = fragmentOf(endpoint);
  const holdsToken = endpoint.secret.kind === "token";
  const written = options.write
    ? writeEntry(path, { fragment, name: endpoint.name, holdsToken }, context.now())
    : undefined;
  if (options.json) {
    const entry = fragment.kind === "json" ? fragment.document : fragment.table;
    printJson(terminal, {
      client,
      file: path,
      name: endpoint.name,
      url: endpoint.url,
      entry,
      ...(written && { written }),
    });
    return written?.kind === "refused" ? 1 : 0;
  }
  const name = shownPath(path, context.cwd);
  if (written === undefined || written.kind === "refused") {
    if (written !== undefined)
      terminal.err(`${terminal.paintErr("red", "error:")} ${name} was left alone: ${written.why}.`);
    else if (client === "claude-code") terminal.err(`As a command, for you alone:\n\n${claudeCode(endpoint)}\n`);
    terminal.err(`For ${title}, beside what is in ${name}:\n`);
    terminal.out(fragmentText(fragment, 2));
    terminal.err("");
  } else if (written.kind === "unchanged") terminal.out(`${name} has the entry ${endpoint.name} already.`);
  else {
    terminal.out(`${name} has the entry ${endpoint.name} now.`);
    if (written.backup !== undefined) terminal.err(`What was there is in ${shownPath(written.backup, context.cwd)}.`);
  }
  for (const line of advice(context, client, endpoint)) terminal.err(line);
  terminal.err(next);
  return written?.kind === "refused" ? 1 : 0;
}

function endpointOf(context: Context, client: ClientName, options: ConnectOptions): Endpoint {
  const gateway = findGateway(context);
  const server = serverOf(gateway, options.server);
  const name = options.name ?? `${server}-gated`;
  if (!NAME.test(name)) throw usage(`--name ${JSON.stringify(name)} has more than letters, digits, - and _.`);
  const url = `${gateway.url}/mcp/${encodeURIComponent(server)}`;
  const secret = secretOf(context, { ...options, server });
  return { name, url, secret: CLIENTS[client].takesVariables ? secret : inPlace(context, secret) };
}

/** A token that was typed, or the demo's, stands in the entry itself; else it is the environment's to give. */
function secretOf(context: Context, options: ConnectOptions & { readonly server: string }): Secret {
  const { env } = context;
  if (options.variable !== undefined) {
    if (options.token !== undefined) throw usage("Either --token or --variable.");
    if (!VARIABLE.test(options.variable))
      throw usage(`--variable ${JSON.stringify(options.variable)} is no name of a variable.`);
    return { kind: "variable", variable: options.variable };
  }
  const inEnvironment = options.token === undefined && variable(env, "GRANTGATE_TOKEN") !== undefined;
  const bearer = inEnvironment ? undefined : grantBearer(findGateway(context), env, options);
  return bearer === undefined
    ? { kind: "variable", variable: "GRANTGATE_TOKEN" }
    : { kind: "token", token: bearer.token };
}

/** For a client that has no variables: the value that it has here. */
function inPlace(context: Context, secret: Secret): Secret {
  if (secret.kind === "token") return secret;
  const token = variable(context.env, secret.variable);
  if (token === undefined) {
    throw usage(
      `This client's file must hold the token itself, and ${secret.variable} is not set here.`,
      "Set it, or give the token with --token.",
    );
  }
  return { kind: "token", token: token.trim() };
}

function advice({ env }: Context, client: ClientName, { secret }: Endpoint): readonly string[] {
  if (secret.kind === "token") return ["The token stands in it: keep it out of version control."];
  if (client === "vscode") return ["VS Code asks for the token once and keeps it."];
  const set = variable(env, secret.variable) !== undefined;
  return [
    `The client takes the token from the environment variable ${secret.variable}` +
      (set
        ? ", which must be set where it is started."
        : ": set it to a grant's token (`npx grantgate grant create …`)."),
  ];
}
