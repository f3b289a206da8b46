import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { snippet } from "../../../src/cli/policy/snippet.ts";
import { run } from "../../../src/cli/run.ts";
import { context, folder, POLICY, SECRET_SERVER, SERVER, screen } from "./stage.ts";

const CASES = `[
  { "name": "echo", "call": { "tool": "echo" }, "expect": { "effect": "allow" } },
  { "name": "no other", "call": { "tool": "made-up" }, "expect": { "effect": "deny", "rule": "(default deny)" } }
]`;

const FINE = {
  "policies/echo/server.json": SERVER,
  "policies/echo/standard.json": POLICY,
  "policies/echo/standard.cases.json": CASES,
  "policies/echo/tools.json": '{ "tools": [{ "name": "echo", "inputSchema": { "type": "object" } }] }',
  "policies/vault/server.json": SECRET_SERVER,
};

async function check(files: Record<string, string>, ...more: string[]) {
  const terminal = screen();
  const root = folder(files);
  const exit = await run(["policy", "check", ...more], context(terminal, { root, cwd: root }));
  return { exit, out: terminal.outText(), err: terminal.errText() };
}

describe("policy check", () => {
  test("has nothing to say of files without fault", async () => {
    expect(await check(FINE)).toEqual({ exit: 0, out: "", err: "5 files: nothing wrong.\n" });
    expect(await check(FINE, join("policies", "echo"))).toMatchObject({ exit: 0, err: "4 files: nothing wrong.\n" });
  });

  test("shows every mistake of every file with its line and a mark under the place", async () => {
    const { exit, out, err } = await check({
      ...FINE,
      "policies/echo/standard.json": POLICY.replace('"echo": {}', '"echo": { "denyif": [] }').replace('"deny"', '"no"'),
      "policies/echo/standard.cases.json": CASES.replace('"allow"', '"alow"'),
      "policies/echo/server.json": SERVER.replace('"name"', '"nam"'),
      "policies/echo/tools.json": '{ "tools": [{ "title": "?" }] }',
    });
    expect(exit).toBe(1);
    expect(out).toContain(`${join("policies", "echo", "standard.json")}:5:15  "denyif" is no field of a tool's entry`);
    expect(out).toContain(`did you mean "deny_if"?
  5 |     "echo": { "denyif": [] }
    |               ^
`);
    expect(out).toContain(`${join("policies", "echo", "standard.json")}:3:14  expected "allow" or "deny", found "no"`);
    expect(out).toContain(`${join("policies", "echo", "standard.cases.json")}:2:71  expected "allow"`);
    expect(out).toContain(`${join("policies", "echo", "server.json")}:2:3  /nam is no field`);
    expect(out).toContain(`${join("policies", "echo", "tools.json")}:1:13  expected a tool`);
    expect(err).toMatch(/^5 files: \d+ errors\.\n$/);
  });

  test("knows the rules and tools that cases name", async () => {
    const cases = `[
  { "name": "a", "call": { "tool": "echo" }, "expect": { "effect": "deny", "rule": "/tools/echo/deny_if/0" } },
  { "name": "b", "call": { "tool": "ecko" }, "expect": { "effect": "allow" } },
  { "name": "c", "call": { "tool": "shout" }, "expect": { "effect": "deny", "rule": "(default denny)" } }
]`;
    const { exit, out } = await check({ ...FINE, "policies/echo/standard.cases.json": cases });
    expect(exit).toBe(1);
    expect(out).toContain(':2:84  the policy has no rule "/tools/echo/deny_if/0"');
    expect(out).toContain(':3:36  the policy lists no tool "ecko"; did you mean "echo"?');
    expect(out).toContain(':4:85  the policy has no rule "(default denny)"; did you mean "(default deny)"?');
  });

  test("knows a tool that the server does not list, where the policy would let it pass", async () => {
    const open = '{ "version": "1", "default": "allow" }';
    const cases = '[{ "name": "a", "call": { "tool": "ecko" }, "expect": { "effect": "allow" } }]';
    const files = { ...FINE, "policies/echo/standard.json": open, "policies/echo/standard.cases.json": cases };
    expect((await check(files)).out).toContain('the server lists no tool "ecko"; did you mean "echo"?');
    const { "policies/echo/tools.json": _, ...withoutList } = files;
    expect(await check(withoutList)).toMatchObject({ exit: 0 });
  });

  test("warns of what is valid and can hardly be meant, and refuses it with --strict", async () => {
    const twice = POLICY.replace('"tools"', '"hide": ["a", "a"],\n  "tools"');
    const files = { ...FINE, "policies/echo/standard.json": twice };
    const { exit, out, err } = await check(files, "policies");
    expect(exit).toBe(0);
    expect(out).toMatch(/standard\.json:4:17 {2}warning: .*\n {2}4 \| {3}"hide": \["a", "a"\],\n/);
    expect(err).toMatch(/^5 files: \d+ warnings?\.\n$/);
    expect(await check(files, "policies", "--strict")).toMatchObject({ exit: 1 });
    expect(JSON.parse((await check(files, "policies", "--json")).out).findings[0]).toMatchObject({
      severity: "warning",
    });
  });

  test("misses the policy of cases that lie alone", async () => {
    const { exit, out } = await check({ "policies/echo/lost.cases.json": CASES, "policies/echo/server.json": SERVER });
    expect(exit).toBe(1);
    expect(out).toContain(`${join("policies", "echo", "lost.json")} is missing`);
  });

  test("takes single files, wherever they lie, each once", async () => {
    const files = { "My Files/a.json": "{", "My Files/b.json": POLICY, "My Files/b.cases.json": CASES };
    const [a, b] = [join("My Files", "a.json"), join("My Files", "b.json")];
    expect(await check(files, a, a)).toMatchObject({ exit: 1, err: "1 file: 1 error.\n" });
    expect(await check(files, b)).toEqual({ exit: 0, out: "", err: "2 files: nothing wrong.\n" });
    expect(await check(files, join("My Files", "b.cases.json"))).toMatchObject({ exit: 0 });
  });

  test("says the same to programs", async () => {
    const { exit, out } = await check({ "policies/echo/p.json": "{}" }, "--json");
    expect(exit).toBe(1);
    expect(JSON.parse(out)).toEqual({
      files: 1,
      errors: 2,
      warnings: 0,
      findings: ["version", "default"].map((field) => ({
        file: join("policies", "echo", "p.json"),
        pointer: "",
        line: 1,
        column: 1,
        severity: "error",
        message: `"${field}" is missing in a policy`,
      })),
    });
  });

  test("exits 2 for what is not there", async () => {
    expect(await check({}, "nowhere")).toMatchObject({
      exit: 2,
      err: expect.stringContaining("no file or folder nowhere"),
    });
    expect(await check({ "empty/notes.txt": "" }, "empty")).toMatchObject({
      exit: 2,
      err: expect.stringContaining("empty holds no policy"),
    });
  });
});

describe("the line with a mistake", () => {
  test("is cut around the place when it is too long for the screen", () => {
    const text = `{"version":"1",${" ".repeat(200)}"bad":1,${" ".repeat(200)}}`;
    const [source = "", mark = ""] = snippet(text, 1, text.indexOf('"bad"') + 1, 80);
    expect(source).toContain('"bad":1,');
    expect(source.length).toBeLessThanOrEqual(80);
    expect(mark.indexOf("^")).toBe(source.indexOf('"bad"'));
  });

  test("keeps the mark under the place behind tabs, wide characters and control characters", () => {
    expect(snippet('\t"日本": bad\u0007', 1, 8, undefined)).toEqual(['1 |   "日本": bad\\u0007', "  |           ^"]);
    expect(snippet("a\r\nb c\r\n", 2, 3, undefined)).toEqual(["2 | b c", "  |   ^"]);
  });
});
