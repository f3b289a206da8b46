import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { CLIENTS, type Fragment } from "../../../src/cli/connect/clients.ts";
import type { Endpoint } from "../../../src/cli/connect/endpoint.ts";
import { type Merged, merge } from "../../../src/cli/connect/merge.ts";
import { CLIENT_NAMES, type ClientName } from "../../../src/cli/connect/names.ts";
import { parseJson } from "../../../src/json/parse.ts";
import { isObject, type Json } from "../../../src/json/value.ts";
import { grantgate } from "./grantgate.ts";
import { folder } from "./stage.ts";

const URL_ = "https://gate.example/mcp/s";
const named: Endpoint = { name: "s-gated", url: URL_, secret: { kind: "variable", variable: "MY_GRANT" } };
const held: Endpoint = { ...named, secret: { kind: "token", token: "ggt_abc" } };
const ENV = { GRANTGATE_URL: "https://gate.example" };

function document(client: ClientName, endpoint: Endpoint): unknown {
  const fragment = CLIENTS[client].fragment(endpoint);
  return fragment.kind === "json" ? JSON.parse(JSON.stringify(fragment.document)) : fragment.table;
}

describe("what each client takes", () => {
  test("names the variable where the client reads variables, in the client's own way", () => {
    const headers = (reference: string) => ({ Authorization: `Bearer ${reference}` });
    expect(document("claude-code", named)).toEqual({
      mcpServers: { "s-gated": { type: "http", url: URL_, headers: headers(`\${MY_GRANT}`) } },
    });
    expect(document("cursor", named)).toEqual({
      mcpServers: { "s-gated": { url: URL_, headers: headers(`\${env:MY_GRANT}`) } },
    });
    expect(document("gemini", named)).toEqual({
      mcpServers: { "s-gated": { httpUrl: URL_, headers: headers(`\${MY_GRANT}`) } },
    });
    expect(document("vscode", named)).toMatchObject({
      servers: { "s-gated": { type: "http", url: URL_, headers: headers(`\${input:s-gated-token}`) } },
      inputs: [{ type: "promptString", id: "s-gated-token", password: true }],
    });
    expect(document("codex", named)).toBe(
      '[mcp_servers.s-gated]\nurl = "https://gate.example/mcp/s"\nbearer_token_env_var = "MY_GRANT"\n',
    );
  });

  test("holds the token where it is given", () => {
    for (const client of CLIENT_NAMES) expect(JSON.stringify(document(client, held))).toContain("Bearer ggt_abc");
    expect(document("codex", held)).toContain('http_headers = { Authorization = "Bearer ggt_abc" }');
  });

  test("reaches Claude Desktop over a bridge, without a space behind the header's colon", () => {
    expect(document("claude-desktop", held)).toEqual({
      mcpServers: {
        "s-gated": {
          command: "npx",
          args: [
            "-y",
            "mcp-remote",
            URL_,
            "--transport",
            "http-only",
            "--header",
            `Authorization:\${GRANTGATE_HEADER}`,
          ],
          env: { GRANTGATE_HEADER: "Bearer ggt_abc" },
        },
      },
    });
  });

  test("lies where each platform keeps it", () => {
    const at = (platform: NodeJS.Platform, env = {}) =>
      CLIENTS["claude-desktop"].file({ cwd: "/c", home: "/h", platform, env }).replaceAll("\\", "/");
    expect(at("darwin")).toBe("/h/Library/Application Support/Claude/claude_desktop_config.json");
    expect(at("linux")).toBe("/h/.config/Claude/claude_desktop_config.json");
    expect(at("win32", { APPDATA: "/appdata" })).toBe("/appdata/Claude/claude_desktop_config.json");
    const codex = CLIENTS.codex.file({ cwd: "/c", home: "/h", platform: "linux", env: { CODEX_HOME: "/x" } });
    expect(codex.replaceAll("\\", "/")).toBe("/x/config.toml");
  });
});

/** Whether all of the one is in the other: members, items, and values as they were written. */
function holds(whole: Json | undefined, part: Json): boolean {
  if (isObject(part)) return isObject(whole) && Object.keys(part).every((key) => holds(whole[key], part[key] ?? null));
  // What is ours comes behind what is there, which keeps its order.
  if (Array.isArray(part)) {
    const held = Array.isArray(whole) ? whole : [];
    let next = 0;
    return part.every((item) => {
      const at = held.findIndex((each, index) => index >= next && holds(each, item));
      next = at + 1;
      return at >= 0;
    });
  }
  return JSON.stringify(whole) === JSON.stringify(part);
}

function json(text: string): Json {
  const parsed = parseJson(text);
  if (!parsed.ok) throw new Error(parsed.fault.reason);
  return parsed.value;
}

function text(merged: Merged): string {
  if (merged.kind !== "merged") throw new Error(JSON.stringify(merged));
  return merged.text;
}

describe("an entry put into a file", () => {
  const key = fc.oneof(
    fc.string(),
    fc.constantFrom("mcpServers", "servers", "inputs", "s-gated", "__proto__", "headers"),
  );
  const value = fc.letrec((tie) => ({
    any: fc.oneof(
      { maxDepth: 3 },
      fc.string(),
      fc.integer(),
      fc.boolean(),
      fc.constant(null),
      tie("list"),
      tie("object"),
    ),
    list: fc.array(tie("any"), { maxLength: 3 }),
    object: fc.dictionary(key, tie("any"), { maxKeys: 4 }),
  }));
  const fragments: readonly Fragment[] = CLIENT_NAMES.flatMap((client) => [
    CLIENTS[client].fragment(named),
    CLIENTS[client].fragment(held),
  ]);

  test("loses nothing of the file, whatever is there, or leaves it alone", () => {
    fc.assert(
      fc.property(value.object, fc.constantFrom(...fragments), (before, fragment) => {
        const was = JSON.stringify(before, null, 2);
        const merged = merge(was, fragment, "s-gated");
        if (merged.kind !== "merged" || fragment.kind !== "json") return;
        expect(holds(json(merged.text), fragment.document)).toBe(true);
        // The entry itself is ours; all else is as it was.
        const rest = json(was);
        for (const list of ["mcpServers", "servers"]) {
          const entries = isObject(rest) ? rest[list] : undefined;
          if (isObject(entries)) delete entries["s-gated"];
        }
        expect(holds(json(merged.text), rest)).toBe(true);
      }),
    );
  });

  test("leaves all of a TOML file before it as it is", () => {
    const toml = CLIENTS.codex.fragment(named);
    fc.assert(
      fc.property(fc.string(), (before) => {
        const merged = merge(before, toml, "s-gated");
        if (merged.kind === "merged") expect(merged.text.startsWith(before)).toBe(true);
      }),
    );
  });

  test("keeps digits that a double would round, and the indentation", () => {
    const before = '{\n    "n": 9007199254740993.10,\n    "mcpServers": { "other": {"command":"x"} }\n}';
    const after = text(merge(before, CLIENTS.cursor.fragment(named), "s-gated"));
    expect(after).toContain("9007199254740993.10");
    expect(after).toContain('\n    "mcpServers": {\n        "other"');
  });

  test("is put there once, and brought up to date when the token is another", () => {
    for (const client of CLIENT_NAMES) {
      const once = text(merge("", CLIENTS[client].fragment(named), "s-gated"));
      expect(merge(once, CLIENTS[client].fragment(named), "s-gated")).toEqual({ kind: "unchanged" });
    }
    const once =
      '{"mcpServers":{"s-gated":{"url":"https://gate.example/mcp/s","headers":{"authorization":"Bearer old","X":"1"},"timeout":5}}}';
    expect(JSON.parse(text(merge(once, CLIENTS.cursor.fragment(held), "s-gated")))).toEqual({
      mcpServers: { "s-gated": { url: URL_, headers: { Authorization: "Bearer ggt_abc", X: "1" }, timeout: 5 } },
    });
  });

  test.each([
    ["comments", '{\n  // mine\n  "mcpServers": {}\n}'],
    ["a comma too many", '{"mcpServers":{},}'],
    ["a repeated key", '{"a":1,"a":2}'],
    ["a list", "[]"],
    ["entries of another kind", '{"mcpServers":[]}'],
    ["an entry that leads elsewhere", '{"mcpServers":{"s-gated":{"url":"https://other.example/mcp"}}}'],
    ["a byte order mark", '\ufeff{"mcpServers":{}}'],
  ])("is refused by a file with %s", (_, before) => {
    expect(merge(before, CLIENTS.cursor.fragment(named), "s-gated").kind).toBe("refused");
  });

  test.each([
    '[mcp_servers.s-gated]\nurl = "https://other"',
    '[ mcp_servers . "s-gated" ]\n',
    "[mcp_servers]\ns-gated = { url = 'x' }\n",
    'mcp_servers = { s-gated = { url = "x" } }',
    'mcp_servers.s-gated.url = "x"',
    '["mcp_servers"."s-gated"]\n',
    '[mcp_servers."s-g\\u0061ted"]\n',
  ])("is refused by a TOML file that may have it already: %s", (before) => {
    expect(merge(before, CLIENTS.codex.fragment(named), "s-gated").kind).toBe("refused");
  });

  test("stands beside the other servers of a TOML file", () => {
    const before = 'model = "x"\n\n[mcp_servers.s-gated-too]\nurl = "y"';
    expect(text(merge(before, CLIENTS.codex.fragment(named), "s-gated"))).toBe(
      `${before}\n\n[mcp_servers.s-gated]\nurl = "${URL_}"\nbearer_token_env_var = "MY_GRANT"\n`,
    );
  });
});

describe("connect", () => {
  test("prints the entry, and only that, where it can be piped", async () => {
    const env = { ...ENV, GRANTGATE_TOKEN: "ggt_env" };
    const { exit, out, err } = await grantgate("connect cursor --server s", { env });
    expect(exit).toBe(0);
    expect(JSON.parse(out).mcpServers["s-gated"].headers.Authorization).toBe(`Bearer \${env:GRANTGATE_TOKEN}`);
    expect(out + err).not.toContain("ggt_env");
    expect(err).toContain("GRANTGATE_TOKEN");
  });

  test("--write keeps what was there beside it, and a token for its owner alone", async () => {
    const before = '{"mcpServers":{"other":{"command":"x"}}}';
    const root = folder({ ".cursor/mcp.json": before });
    const { exit, out } = await grantgate("connect cursor --server s --token ggt_typed --write", { env: ENV, root });
    expect(exit).toBe(0);
    expect(out).toContain("has the entry s-gated now");
    const path = join(root, ".cursor", "mcp.json");
    expect(Object.keys(JSON.parse(readFileSync(path, "utf8")).mcpServers)).toEqual(["other", "s-gated"]);
    if (process.platform !== "win32") expect(statSync(path).mode & 0o777).toBe(0o600);
    const backup = readdirSync(join(root, ".cursor")).find((name) => name.endsWith(".bak")) ?? "";
    expect(readFileSync(join(root, ".cursor", backup), "utf8")).toBe(before);
    const again = await grantgate("connect cursor --server s --token ggt_typed --write", { env: ENV, root });
    expect(again.out).toContain("has the entry s-gated already");
    expect(readdirSync(join(root, ".cursor"))).toHaveLength(2);
  });

  test("--write makes a file that is not there, in the user's own folder too", async () => {
    const root = folder();
    await grantgate("connect codex --server s --variable MY_GRANT --write", { env: ENV, root });
    expect(readFileSync(join(root, "home", ".codex", "config.toml"), "utf8")).toContain(
      'bearer_token_env_var = "MY_GRANT"',
    );
  });

  test("--write leaves a file with comments alone, says so, and prints the entry", async () => {
    const root = folder({ ".vscode/mcp.json": "{\n  // mine\n}" });
    const { exit, out, err } = await grantgate("connect vscode --server s --write", { env: ENV, root });
    expect(exit).toBe(1);
    expect(err).toContain("was left alone: it is not plain JSON");
    expect(JSON.parse(out).servers["s-gated"].url).toBe(URL_);
    expect(readFileSync(join(root, ".vscode", "mcp.json"), "utf8")).toBe("{\n  // mine\n}");
    expect(existsSync(join(root, ".vscode"))).toBe(true);
  });

  test("puts the token itself where the client has no variables, and asks for one where there is none", async () => {
    const without = await grantgate("connect claude-desktop --server s", { env: ENV });
    expect(without).toMatchObject({ exit: 2, err: expect.stringContaining("GRANTGATE_TOKEN is not set") });
    const { out } = await grantgate("connect claude-desktop --server s", {
      env: { ...ENV, GRANTGATE_TOKEN: "ggt_env" },
    });
    expect(out).toContain("Bearer ggt_env");
  });

  test.each([
    ["connect emacs --server s", "Allowed choices are claude-code"],
    ["connect cursor --server s --name a/b", "--name"],
    ["connect cursor", "Which server?"],
    ["connect cursor --server s --variable A-B", "no name of a variable"],
  ])("refuses `%s`", async (line, why) => {
    expect(await grantgate(line, { env: ENV })).toMatchObject({ exit: 2, err: expect.stringContaining(why) });
  });
});
