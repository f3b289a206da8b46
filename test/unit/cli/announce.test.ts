import { describe, expect, test } from "vitest";
import { shellJson } from "../../../src/cli/connect/snippets.ts";
import { announcement, readyJson } from "../../../src/cli/start/announce.ts";

const demo = { server: "everything", policy: "demo", grant: "grt_1", token: "ggt_abc" };
const ready = { url: "http://127.0.0.1:8787", demo, platform: "linux" as const };
const plain = (_: unknown, text: string): string => text;

function said(label: string): string {
  const line = announcement(ready, plain)
    .split("\n")
    .find((each) => each.trim().startsWith(label));
  return line?.slice(line.indexOf(label) + label.length).trim() ?? "";
}

describe("what start says", () => {
  test("connects each client to the endpoint with the token", () => {
    const url = "http://127.0.0.1:8787/mcp/everything";
    const headers = { Authorization: "Bearer ggt_abc" };
    expect(said("Claude Code")).toBe(
      `claude mcp add --transport http everything-gated ${url} --header "Authorization: Bearer ggt_abc"`,
    );
    expect(JSON.parse(said("Cursor").replace(".cursor/mcp.json", ""))).toEqual({
      mcpServers: { "everything-gated": { url, headers } },
    });
    expect(JSON.parse(said("VS Code").replace(".vscode/mcp.json", ""))).toEqual({
      servers: { "everything-gated": { type: "http", url, headers } },
    });
  });

  test("writes JSON as the shell at hand takes it", () => {
    expect(shellJson({ a: "it's" }, "linux")).toBe(`'{"a":"it'\\''s"}'`);
    expect(shellJson({ a: 1 }, "win32")).toBe('"{\\"a\\":1}"');
    expect(announcement({ ...ready, platform: "win32" }, plain)).not.toContain("'");
  });

  test("promises no demo where there is none", () => {
    const text = announcement({ ...ready, demo: undefined }, plain);
    expect(text).toContain(ready.url);
    expect(text).not.toContain("everything");
  });

  test("is one line for programs", () => {
    expect(JSON.parse(readyJson(ready))).toMatchObject({
      url: ready.url,
      endpoint: `${ready.url}/mcp/everything`,
      token: "ggt_abc",
    });
  });
});
