import { describe, expect, test } from "vitest";
import type { PolicyRecord, ServerRecord } from "../../../src/cli/admin/shapes.ts";
import type { CheckedServer } from "../../../src/cli/apply/check.ts";
import { prune, removalName } from "../../../src/cli/apply/prune.ts";
import { type Reply, type Seen, standIn } from "./gateway-stand-in.ts";
import { grantgate } from "./grantgate.ts";
import { POLICY, SECRET_SERVER, SERVER, screen } from "./stage.ts";

const file = { name: "f", text: "" };

function inFolder(slug: string, policies: readonly string[], skipped = false): CheckedServer {
  return {
    slug,
    folder: slug,
    server: skipped ? { kind: "skip", variable: "X_URL" } : { kind: "known" },
    policies: policies.map((name) => ({ name, file, canonical: "", version: "" })),
  };
}

function server(slug: string): ServerRecord {
  return {
    slug,
    name: slug,
    url: "https://x.example",
    credential: null,
    era: "auto",
    surface: [],
    drift: "hold",
    secrets: [],
    version: "v",
    revision: 3,
  };
}

function policy(path: string, grants = 0): PolicyRecord {
  const [server = "", name = ""] = path.split("/");
  return { server, name, version: "v", revision: 7, author: "a", updatedAt: "2026-11-21T12:00:00Z", grants };
}

function pruned(folder: readonly CheckedServer[], servers: string[], policies: PolicyRecord[], inUse: string[] = []) {
  const { removals, kept } = prune(folder, { servers: servers.map(server), policies, inUse: new Set(inUse) });
  return {
    removals: removals.map(removalName),
    kept: kept.map(({ removal, why }) => `${removalName(removal)}: ${why}`),
  };
}

describe("what pruning removes", () => {
  test("is policies of named servers that have no file, with the revision that was seen", () => {
    const present = { servers: [server("a")], policies: [policy("a/one"), policy("a/two")], inUse: new Set<string>() };
    expect(prune([inFolder("a", ["one"])], present)).toEqual({
      removals: [{ kind: "policy", server: "a", policy: "two", revision: 7 }],
      kept: [],
    });
  });

  test("is servers that no folder names, after their policies", () => {
    expect(pruned([inFolder("a", [])], ["a", "b"], [policy("b/one"), policy("b/two")])).toEqual({
      removals: ["policy b/one", "policy b/two", "server b"],
      kept: [],
    });
  });

  test("is nothing of a server that has grants and no folder", () => {
    expect(pruned([inFolder("a", [])], ["a", "b"], [policy("b/one", 2)], ["b"])).toEqual({
      removals: [],
      kept: ["server b: it has grants"],
    });
  });

  test("is no policy that grants are under", () => {
    expect(pruned([inFolder("a", [])], ["a"], [policy("a/one", 1), policy("a/two")])).toEqual({
      removals: ["policy a/two"],
      kept: ["policy a/one: 1 grant under it"],
    });
  });

  test("is nothing of a server that the folder skips: it belongs to another environment", () => {
    expect(pruned([inFolder("a", [], true)], ["a"], [policy("a/one")])).toEqual({ removals: [], kept: [] });
  });
});

describe("apply --prune", () => {
  const FILES = { "policies/echo/server.json": SERVER, "policies/echo/standard.json": POLICY };
  const MORE = { ...FILES, "policies/echo/old.json": POLICY, "policies/gone/server.json": SERVER };
  const noGrants = ({ method, path }: Seen): Reply | undefined =>
    method === "GET" && path.startsWith("/api/v1/grants?")
      ? { status: 200, body: { items: [], next: null } }
      : undefined;

  test("without it nothing is removed", async () => {
    const at = await standIn(undefined, noGrants);
    await grantgate("apply policies", { at, files: MORE });
    expect((await grantgate("apply policies", { at, files: FILES })).out).not.toContain("delete");
  });

  test("--dry-run lists what would be deleted and deletes nothing", async () => {
    const at = await standIn(undefined, noGrants);
    await grantgate("apply policies", { at, files: MORE });
    const before = at.writes().length;
    const { out, err } = await grantgate("apply policies --prune --dry-run", { at, files: FILES });
    expect(out).toContain("delete     policy echo/old\ndelete     server gone\n");
    expect(err).toContain("2 unchanged, 2 to delete");
    expect(at.writes()).toHaveLength(before);
    const { prune } = JSON.parse(
      (await grantgate("apply policies --prune --dry-run --json", { at, files: FILES })).out,
    );
    expect(prune.delete).toEqual([
      { kind: "policy", server: "echo", policy: "old" },
      { kind: "server", server: "gone" },
    ]);
  });

  test("lists first, asks before anything is sent, and deletes what was listed", async () => {
    const at = await standIn(undefined, noGrants);
    await grantgate("apply policies", { at, files: MORE });
    const before = at.writes().length;
    expect(await grantgate("apply policies --prune", { at, files: FILES })).toMatchObject({ exit: 2 });
    const no = screen({ confirm: async () => false });
    expect(await grantgate("apply policies --prune", { at, files: FILES, terminal: no })).toMatchObject({ exit: 1 });
    expect(no.errText()).toContain("delete     server gone");
    expect(at.writes()).toHaveLength(before);
    const { out } = await grantgate("apply policies --prune --yes", { at, files: FILES });
    expect(out).toContain("deleted    server gone");
    expect(at.writes().slice(before)).toEqual(["DELETE /api/v1/policies/echo/old", "DELETE /api/v1/servers/gone"]);
    expect(at.seen.at(-1)?.headers["if-match"]).toMatch(/^"\d+"$/);
  });
});

describe("apply against what somebody else changes meanwhile", () => {
  const FILES = { "policies/echo/server.json": SERVER, "policies/echo/standard.json": POLICY };

  test("says of each change what it was made against", async () => {
    const at = await standIn();
    await grantgate("apply policies", { at, files: FILES });
    const edited = { ...FILES, "policies/echo/standard.json": POLICY.replace('"echo"', '"shout"') };
    await grantgate(["apply", "policies", "--message", "Ticket 4711"], { at, files: edited });
    const puts = at.seen.filter(({ method }) => method === "PUT");
    expect(puts.map(({ headers }) => headers["if-none-match"] ?? headers["if-match"])).toEqual(["*", "*", '"2"']);
    expect(puts.at(-1)?.path).toBe("/api/v1/policies/echo/standard?message=Ticket+4711");
  });

  test("leaves theirs in force, tells it, and does the rest", async () => {
    const at = await standIn(undefined, ({ method, path }) =>
      method === "PUT" && path.includes("/policies/echo/standard")
        ? { status: 412, body: { detail: "it exists" }, problem: true }
        : undefined,
    );
    const files = { ...FILES, "policies/vault/server.json": SECRET_SERVER };
    const env = { VAULT_URL: "https://vault.example/mcp", VAULT_TOKEN: "t" };
    const { exit, out, err } = await grantgate("apply policies", { at, files, env });
    expect(exit).toBe(1);
    expect(err).toContain("somebody changed this on the gateway meanwhile; theirs is in force");
    expect(out).toContain("created    server vault");
  });
});
