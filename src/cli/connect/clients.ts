/**
 * What each MCP client takes for a server behind Streamable HTTP with a header, and where. Pure. Facts are from the
 * clients' own pages, named at each; a token stands in an entry only where the endpoint says so.
 */
import { join } from "node:path";
import type { JsonObject } from "../../json/value.ts";
import type { Environment } from "../context.ts";
import { bearerText, type Endpoint } from "./endpoint.ts";
import type { ClientName } from "./names.ts";

export type Places = {
  readonly cwd: string;
  readonly home: string;
  readonly platform: NodeJS.Platform;
  readonly env: Environment;
};

/** What has to be in the client's file, beside all that is there. */
export type Fragment =
  | { readonly kind: "json"; readonly document: JsonObject }
  | { readonly kind: "toml"; readonly table: string };

export type Client = {
  readonly title: string;
  readonly file: (places: Places) => string;
  readonly fragment: (endpoint: Endpoint) => Fragment;
  /** Whether it reads the token from the environment. Where not, the token stands in its file. */
  readonly takesVariables: boolean;
  /** What has to be done for it to take effect. */
  readonly next: string;
};

export const CLIENTS: Readonly<Record<ClientName, Client>> = {
  // https://code.claude.com/docs/en/mcp: `.mcp.json` in the project; `${VAR}` is expanded in `url` and `headers`.
  "claude-code": {
    title: "Claude Code",
    file: ({ cwd }) => join(cwd, ".mcp.json"),
    fragment: ({ name, url, secret }) =>
      json({ mcpServers: { [name]: { type: "http", url, headers: authorization(secret, (v) => `\${${v}}`) } } }),
    takesVariables: true,
    next: "Start Claude Code in this folder and approve the server.",
  },
  // https://support.claude.com/en/articles/11503834: it connects to no remote server of claude_desktop_config.json, and
  // its connectors call from Anthropic's cloud. So a bridge on this machine: https://github.com/geelen/mcp-remote, whose
  // page says why no space may follow the header's colon.
  "claude-desktop": {
    title: "Claude Desktop",
    file: claudeDesktopFile,
    fragment: ({ name, url, secret }) => json({ mcpServers: { [name]: bridge(url, authorizationText(secret)) } }),
    takesVariables: false,
    next: "Quit Claude Desktop and start it again. It runs the bridge mcp-remote with npx, so Node must be installed.",
  },
  // https://cursor.com/docs/mcp: `.cursor/mcp.json` in the project, `${env:NAME}` in `url` and `headers`.
  cursor: {
    title: "Cursor",
    file: ({ cwd }) => join(cwd, ".cursor", "mcp.json"),
    fragment: ({ name, url, secret }) =>
      json({ mcpServers: { [name]: { url, headers: authorization(secret, (v) => `\${env:${v}}`) } } }),
    takesVariables: true,
    next: "Open this folder in Cursor and switch the server on under Customize, MCPs.",
  },
  // https://code.visualstudio.com/docs/copilot/reference/mcp-configuration: `servers`, and `inputs` for what is secret;
  // VS Code asks for an input once and keeps it sealed, which is better than a variable.
  vscode: {
    title: "VS Code",
    file: ({ cwd }) => join(cwd, ".vscode", "mcp.json"),
    fragment: vsCode,
    takesVariables: true,
    next: "Open this folder in VS Code and start the server from .vscode/mcp.json.",
  },
  // https://developers.openai.com/codex/mcp, and codex-rs/config/src/mcp_types.rs of github.com/openai/codex: `url` with
  // `bearer_token_env_var` or `http_headers`; a token under `bearer_token` is refused.
  codex: {
    title: "Codex",
    file: ({ home, env }) => join(env.CODEX_HOME || join(home, ".codex"), "config.toml"),
    fragment: codex,
    takesVariables: true,
    next: "Start Codex anew; /mcp shows the server.",
  },
  // https://geminicli.com/docs/tools/mcp-server: `httpUrl` is Streamable HTTP (`url` is SSE). Strings of settings.json
  // may name `${VAR}`: https://geminicli.com/docs/cli/configuration.
  gemini: {
    title: "Gemini CLI",
    file: ({ home }) => join(home, ".gemini", "settings.json"),
    fragment: ({ name, url, secret }) =>
      json({ mcpServers: { [name]: { httpUrl: url, headers: authorization(secret, (v) => `\${${v}}`) } } }),
    takesVariables: true,
    next: "Start Gemini CLI anew; /mcp shows the server.",
  },
};

function json(document: JsonObject): Fragment {
  return { kind: "json", document };
}

function authorization(secret: Endpoint["secret"], reference: (variable: string) => string): JsonObject {
  return { Authorization: bearerText(secret, reference) };
}

function authorizationText(secret: Endpoint["secret"]): string {
  return bearerText(secret, (variable) => `\${${variable}}`);
}

function claudeDesktopFile({ home, platform, env }: Places): string {
  const folder =
    platform === "darwin"
      ? join(home, "Library", "Application Support")
      : platform === "win32"
        ? env.APPDATA || join(home, "AppData", "Roaming")
        : join(home, ".config");
  return join(folder, "Claude", "claude_desktop_config.json");
}

function bridge(url: string, header: string): JsonObject {
  const plain = url.startsWith("http:") ? ["--allow-http"] : [];
  return {
    command: "npx",
    args: [
      "-y",
      "mcp-remote",
      url,
      "--transport",
      "http-only",
      ...plain,
      "--header",
      `Authorization:\${GRANTGATE_HEADER}`,
    ],
    env: { GRANTGATE_HEADER: header },
  };
}

function vsCode({ name, url, secret }: Endpoint): Fragment {
  const id = `${name}-token`;
  const input = { type: "promptString", id, description: `Grantgate token for ${name}`, password: true };
  const server = { type: "http", url, headers: authorization(secret, () => `\${input:${id}}`) };
  return json({ servers: { [name]: server }, ...(secret.kind === "variable" && { inputs: [input] }) });
}

/** A JSON string of ASCII is a TOML string too. */
function codex({ name, url, secret }: Endpoint): Fragment {
  const proof =
    secret.kind === "token"
      ? `http_headers = { Authorization = ${JSON.stringify(`Bearer ${secret.token}`)} }`
      : `bearer_token_env_var = ${JSON.stringify(secret.variable)}`;
  return { kind: "toml", table: `[mcp_servers.${name}]\nurl = ${JSON.stringify(url)}\n${proof}\n` };
}
