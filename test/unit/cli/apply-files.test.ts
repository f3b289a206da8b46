import { symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { type Checked, check } from "../../../src/cli/apply/check.ts";
import { readFolder } from "../../../src/cli/apply/folder.ts";
import type { Environment } from "../../../src/cli/context.ts";
import { problemLines } from "../../../src/cli/problem.ts";
import { folder, POLICY, SECRET_SERVER, SERVER } from "./stage.ts";

function checked(root: string, env: Environment = {}): Checked {
  return check(readFolder(root, root), env);
}

function problems(root: string, env: Environment = {}): string[] {
  const result = checked(root, env);
  return result.ok ? [] : problemLines(result.problems);
}

describe("a folder of servers", () => {
  test("gives each server its policies, and leaves tests and tool lists out", () => {
    const root = folder({
      "echo/server.json": SERVER,
      "echo/standard.json": POLICY,
      "echo/standard.cases.json": "not read",
      "echo/tools.json": "not read",
      "echo/README.md": "not read",
      "empty/notes.txt": "",
      ".git/server.json": "not read",
    });
    const result = checked(root);
    expect(result.ok && result.servers).toMatchObject([
      {
        slug: "echo",
        server: { kind: "apply", spec: { name: "Echo", url: "https://echo.example/mcp", era: "auto" } },
        policies: [{ name: "standard", version: expect.stringMatching(/^[0-9a-f]{64}$/) }],
      },
    ]);
  });

  test("gives a policy the same version however it is written down", () => {
    const compact = JSON.stringify({ tools: { echo: {} }, default: "deny", version: "1" });
    const result = checked(folder({ "a/server.json": SERVER, "a/one.json": POLICY, "a/two.json": compact }));
    const versions = result.ok ? result.servers.flatMap(({ policies }) => policies.map(({ version }) => version)) : [];
    expect(new Set(versions).size).toBe(1);
    expect(versions).toHaveLength(2);
  });

  test("follows links, as mounted configuration has them", () => {
    const real = folder({ "server.json": SERVER });
    const root = folder();
    symlinkSync(real, join(root, "echo"), "junction");
    expect(checked(root)).toMatchObject({ ok: true, servers: [{ slug: "echo" }] });
  });

  test("says so when it is something else", () => {
    const root = folder({ "server.json": SERVER, "file.txt": "" });
    expect(() => readFolder(root, root)).toThrow(/folder of one server/);
    expect(() => readFolder(join(root, "nope"), root)).toThrow(/There is no folder nope/);
    expect(() => readFolder(join(root, "file.txt"), root)).toThrow(/can't be read as a folder/);
    const empty = folder();
    expect(() => readFolder(empty, empty)).toThrow(/holds no server/);
  });

  test("refuses a file that is not UTF-8, by its name", () => {
    const root = folder({ "echo/server.json": SERVER });
    writeFileSync(join(root, "echo", "bad.json"), Uint8Array.of(0x7b, 0xff, 0x7d));
    expect(() => readFolder(root, root)).toThrow(`${join("echo", "bad.json")} can't be read: it is not UTF-8`);
  });
});

describe("mistakes in files", () => {
  test("are told all at once, each with its place", () => {
    const root = folder({
      "a/server.json": '{\n  "name": "A",\n  "uri": "https://a.example"\n}',
      "a/one.json": '{\n  "version": "1",\n  "default": "maybe",\n  "tols": {}\n}',
      "b/server.json": '{ "name": "B", }',
      "b/two.json": '{ "version": "1" ',
    });
    const file = (...path: string[]): string => join(...path);
    const lines = problems(root);
    expect(lines.filter((line) => line.startsWith(`${file("a", "server.json")}:3:3  /uri `))).toHaveLength(1);
    expect(lines.filter((line) => line.startsWith(`${file("a", "server.json")}:1:1  /url is required`))).toHaveLength(
      1,
    );
    expect(lines.filter((line) => line.startsWith(`${file("a", "one.json")}:3:`))).toHaveLength(1);
    expect(lines.filter((line) => line.startsWith(`${file("a", "one.json")}:4:`))).toHaveLength(1);
    expect(lines.filter((line) => line.startsWith(`${file("b", "server.json")}:1:16  expected a key`))).toHaveLength(1);
    expect(lines.filter((line) => line.startsWith(`${file("b", "two.json")}:1:18 `))).toHaveLength(1);
  });

  test("include a secret that is written out, and a byte order mark", () => {
    const open = '{"name":"A","url":"https://a.example","credential":{"headers":{"Authorization":"Bearer abc"}}}';
    const lines = problems(folder({ "a/server.json": open, "b/server.json": `\ufeff${SERVER}` }));
    expect(lines).toHaveLength(2);
    expect(lines[0]).toMatch(/\/credential\/headers\/Authorization .*\$\{secret:NAME\}/);
    expect(lines[0]).not.toContain("abc");
    expect(lines[1]).toContain("byte order mark");
  });

  test("include names that can't stand in a URL", () => {
    const lines = problems(folder({ "My Server/server.json": SERVER, "ok/a b.json": POLICY }));
    expect(lines).toHaveLength(2);
    expect(lines.join()).toContain("My Server:1:1");
  });
});

describe("a URL from the environment", () => {
  test("is filled in, in whole or in part", () => {
    const part = `{"name":"P","url":"https://\${env:HOST}/\${env:PATH_}"}`;
    const root = folder({ "a/server.json": SECRET_SERVER, "b/server.json": part });
    const env = { VAULT_URL: "https://vault.example/mcp", HOST: "h.example", PATH_: "mcp" };
    expect(checked(root, env)).toMatchObject({
      servers: [
        { server: { spec: { url: "https://vault.example/mcp" } } },
        { server: { spec: { url: "https://h.example/mcp" } } },
      ],
    });
  });

  test("skips the server when its variable is not set or empty, and still looks at its files", () => {
    const root = folder({ "vault/server.json": SECRET_SERVER });
    expect(checked(root)).toMatchObject({ servers: [{ server: { kind: "skip", variable: "VAULT_URL" } }] });
    expect(checked(root, { VAULT_URL: "" })).toMatchObject({ servers: [{ server: { kind: "skip" } }] });
    const wrong = folder({ "vault/server.json": SECRET_SERVER, "vault/p.json": "{}" });
    expect(problems(wrong).length).toBeGreaterThan(0);
  });

  test("is judged, and never repeated", () => {
    const root = folder({ "vault/server.json": SECRET_SERVER });
    const lines = problems(root, { VAULT_URL: "https://me:hunter2@vault.example/mcp" });
    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain(`${join("vault", "server.json")}:3:3  /url `);
    expect(lines[0]).not.toContain("hunter2");
  });
});
