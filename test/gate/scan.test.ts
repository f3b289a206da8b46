/**
 * `grantgate scan` against servers that run: the public reference servers, by stdio and through a bridge in both eras, and
 * servers that are not well, not willing or not MCP.
 */
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { run } from "../../src/cli/run.ts";
import { context, folder, screen } from "../unit/cli/stage.ts";
import { type Everything, startEverything } from "./upstreams/everything.ts";
import { listen } from "./upstreams/listen.ts";
import { minimalServer } from "./upstreams/minimal.ts";
import { type Handler, type Recorder, startRecorder } from "./upstreams/recorder.ts";
import { answerTo, isModern, messageOf, SERVER_INFO, sendJson } from "./upstreams/replies.ts";
import { type StdioBridge, startStdioBridge } from "./upstreams/stdio-bridge.ts";

const ERAS = ["legacy", "modern"] as const;

const script = (name: string): string => join("node_modules/@modelcontextprotocol", name, "dist/index.js");
const MEMORY = [process.execPath, script("server-memory")] as const;
const FILES = [process.execPath, script("server-filesystem"), "test"] as const;
const EVERYTHING = [process.execPath, script("server-everything"), "stdio"] as const;

async function scan(...words: readonly string[]) {
  const terminal = screen();
  const root = folder();
  const exit = await run(["scan", ...words], context(terminal, { root, cwd: process.cwd() }));
  return { exit, out: terminal.outText(), err: terminal.errText() };
}

async function scanned(...words: readonly string[]) {
  const { exit, out, err } = await scan("--json", ...words);
  if (exit !== 0) throw new Error(err);
  return JSON.parse(out);
}

/** Class by tool. */
const classes = (report: { tools: { name: string; class: string }[] }): Record<string, string> =>
  Object.fromEntries(report.tools.map(({ name, class: toolClass }) => [name, toolClass]));

describe("server-memory", () => {
  let bridge: StdioBridge;
  beforeAll(async () => {
    bridge = await startStdioBridge(MEMORY);
  });
  afterAll(() => bridge.close());

  it("is scanned as a command", async () => {
    const report = await scanned("--", ...MEMORY);
    expect(report.server).toMatchObject({ name: "memory-server", era: "legacy", info: { name: "memory-server" } });
    expect(classes(report)).toMatchObject({
      delete_entities: "destructive",
      create_entities: "write",
      read_graph: "read",
    });
    expect(report.tokens.list).toBeGreaterThan(report.tokens.recommended);
  });

  it.each(ERAS)("is scanned through a bridge in the %s era, and nothing is lost on the way", async (era) => {
    const direct = await scanned("--", ...MEMORY);
    const report = await scanned(bridge.url, "--era", era);
    expect(report.server).toMatchObject({ from: bridge.url, era });
    expect({ ...report, server: null }).toEqual({ ...direct, server: null });
  });
});

describe("server-filesystem", () => {
  let bridge: StdioBridge;
  beforeAll(async () => {
    bridge = await startStdioBridge(FILES);
  });
  afterAll(() => bridge.close());

  it.each(ERAS)("is scanned through a bridge in the %s era", async (era) => {
    const report = await scanned(bridge.url, "--era", era);
    expect(report.server.era).toBe(era);
    expect(classes(report)).toMatchObject({ read_text_file: "read", write_file: "destructive" });
    const paths = report.tools.flatMap((tool: { name: string; findings: { kind: string }[] }) =>
      tool.findings.some(({ kind }) => kind === "path") ? [tool.name] : [],
    );
    expect(paths).toContain("read_text_file");
    expect(report).toEqual({ ...(await scanned("--", ...FILES)), server: report.server });
  });
});

describe("server-everything", () => {
  let everything: Everything;
  let bridge: StdioBridge;
  beforeAll(async () => {
    [everything, bridge] = await Promise.all([startEverything(), startStdioBridge(EVERYTHING)]);
  });
  afterAll(() => Promise.all([everything.close(), bridge.close()]));

  it("is scanned by HTTP, with its resources and prompts", async () => {
    const report = await scanned(everything.url);
    expect(report.server).toMatchObject({ era: "legacy" });
    expect(report.tools.length).toBeGreaterThan(5);
    expect(report.resources).toBeGreaterThan(0);
    expect(report.resourceTemplates).toBeGreaterThan(0);
    expect(report.prompts).toBeGreaterThan(0);
    expect(classes(report)).toMatchObject({ echo: "read" });
  });

  it.each(ERAS)("is scanned through a bridge in the %s era", async (era) => {
    const report = await scanned(bridge.url, "--era", era);
    expect(report.server.era).toBe(era);
    expect(classes(report)).toMatchObject({ echo: "read", "get-sum": "read" });
  });

  it("speaks no modern era by itself, and that is said", async () => {
    const ran = await scan(everything.url, "--era", "modern");
    expect(ran).toMatchObject({ exit: 3, out: "" });
    expect(ran.err).toContain("does not speak the 2026-07-28 protocol");
    expect(ran.err).toContain("Leave out --era modern.");
  });
});

describe("a server of any kind", () => {
  let recorder: Recorder;
  beforeAll(async () => {
    recorder = await startRecorder();
  });
  afterAll(() => recorder.close());

  /** Answers tools/list as the function says, and the rest as a server of both eras. */
  function listing(list: (cursor: string | undefined) => object): Handler {
    const other = minimalServer();
    return (req, res) => {
      const message = messageOf(req);
      if (message.method !== "tools/list") return other.handle(req, res);
      const cursor = message.params?.cursor;
      sendJson(res, answerTo(message, list(typeof cursor === "string" ? cursor : undefined)));
    };
  }
  const cache = { ttlMs: 0, cacheScope: "private" };

  it.each(ERAS)("is asked for all its pages in the %s era", async (era) => {
    const page = (at: number) =>
      Array.from({ length: 100 }, (_, i) => ({ name: `get_thing_${at}_${i}`, inputSchema: { type: "object" } }));
    recorder.answer(
      listing((cursor = "0") => ({
        ...cache,
        tools: page(Number(cursor)),
        ...(Number(cursor) < 24 && { nextCursor: String(Number(cursor) + 1) }),
      })),
    );
    const report = await scanned(recorder.url, "--era", era);
    expect(report.counts.total).toBe(2_500);
    expect(report.notes).toEqual([]);
  });

  it("is left when its pages go round in circles, or never end", async () => {
    recorder.answer(listing(() => ({ ...cache, tools: [], nextCursor: "again" })));
    expect((await scanned(recorder.url)).notes[0]).toContain("round in circles");
    let asked = 0;
    recorder.answer(listing(() => ({ ...cache, tools: [], nextCursor: String(++asked) })));
    expect((await scanned(recorder.url)).notes[0]).toContain("there are more");
    expect(asked).toBe(1_000);
  });

  it.each(ERAS)("keeps what is odd about its tools, and one that is none takes no other with it: %s", async (era) => {
    const odd = {
      name: "delete_all",
      inputSchema: { type: "string", items: 7 },
      annotations: { readOnlyHint: "yes" },
      x: [],
    };
    const tools = [{ title: "nameless" }, odd, { name: "no_schema" }, "text"];
    recorder.answer(listing(() => ({ ...cache, tools })));
    const report = await scanned(recorder.url, "--era", era);
    expect(report.tools.map(({ name }: { name: string }) => name)).toEqual(["delete_all", "no_schema"]);
    expect(report.notes.join(" ")).toContain("2 entries without a name");
  });

  it("without tools, resources and prompts is fine", async () => {
    recorder.answer((req, res) => {
      const message = messageOf(req);
      const { method, id } = message;
      if (id === undefined) return void res.writeHead(202).end();
      const version = message.params?.protocolVersion;
      if (method === "initialize") {
        return sendJson(
          res,
          answerTo(message, { protocolVersion: version, capabilities: {}, serverInfo: SERVER_INFO }),
        );
      }
      return sendJson(
        res,
        { jsonrpc: "2.0", id, error: { code: -32601, message: "Method not found" } },
        {},
        isModern(message) ? 404 : 200,
      );
    });
    const ran = await scan(recorder.url);
    expect(ran.exit).toBe(0);
    expect(ran.out).toContain("It lists no tools.");
  });

  it("that wants a token gets the header, and nobody else sees it", async () => {
    const inner = minimalServer({
      tools: [{ name: "get_it", description: "You sent Bearer s3cret-token-1.", inputSchema: { type: "object" } }],
    });
    recorder.answer((req, res) => {
      const at = req.rawHeaders.findIndex((name) => name.toLowerCase() === "authorization");
      if (at !== -1 && req.rawHeaders[at + 1] === "Bearer s3cret-token-1") return inner.handle(req, res);
      return sendJson(res, { error: "unauthorized: Bearer s3cret-token-2" }, {}, 401);
    });
    const without = await scan(recorder.url);
    expect(without).toMatchObject({ exit: 3, out: "" });
    expect(without.err).toContain("wants to know who asks (HTTP 401)");
    expect(without.err).toContain("--header");
    const wrong = await scan(recorder.url, "--header", "Authorization: Bearer s3cret-token-2");
    expect(wrong.err).toContain("is the token right");
    expect(wrong.err).not.toContain("s3cret");
    for (const form of ["--all", "--json", "--markdown", "--sarif"]) {
      const right = await scan(recorder.url, form, "--header", "Authorization: Bearer s3cret-token-1");
      expect(right.exit).toBe(0);
      expect(right.out + right.err).not.toContain("s3cret");
    }
  });

  it.each([
    ["redirects", 307, {}, "redirects to https://elsewhere.example/mcp (HTTP 307), which is not followed"],
    ["has nothing there", 404, {}, "There is no MCP endpoint"],
    ["fails", 503, {}, "failed (HTTP 503)"],
    ["is a web page", 200, { "Content-Type": "text/html" }, "does not speak MCP: it answers with text/html"],
    ["is another API", 200, { "Content-Type": "application/json" }, "does not speak MCP"],
  ] as const)("that %s is told as such", async (_, status, headers, said) => {
    recorder.answer((_, res) => {
      res.writeHead(status, { Location: "https://elsewhere.example/mcp", ...headers });
      res.end('{"hello":"world"}');
    });
    for (const era of ["auto", ...ERAS]) {
      const ran = await scan(recorder.url, "--era", era, "--header", "X-Key: s3cret-token-3");
      expect(ran).toMatchObject({ exit: 3, out: "" });
      expect(ran.err).toContain(said);
      expect(ran.err).not.toContain("s3cret");
    }
  });

  it("that breaks off in the middle is told as such", async () => {
    recorder.answer((_, res) => {
      res.writeHead(200, { "Content-Type": "application/json", "Content-Length": "100" });
      res.write("{");
      res.socket?.resetAndDestroy();
    });
    const ran = await scan(recorder.url);
    expect(ran.exit).toBe(3);
    expect(ran.err).toMatch(/broke off|Nothing answers/);
  });

  it("that never answers is given up", async () => {
    recorder.answer(() => {});
    const ran = await scan(recorder.url, "--timeout", "1");
    expect(ran.exit).toBe(3);
    expect(ran.err).toContain("in time");
    expect(ran.err).toContain("--timeout");
  });

  it("that is down is told as such", async () => {
    const gone = await listen(createServer());
    await gone.close();
    const ran = await scan(`${gone.origin}/mcp`);
    expect(ran.exit).toBe(3);
    expect(ran.err).toContain(`Nothing answers at ${gone.origin}/mcp (ECONNREFUSED)`);
  });

  it("keeps what the query of its URL holds to itself", async () => {
    recorder.answer(minimalServer().handle);
    const ran = await scan(`${recorder.url}?key=s3cret-token-4`);
    expect(ran.exit).toBe(0);
    expect(ran.out).toContain(`${recorder.url}?…`);
    expect(ran.out).not.toContain("s3cret");
  });
});

describe("a command", () => {
  it("that is not there, ends at once or speaks no MCP is told with what it wrote", async () => {
    expect((await scan("--", "no-such-command-here")).err).toContain("There is no command no-such-command-here.");
    const broken = await scan("--", process.execPath, "-e", 'console.error("no licence");process.exit(3)');
    expect(broken.exit).toBe(3);
    expect(broken.err).toContain("ended before it had answered");
    expect(broken.err).toContain("no licence");
  });

  it("gets only the variables that are named", async () => {
    const code = 'console.error("GOT", process.env.GIVEN, process.env.KEPT);process.exit(1)';
    const terminal = screen();
    const env = { GIVEN: "yes-it-is", KEPT: "not-this" };
    await run(["scan", "--env", "GIVEN", "--", process.execPath, "-e", code], context(terminal, { env }));
    // The value itself was sent, so it is not repeated.
    expect(terminal.errText()).toContain("GOT [a secret that was sent] undefined");
  });
});

describe("docs/scan.md", () => {
  it("shows what is printed", async () => {
    const page = readFileSync("docs/scan.md", "utf8");
    const [, command = "", shown] = /<!-- scan: (.+) -->\n```text\n([\s\S]+?)```/.exec(page) ?? [];
    expect((await scan("--", ...command.split(" "))).out).toBe(shown);
  });
});

describe("CI", () => {
  it("fails on what it was told to", async () => {
    const ran = await scan("--fail-on", "destructive,steering", "--", ...MEMORY);
    expect(ran.exit).toBe(1);
    expect(ran.err).toBe("Fails on destructive: 3 tools.\n");
  });
});
