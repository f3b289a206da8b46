/**
 * How MCP clients are told about a grant: what to type or paste, ready to use. Pure. The only place where a token is
 * written out, and only for the grant that was just made or the local demo.
 */

export type Endpoint = {
  /** The name the client shows. */
  readonly name: string;
  readonly url: string;
  readonly token: string;
};

export function claudeCode({ name, url, token }: Endpoint): string {
  return `claude mcp add --transport http ${name} ${url} --header "Authorization: Bearer ${token}"`;
}

/** For `mcpServers` in Cursor's `.cursor/mcp.json`. */
export function cursor({ name, url, token }: Endpoint): string {
  return JSON.stringify({ mcpServers: { [name]: { url, headers: { Authorization: `Bearer ${token}` } } } });
}

/** For `servers` in VS Code's `.vscode/mcp.json`. */
export function vsCode({ name, url, token }: Endpoint): string {
  return JSON.stringify({ servers: { [name]: { type: "http", url, headers: { Authorization: `Bearer ${token}` } } } });
}

/** A JSON argument as the user's shell wants it: cmd.exe and PowerShell know no single quotes around double ones. */
export function shellJson(value: unknown, platform: NodeJS.Platform): string {
  const text = JSON.stringify(value);
  return platform === "win32" ? `"${text.replaceAll('"', '\\"')}"` : `'${text.replaceAll("'", "'\\''")}'`;
}

export function curl({ url, token }: Endpoint, message: unknown, platform: NodeJS.Platform): string {
  return [
    `curl -s ${url}`,
    `-H "Authorization: Bearer ${token}"`,
    '-H "Content-Type: application/json"',
    '-H "Accept: application/json, text/event-stream"',
    `-d ${shellJson(message, platform)}`,
  ].join(" ");
}
