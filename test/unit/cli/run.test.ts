import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { freePort } from "../../../src/cli/start/ports.ts";
import { ADMIN_TOKEN, standIn } from "./gateway-stand-in.ts";
import { grantgate } from "./grantgate.ts";
import { POLICY, SECRET_SERVER, SERVER, screen } from "./stage.ts";

const FILES = {
  "policies/echo/server.json": SERVER,
  "policies/echo/standard.json": POLICY,
  "policies/vault/server.json": SECRET_SERVER,
};

const NOUNS = ["server", "policy", "grant", "operator", "audit", "secrets"];

describe("the command line", () => {
  test("explains itself with examples and exits 0", async () => {
    for (const line of ["help", "--help", "help call", "grant create --help", "help apply"]) {
      const { exit, out } = await grantgate(line);
      expect(exit).toBe(0);
      expect(out).toContain("Examples:");
    }
  });

  test("has examples on every noun and verb, and fits 60 columns but for usage and examples", async () => {
    for (const noun of NOUNS) {
      const { out } = await grantgate(`${noun} --help`, { terminal: screen({ width: 60 }) });
      expect(out).toContain("Examples:");
      expect(out).not.toContain("Upkeep:");
      for (const verb of [...out.matchAll(/^ {2}([a-z]+) \[options\]/gm)].map(([, name]) => name)) {
        const help = await grantgate(`${noun} ${verb} --help`, { terminal: screen({ width: 60 }) });
        expect(help.out).toContain("Examples:");
        expect(help.out).not.toContain("[]");
        const words = help.out.slice(0, help.out.indexOf("Examples:")).split("\n");
        expect(words.filter((line) => line.length > 60 && !line.startsWith("Usage:"))).toEqual([]);
      }
    }
  });

  test.each([
    ["cal", "Did you mean call?"],
    ["call", "missing required argument 'tool'"],
    ["call echo --era ancient", "Allowed choices are auto, legacy, modern"],
    ["call echo --repeat 0", "A whole number from 1"],
    ["start --port 99999", "A port is 1 to 65535"],
    ["grant create --server s --label l", "--policy"],
    ["apply", "missing required argument 'folder'"],
    ["tools --nonsense", "unknown option"],
  ])("refuses `%s` with exit code 2 and says why", async (line, why) => {
    const { exit, out, err } = await grantgate(line);
    expect(exit).toBe(2);
    expect(err).toContain(why);
    expect(out).toBe("");
  });

  test("tells failures as JSON to programs", async () => {
    const { exit, err } = await grantgate("grant list --json");
    expect(exit).toBe(2);
    expect(JSON.parse(err)).toEqual({
      error: { message: "No gateway is known here.", next: expect.stringContaining("GRANTGATE_URL") },
    });
  });
});

describe("apply", () => {
  test("--dry-run says what would happen and sends nothing", async () => {
    const at = await standIn();
    const { exit, out, err } = await grantgate("apply policies --dry-run", { at, files: FILES });
    expect(exit).toBe(0);
    expect(out.split("\n").map((line) => line.trimEnd())).toEqual([
      "create     server echo",
      "create     policy echo/standard",
      "skip       server vault  (VAULT_URL is not set)",
      "",
    ]);
    expect(err).toContain("2 to create, 1 skipped. Nothing was sent");
    expect(at.writes()).toEqual([]);
  });

  test("tells in one line which servers are for another environment", async () => {
    const at = await standIn();
    const files = {
      ...FILES,
      "policies/attic/server.json": FILES["policies/vault/server.json"].replace("VAULT", "ATTIC"),
    };
    const dry = await grantgate("apply policies --dry-run", { at, files });
    expect(dry.out).toContain("skip       2 servers, whose addresses are not set: ATTIC_URL, VAULT_URL\n");
    const { out } = await grantgate("apply policies", { at, files });
    expect(out).toContain("skipped    2 servers, whose addresses are not set: ATTIC_URL, VAULT_URL\n");
    expect(out).not.toContain("server vault");
  });

  test("sends servers before their policies, with the values of secrets, and shows no secret", async () => {
    const at = await standIn();
    const env = { VAULT_URL: "https://vault.example/mcp", VAULT_TOKEN: "hunter2" };
    const { exit, out, err } = await grantgate("apply policies", { at, env, files: FILES });
    expect(exit).toBe(0);
    expect(at.writes()).toEqual([
      "PUT /api/v1/servers/echo",
      "PUT /api/v1/policies/echo/standard",
      "PUT /api/v1/servers/vault",
    ]);
    expect(JSON.parse(at.seen.at(-1)?.body ?? "")).toMatchObject({
      url: "https://vault.example/mcp",
      credential: { headers: { Authorization: `Bearer \${secret:VAULT_TOKEN}` } },
      secrets: { VAULT_TOKEN: "hunter2" },
    });
    expect(out + err).not.toContain("hunter2");
    expect(out + err).not.toContain(ADMIN_TOKEN);
  });

  test("a second time changes nothing, and shows an edit as a difference first", async () => {
    const at = await standIn();
    await grantgate("apply policies", { at, files: FILES });
    const again = await grantgate("apply policies", { at, files: FILES });
    expect(again.out).toContain("unchanged  policy echo/standard");
    expect(at.writes()).toHaveLength(2);
    const edited = { ...FILES, "policies/echo/standard.json": POLICY.replace('"echo"', '"shout"') };
    const dry = await grantgate("apply policies --dry-run", { at, files: edited });
    expect(dry).toMatchObject({ exit: 0 });
    expect(dry.out).toContain('    -     "echo": {}\n    +     "shout": {}');
    expect(at.writes()).toHaveLength(2);
    const json = JSON.parse((await grantgate("apply policies --dry-run --json", { at, files: edited })).out);
    expect(json.servers[0].policies[0]).toMatchObject({
      action: "change",
      diff: expect.arrayContaining(['+    "shout": {}']),
    });
  });

  test("keeps a secret that the gateway has, and asks for one that nobody has", async () => {
    const at = await standIn();
    const files = { "policies/vault/server.json": SECRET_SERVER };
    const env = { VAULT_URL: "https://vault.example/mcp" };
    expect(await grantgate("apply policies", { at, env, files })).toMatchObject({
      exit: 1,
      err: expect.stringContaining("set the environment variable VAULT_TOKEN"),
    });
    expect(at.writes()).toEqual([]);
    const questions: string[] = [];
    const ask = async (question: string): Promise<string> => {
      questions.push(question);
      return "typed";
    };
    await grantgate("apply policies", { at, env, files, terminal: screen({ ask }) });
    expect(questions).toEqual(["VAULT_TOKEN (for server vault)"]);
    expect(at.seen.at(-1)?.body).toContain('"secrets":{"VAULT_TOKEN":"typed"}');
    const kept = await grantgate("apply policies", { at, env, files });
    expect(kept).toMatchObject({ exit: 0, out: expect.stringContaining("unchanged  server vault") });
  });

  test("sends nothing at all while one file has a mistake", async () => {
    const at = await standIn();
    const files = { ...FILES, "policies/vault/p.json": '{\n  "version": "1",\n  "default": "deny",\n  "extra": 1\n}' };
    const { exit, err } = await grantgate("apply policies", { at, files });
    expect(exit).toBe(1);
    expect(err).toContain(`${join("policies", "vault", "p.json")}:4:`);
    expect(at.seen).toEqual([]);
  });

  test("puts what the gateway refuses where it stands in the file, and applies the rest", async () => {
    const at = await standIn(({ path }) =>
      path.endsWith("/servers/echo")
        ? { detail: "no", errors: [{ pointer: "/url", message: "is not reachable" }] }
        : undefined,
    );
    const files = { ...FILES, "policies/zebra/server.json": SERVER };
    const { exit, out, err } = await grantgate("apply policies", { at, files });
    expect(exit).toBe(1);
    expect(err).toContain(`${join("policies", "echo", "server.json")}:3:3  /url is not reachable`);
    expect(out).toContain("created    server zebra");
    expect(at.writes()).not.toContain("PUT /api/v1/policies/echo/standard");
  });
});

describe("grants", () => {
  test("create prints the token, and only that, where it can be piped", async () => {
    const at = await standIn();
    const line = "grant create --server s --policy p --label laptop --tag a --tag b --expires 30d";
    const { exit, out, err } = await grantgate(line, { at });
    expect(exit).toBe(0);
    expect(out).toBe("ggt_new\n");
    expect(err).not.toContain("ggt_new");
    expect(JSON.parse(at.seen[0]?.body ?? "")).toEqual({
      server: "s",
      policy: "p",
      label: "laptop",
      tags: ["a", "b"],
      expiresAt: "2026-12-21T12:00:00.000Z",
    });
  });

  test("create --json prints what the gateway said", async () => {
    const at = await standIn();
    const { out } = await grantgate("grant create --server s --policy p --label l --json", { at });
    expect(JSON.parse(out)).toMatchObject({ id: "grt_1", token: "ggt_new", url: "https://g/mcp/s" });
  });

  test("list is a table for people and items for programs", async () => {
    const at = await standIn();
    expect((await grantgate("grant list", { at })).out.split("\n").slice(0, 2)).toEqual([
      "ID     STATUS  SERVER  POLICY  CREATED     EXPIRES  LABEL",
      "grt_1  active  s       p       2026-11-21  never    ci (net)",
    ]);
    const { out } = await grantgate("grant list --server s --status active --json", { at });
    expect(JSON.parse(out).items).toHaveLength(1);
    expect(at.seen.at(-1)?.path).toBe("/api/v1/grants?server=s&status=active&limit=1000");
  });
});

describe("a gateway that does not help", () => {
  test("is not there: exit code 3, and what to look at", async () => {
    const url = `http://127.0.0.1:${await freePort()}`;
    const env = { GRANTGATE_URL: url, GRANTGATE_ADMIN_TOKEN: "x" };
    const { exit, err } = await grantgate("grant list", { env });
    expect(exit).toBe(3);
    expect(err).toContain(`No gateway answers at ${url} (ECONNREFUSED)`);
  });

  test("refuses the admin token: exit code 1, and where the token came from", async () => {
    const { url } = await standIn();
    const { exit, err } = await grantgate("grant list", {
      env: { GRANTGATE_URL: url, GRANTGATE_ADMIN_TOKEN: "wrong-one" },
    });
    expect(exit).toBe(1);
    expect(err).toContain("does not accept the token from GRANTGATE_ADMIN_TOKEN");
    expect(err).not.toContain("wrong-one");
  });

  test("says what is wrong with a request: its words, exit code 1", async () => {
    const at = await standIn(() => ({
      detail: "/server: x",
      errors: [{ pointer: "/server", message: 'there is no server "s"' }],
    }));
    const { exit, err } = await grantgate("grant create --server s --policy p --label l", { at });
    expect(exit).toBe(1);
    expect(err).toContain('The gateway refused: /server: there is no server "s"');
  });
});
