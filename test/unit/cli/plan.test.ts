import { describe, expect, test } from "vitest";
import type { ServerRecord } from "../../../src/cli/admin/shapes.ts";
import { type CheckedServer, check } from "../../../src/cli/apply/check.ts";
import { readFolder } from "../../../src/cli/apply/folder.ts";
import { type Means, type Plan, plan, type Remote } from "../../../src/cli/apply/plan.ts";
import { serverLine, skippedLines, summary } from "../../../src/cli/apply/show.ts";
import { folder, POLICY, SECRET_SERVER, SERVER } from "./stage.ts";

const NOTHING: Remote = { servers: new Map(), policies: new Map() };
const NOBODY: Means = { isSet: () => false, canAsk: false };

function files(texts: Readonly<Record<string, string>>): readonly CheckedServer[] {
  const root = folder(texts);
  const result = check(readFolder(root, root), { VAULT_URL: "https://vault.example/mcp" });
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  return result.servers;
}

function record(more: Partial<ServerRecord> = {}): ServerRecord {
  return {
    slug: "vault",
    name: "Vault",
    url: "https://vault.example/mcp",
    credential: { headers: { Authorization: `Bearer \${secret:VAULT_TOKEN}` } },
    era: "auto",
    surface: ["prompts", "tools", "resources"],
    drift: "hold",
    secrets: ["VAULT_TOKEN"],
    version: "v1",
    revision: 7,
    ...more,
  };
}

function remote(server: ServerRecord, versions: readonly (readonly [string, string])[] = []): Remote {
  const policies = new Map(versions.map(([name, version]) => [name, { version, revision: 3 }]));
  return { servers: new Map([[server.slug, server]]), policies };
}

function servers(made: Plan) {
  if (!made.ok) throw new Error(JSON.stringify(made.problems));
  return made.servers;
}

const ECHO = { "echo/server.json": SERVER, "echo/standard.json": POLICY };
const VAULT = { "vault/server.json": SECRET_SERVER };

describe("a plan", () => {
  test("creates what the gateway does not have", () => {
    expect(servers(plan(files(ECHO), NOTHING, NOBODY))).toMatchObject([
      { slug: "echo", server: { kind: "create" }, policies: [{ kind: "create" }] },
    ]);
  });

  test("leaves alone what is the same, in whatever order it is written", () => {
    const checked = files({ ...VAULT, "vault/p.json": POLICY });
    const version = checked[0]?.policies[0]?.version ?? "";
    const [vault] = servers(plan(checked, remote(record(), [["vault/p", version]]), NOBODY));
    expect(vault).toMatchObject({ server: { kind: "unchanged", differs: [] }, policies: [{ kind: "unchanged" }] });
  });

  test("changes what differs and says in what", () => {
    const checked = files({ ...VAULT, "vault/p.json": POLICY });
    const there = remote(record({ name: "Old", era: "legacy", surface: ["tools"] }), [["vault/p", "another"]]);
    const [vault] = servers(plan(checked, there, NOBODY));
    expect(vault).toMatchObject({
      server: { kind: "change", differs: ["name", "era", "surface"] },
      policies: [{ kind: "change" }],
    });
  });

  test("never mentions what only the gateway has", () => {
    const there = remote(record({ slug: "other" }), [["echo/gone", "v"]]);
    const made = servers(plan(files(ECHO), there, NOBODY));
    expect(made.map(({ slug }) => slug)).toEqual(["echo"]);
    expect(made[0]?.policies.map(({ policy }) => policy.name)).toEqual(["standard"]);
  });

  test("needs a server.json or a gateway that knows the server", () => {
    const only = files({ "vault/p.json": POLICY });
    expect(plan(only, NOTHING, NOBODY)).toMatchObject({
      ok: false,
      problems: [{ file: "vault", message: expect.stringContaining("knows no server vault") }],
    });
    expect(servers(plan(only, remote(record()), NOBODY))).toMatchObject([
      { server: { kind: "known" }, policies: [{ kind: "create" }] },
    ]);
  });
});

describe("a named secret", () => {
  const secrets = (made: Plan): unknown => servers(made).map(({ server }) => "secrets" in server && server.secrets);

  test("comes from the environment first, and is sent again since only the gateway can compare it", () => {
    const made = plan(files(VAULT), remote(record()), { isSet: (name) => name === "VAULT_TOKEN", canAsk: false });
    expect(secrets(made)).toEqual([[{ name: "VAULT_TOKEN", from: "environment" }]]);
    expect(servers(made)[0]?.server.kind).toBe("resend");
  });

  test("is kept when the gateway has it", () => {
    expect(secrets(plan(files(VAULT), remote(record()), { isSet: () => false, canAsk: true }))).toEqual([
      [{ name: "VAULT_TOKEN", from: "gateway" }],
    ]);
  });

  test("is asked for when somebody is there to ask, and is a problem by name when nobody is", () => {
    expect(secrets(plan(files(VAULT), NOTHING, { isSet: () => false, canAsk: true }))).toEqual([
      [{ name: "VAULT_TOKEN", from: "terminal" }],
    ]);
    expect(plan(files(VAULT), NOTHING, NOBODY)).toMatchObject({
      ok: false,
      problems: [{ message: expect.stringContaining("VAULT_TOKEN") }],
    });
  });
});

describe("a plan in words", () => {
  const plain = (_: unknown, text: string): string => text;

  test("says what, why and where a secret comes from", () => {
    const [made] = servers(plan(files(VAULT), remote(record({ name: "Old" })), { isSet: () => true, canAsk: false }));
    expect(made && serverLine(made.slug, made.server, "will", plain)).toBe(
      "change     server vault  (name; VAULT_TOKEN from the environment)",
    );
    expect(made && serverLine(made.slug, made.server, "done", plain)).toContain("changed    server vault");
    expect(serverLine("x", { kind: "skip", variable: "X_URL" }, "will", plain)).toBe(
      "skip       server x  (X_URL is not set)",
    );
  });

  test("tells of all servers that are skipped in one line", () => {
    const skipped = (...slugs: readonly string[]) =>
      slugs.map((slug) => ({ slug, server: { kind: "skip" as const, variable: `${slug.toUpperCase()}_URL` } }));
    expect(skippedLines([], "will", plain)).toEqual([]);
    expect(skippedLines([{ slug: "x", server: { kind: "known" } }, ...skipped("y")], "will", plain)).toEqual([
      "skip       server y  (Y_URL is not set)",
    ]);
    expect(skippedLines(skipped("x", "y", "z"), "done", plain)).toEqual([
      "skipped    3 servers, whose addresses are not set: X_URL, Y_URL, Z_URL",
    ]);
  });

  test("counts servers and policies", () => {
    expect(summary(servers(plan(files(ECHO), NOTHING, NOBODY)))).toBe("2 to create");
  });
});
