/** Where a scan takes its tools from when no server is asked, and what it says of a source that is none. */
import { describe, expect, it } from "vitest";
import { entriesOf } from "../../../../src/cli/scan/entries.ts";
import { readHeaders } from "../../../../src/cli/scan/headers.ts";
import { redacting } from "../../../../src/cli/scan/secrets.ts";
import { type Listed, listed, type SourceOptions } from "../../../../src/cli/scan/source.ts";
import { typedSource } from "../../../../src/cli/scan/typed.ts";
import { JsonNumber } from "../../../../src/json/value.ts";
import { ADMIN_TOKEN, standIn } from "../gateway-stand-in.ts";
import { grantgate } from "../grantgate.ts";
import { context, folder, SECRET_SERVER, screen } from "../stage.ts";

function listedIn(
  files: Readonly<Record<string, string>>,
  source: string,
  env: Readonly<Record<string, string>> = {},
  options: Partial<SourceOptions> = {},
): Promise<Listed> {
  const root = folder(files);
  return listed(context(screen(), { root, env }), source, { era: "auto", ...options }, () => {});
}

const ECHO = '{"name":"echo","inputSchema":{"type":"object","x-limit":42.0},"odd":[1]}';

describe("a file", () => {
  it.each([
    ["a result", `{"tools":[${ECHO}],"prompts":[{"name":"p"}],"resources":[{"uri":"a:b"},{"no":1}]}`],
    ["a response", `{"jsonrpc":"2.0","id":1,"result":{"tools":[${ECHO}]}}`],
    ["a list", `[${ECHO}]`],
  ])("may hold %s, and its tools keep every member and digit", async (_, text) => {
    const list = await listedIn({ "policies/echo/tools.json": text }, "policies/echo/tools.json");
    expect(list).toMatchObject({ name: "echo", from: "policies/echo/tools.json", kind: "file", era: null });
    expect(JSON.stringify(list.tools)).toBe(`[${ECHO}]`);
    expect(list.tools[0]?.inputSchema).toMatchObject({ "x-limit": new JsonNumber("42.0") });
  });

  it("tells what it lacks", async () => {
    const text = `{"tools":[${ECHO},{"title":"no name"},${ECHO}],"nextCursor":"more"}`;
    expect((await listedIn({ "some.json": text }, "some.json")).notes).toEqual([
      "The file is one page of several: it has a nextCursor.",
      "Left out: an entry without a name, so no tool.",
      "Listed more than once: echo.",
    ]);
  });

  it.each([
    ["{", "some.json:1:2"],
    ['{"tools":{}}', "holds no list of tools"],
    ['{"error":{"code":1}}', "the response to a request that failed"],
    ['"x"', "holds no list of tools"],
    ['{"tools":[],"tools":[]}', 'the key "tools" is repeated'],
  ])("that is %s is told to be wrong, and what is wanted", async (text, said) => {
    const ran = await grantgate("scan some.json", { files: { "some.json": text } });
    expect(ran.exit).toBe(1);
    expect(ran.err).toContain(said);
    expect(ran.err).toContain("It wants the result of tools/list");
  });
});

describe("entries", () => {
  it("lose nobody but themselves when they are malformed", () => {
    let deep: unknown = "end";
    for (let level = 0; level < 10_000; level++) deep = { deep };
    const given = [{ name: "ok", inputSchema: 7 }, null, "x", { name: "" }, { name: "deep", inputSchema: deep }];
    expect(entriesOf(given, "name", "tool", (text) => text)).toEqual({
      entries: [{ name: "ok", inputSchema: 7 }, { name: "deep" }],
      indices: [0, 4],
      notes: [
        "Left out: 3 entries without a name, so no tool.",
        "Deeper than 64 levels, so only the name is known: deep.",
      ],
    });
  });

  it("are told by short names on one line, whatever their names are", () => {
    const name = `x\nWritten: policies/s/p.json ${"x".repeat(100_000)}`;
    const { notes } = entriesOf([{ name }, { name }], "name", "tool", (text) => text);
    expect(notes).toEqual([expect.stringMatching(/^Listed more than once: x Written: .{1,90}…\.$/)]);
  });

  it("bring back no secret that was sent", () => {
    const redact = redacting(['Bearer s3cret-"token"']);
    const given = [{ name: "x", description: 'You sent s3cret-"token".' }];
    expect(JSON.stringify(entriesOf(given, "name", "tool", redact).entries)).not.toContain("s3cret");
  });
});

describe("headers", () => {
  it("are read by name", () => {
    expect(readHeaders(["Authorization: Bearer a:b", "X-Team:red"])).toEqual({
      authorization: "Bearer a:b",
      "x-team": "red",
    });
  });

  it.each(["topsecretvalue", ": topsecretvalue", "a b: topsecretvalue", "X: topsecretvalue\n", "Host: topsecretvalue"])(
    "that are none are refused without being repeated",
    (line) => {
      const bad = line.endsWith("\n") ? `${line}y` : line;
      expect(() => readHeaders([bad])).toThrow(/header/i);
      expect(() => readHeaders([bad])).not.toThrow("topsecretvalue");
    },
  );

  it("without a value point to the variable that is not set", () => {
    expect(() => readHeaders(["Authorization:"])).toThrow("has no value");
  });
});

describe("what is typed", () => {
  it("is a word, or a command after --", () => {
    expect(typedSource(["fortios"], ["scan", "fortios"])).toBe("fortios");
    expect(typedSource(["node", "x.js"], ["scan", "--", "node", "x.js"])).toEqual(["node", "x.js"]);
    expect(typedSource(["one"], ["scan", "--json", "--", "one"])).toEqual(["one"]);
  });

  it.each([
    ["scan", "Which server?"],
    ["scan a b", "One source at a time"],
    ["scan a -- b", "not both"],
    ["scan --", "Nothing stands after"],
    ["scan ftp://x.example/", "no http:// or https:// URL"],
    ["scan https://user:hunter2@x.example/", "Give them as --header"],
    ["scan no/such.json", "There is no file no/such.json"],
    ["scan https://x.example/mcp --json --sarif", "Only one of"],
    ["scan https://x.example/mcp --env HOME", "--env is for a command"],
    ["scan --header a:b -- node", "--header is for a URL"],
    ["scan --env NOT_SET_HERE -- node", "NOT_SET_HERE of --env is not set"],
  ])("%s: %s", async (line, said) => {
    const ran = await grantgate(line);
    expect(ran).toMatchObject({ exit: 2, out: "" });
    expect(ran.err).toContain(said);
    expect(ran.err).not.toContain("hunter2");
  });
});

describe("a server's slug", () => {
  const files = { "policies/vault/server.json": SECRET_SERVER };

  it("wants the secrets that its server.json names", async () => {
    await expect(listedIn(files, "vault", { VAULT_URL: "https://vault.example/mcp" })).rejects.toThrow(
      "The secret VAULT_TOKEN of server vault is not set.",
    );
  });

  it("asks the gateway where its URL is not set, and says how to ask the server itself", async () => {
    await expect(listedIn(files, "vault")).rejects.toMatchObject({
      message: "No gateway is known here.",
      next: expect.stringContaining("set VAULT_URL: policies/vault/server.json names it"),
    });
  });

  it("is looked up at the gateway over all pages, what was last seen first", async () => {
    const item = (name: string, more: object) => ({ name, state: "pinned", seen: null, pinned: null, ...more });
    const pages = [
      {
        items: [
          item("a", {
            pinned: { name: "a", description: "old" },
            seen: { name: "a", description: "new" },
            state: "changed",
          }),
          item("b", { pinned: { name: "b" } }),
        ],
        complete: false,
        next: "two",
      },
      { items: [item("c", {}), item("d", { state: "gone", pinned: { name: "d" } })], complete: false, next: null },
    ];
    const at = await standIn(undefined, ({ path }) =>
      path.startsWith("/api/v1/servers/vault/tools?")
        ? { status: 200, body: pages[path.includes("cursor=two") ? 1 : 0] }
        : undefined,
    );
    const list = await listedIn({}, "vault", { GRANTGATE_URL: at.url, GRANTGATE_ADMIN_TOKEN: ADMIN_TOKEN });
    expect(at.seen[0]?.path).toContain("definitions=true");
    expect(list).toMatchObject({ name: "vault", kind: "gateway", era: null });
    expect(list.tools).toEqual([{ name: "a", description: "new" }, { name: "b" }, { name: "c" }]);
    expect(list.notes).toEqual([
      "The gateway has not seen a whole listing of this server yet: there may be more tools.",
      expect.stringContaining("1 tool not as pinned"),
      "The gateway keeps only the name of 1 tool: judged by that alone.",
    ]);
  });
});
