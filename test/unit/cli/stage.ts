/** Where the command's tests run: a screen that remembers, and folders of their own that are gone afterwards. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { onTestFinished } from "vitest";
import type { Context } from "../../../src/cli/context.ts";
import type { Terminal } from "../../../src/cli/terminal.ts";

export type Screen = Terminal & { readonly outText: () => string; readonly errText: () => string };

export function screen(more: Partial<Pick<Terminal, "width" | "ask" | "confirm">> = {}): Screen {
  const outs: string[] = [];
  const errs: string[] = [];
  return {
    out: (text) => outs.push(`${text}\n`),
    err: (text) => errs.push(`${text}\n`),
    paint: (_, text) => text,
    paintErr: (_, text) => text,
    width: undefined,
    ask: undefined,
    ...more,
    outText: () => outs.join(""),
    errText: () => errs.join(""),
  };
}

/** A new folder with these files, by path. */
export function folder(files: Readonly<Record<string, string>> = {}): string {
  const root = mkdtempSync(join(tmpdir(), "grantgate-cli-"));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return root;
}

export const NOW = new Date("2026-11-21T12:00:00Z");

export function context(terminal: Terminal, more: Partial<Context> = {}): Context {
  const root = more.root ?? folder();
  return { terminal, env: {}, cwd: root, root, home: join(root, "home"), platform: "linux", now: () => NOW, ...more };
}

export const POLICY = JSON.stringify({ version: "1", default: "deny", tools: { echo: {} } }, null, 2);

export const SERVER = JSON.stringify({ name: "Echo", url: "https://echo.example/mcp" }, null, 2);

/** With a secret, at an address that the environment names. */
export const SECRET_SERVER = `{
  "name": "Vault",
  "url": "\${env:VAULT_URL}",
  "credential": { "headers": { "Authorization": "Bearer \${secret:VAULT_TOKEN}" } }
}`;
