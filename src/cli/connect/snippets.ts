/** What to type or paste to use a grant, ready to use. Pure. A token is written out only where the endpoint holds one. */
import { CLIENTS, type Fragment } from "./clients.ts";
import { bearerText, type Endpoint } from "./endpoint.ts";
import type { ClientName } from "./names.ts";

/** https://code.claude.com/docs/en/mcp. A variable is filled in by the shell, once, when the command is run. */
export function claudeCode({ name, url, secret }: Endpoint): string {
  const header = bearerText(secret, (variable) => `$${variable}`);
  return `claude mcp add --transport http ${name} ${url} --header "Authorization: ${header}"`;
}

/** The entry for a client's file, on one line or as it would stand there. */
export function entryText(client: ClientName, endpoint: Endpoint, indent?: number): string {
  return fragmentText(CLIENTS[client].fragment(endpoint), indent);
}

export function fragmentText(fragment: Fragment, indent?: number): string {
  return fragment.kind === "json" ? JSON.stringify(fragment.document, null, indent) : fragment.table.trimEnd();
}

/** A JSON argument as the user's shell wants it: cmd.exe and PowerShell know no single quotes around double ones. */
export function shellJson(value: unknown, platform: NodeJS.Platform): string {
  const text = JSON.stringify(value);
  return platform === "win32" ? `"${text.replaceAll('"', '\\"')}"` : `'${text.replaceAll("'", "'\\''")}'`;
}

export function curl({ url, secret }: Endpoint, message: unknown, platform: NodeJS.Platform): string {
  return [
    `curl -s ${url}`,
    `-H "Authorization: ${bearerText(secret, (variable) => `$${variable}`)}"`,
    '-H "Content-Type: application/json"',
    '-H "Accept: application/json, text/event-stream"',
    `-d ${shellJson(message, platform)}`,
  ].join(" ");
}
