/**
 * What a server, a client or another operator named, on the screen of whoever reads it by the command line: no name moves
 * the cursor, turns the direction of writing, hides what stands beside it or forges a line.
 */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Gateway, startGateway } from "../gate/gateway.ts";
import { type MinimalServer, minimalServer } from "../gate/upstreams/minimal.ts";
import { type Recorder, startRecorder } from "../gate/upstreams/recorder.ts";
import { answerTo, messageOf, sendJson } from "../gate/upstreams/replies.ts";
import { listedTools } from "../gate/wire.ts";
import { ADMIN_TOKEN } from "../gate/workerd.ts";
import { grant, policy, type Reply, type Seen, standIn } from "../unit/cli/gateway-stand-in.ts";
import { grantgate } from "../unit/cli/grantgate.ts";
import { screen } from "../unit/cli/stage.ts";

/** Clears the screen, in both ways to write it; turns round what follows; goes back to the start of the line. */
const EVIL = "x\u001b[2J\u009b2J\u202egnihton\u0007\r\u2028\u0085\u200b\u{e0041}\ud800y";
const STEERS = /[[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\u{e0000}-\u{e007f}]--[\n\t]]/v;

async function expectPlain(
  line: string | readonly string[],
  settings: Parameters<typeof grantgate>[1],
): Promise<string> {
  const words = typeof line === "string" ? line.split(" ") : line;
  let all = "";
  for (const more of [[], ["--json"]]) {
    for (const width of [undefined, 40, 200]) {
      const { out, err } = await grantgate([...words, ...more], {
        ...settings,
        terminal: screen({ ...(width !== undefined && { width }) }),
      });
      expect([words, more, STEERS.exec(out + err)]).toEqual([words, more, null]);
      all += out + err;
    }
  }
  expect([words, all]).toEqual([words, expect.stringMatching(/u001b|u009b/)]);
  return all;
}

describe("names that a gateway tells", () => {
  const NAME = { a: EVIL };
  const at = "2026-11-21T12:00:00.000Z";
  const evilGrant = grant({ label: EVIL, tags: [EVIL], server: EVIL, policy: EVIL });
  const record = {
    time: at,
    grant: { id: EVIL, label: EVIL, tags: [EVIL] },
    server: EVIL,
    policy: null,
    tool: EVIL,
    method: EVIL,
    effect: EVIL,
    rule: EVIL,
    id: EVIL,
    seq: 1,
    request: EVIL,
  };

  /** A page of one thing for each list, and that thing for itself. */
  function evil({ path }: Seen): Reply | undefined {
    const [kind = "", id] = new URL(path, "http://x").pathname.split("/").slice(path.includes("/audit/") ? 4 : 3);
    const server = {
      slug: EVIL,
      name: EVIL,
      description: EVIL,
      url: `https://${EVIL}`,
      credential: { headers: NAME },
      era: "auto",
      surface: ["tools"],
      drift: "hold",
      secrets: [EVIL],
      version: EVIL,
      revision: 1,
      createdAt: at,
      updatedAt: at,
    };
    const operator = {
      id: EVIL,
      name: EVIL,
      role: "admin",
      kind: EVIL,
      email: EVIL,
      group: EVIL,
      revision: 1,
      createdAt: at,
      updatedAt: at,
      revokedAt: null,
    };
    const things: Record<string, unknown> = {
      servers: server,
      operators: operator,
      policies: { ...policy(EVIL, EVIL, EVIL, 1), author: EVIL, message: EVIL },
      grants: { ...evilGrant, usage: [] },
      audit: record,
      changes: {
        time: at,
        operator,
        action: EVIL,
        target: EVIL,
        message: EVIL,
        before: { label: EVIL },
        after: { label: "x" },
      },
    };
    if (!(kind in things)) return undefined;
    return {
      status: 200,
      body: id === undefined ? { items: [things[kind]], next: null } : things[kind],
    };
  }

  it.each([
    "grant list",
    "grant show grt_1",
    "operator list",
    "server list",
    "server show s",
    "policy list",
    "audit list",
    "audit changes",
  ])("are text and nothing else: %s", async (line) => {
    await expectPlain(line, { at: await standIn(undefined, evil) });
  });

  it("are text on a screen in what is exported, and in a file what they are", async () => {
    const lines = [JSON.stringify(record)];
    const at = await standIn(undefined, () => ({ status: 200, lines }));
    const { out } = await grantgate("audit export", { at, terminal: screen({ width: 80 }) });
    expect(STEERS.exec(out)).toBeNull();
    expect((await grantgate("audit export", { at })).out).toBe(`${lines[0]}\n`);
  });

  it.each([
    ["a refusal", 422, { title: EVIL, detail: EVIL, errors: [{ pointer: EVIL, message: EVIL }] }],
    ["a failure", 500, { title: EVIL, detail: EVIL }],
    ["one that is not found", 404, { title: EVIL, detail: `There is no grant ${EVIL}` }],
    ["a lack of rights", 403, { detail: EVIL }],
  ])("are so in %s too", async (_name, status, body) => {
    const at = await standIn(undefined, () => ({ status, body, problem: true }));
    await expectPlain("grant show grt_1", { at });
    await expectPlain(["grant", "create", "--server", "s", "--policy", "p", "--label", "l"], { at });
  });
});

describe("names that a server tells", () => {
  let gateway: Gateway;
  let upstream: Recorder;
  let server: MinimalServer;
  let env: Record<string, string>;

  beforeAll(async () => {
    server = minimalServer({ tools: [{ name: "plain", inputSchema: { type: "object" } }] });
    [gateway, upstream] = await Promise.all([startGateway(), startRecorder(server.handle)]);
    await gateway.putServer("evil", { url: upstream.url, era: "legacy", drift: "hold" });
    await gateway.putPolicy("evil", "open", { version: "1", default: "allow" });
    const made = await gateway.grant("evil", "open");
    env = { GRANTGATE_URL: gateway.url, GRANTGATE_ADMIN_TOKEN: ADMIN_TOKEN, GRANTGATE_TOKEN: made.token };
    await listedTools(made);
    server.tools = [
      {
        name: "plain",
        description: EVIL,
        inputSchema: { type: "object", properties: { [EVIL]: { description: EVIL, default: EVIL } } },
      },
      { name: `new${EVIL.replace("\ud800", "")}`, description: EVIL, inputSchema: { type: "object" } },
    ];
    await listedTools(made);
  });

  afterAll(async () => {
    await gateway?.close();
    await upstream?.close();
  });

  it.each(["tools diff evil", "scan evil"])("are text and nothing else: %s", async (line) => {
    await expectPlain(line, { env });
  });

  it("are text in what a tool list and a call bring, in whichever part of it", async () => {
    await gateway.putServer("shown", { url: upstream.url, era: "legacy" });
    await gateway.putPolicy("shown", "open", { version: "1", default: "allow" });
    const more = { GRANTGATE_TOKEN: (await gateway.grant("shown", "open")).token };
    await expectPlain("tools --server shown", { env: { ...env, ...more } });
    for (const result of [
      { content: [{ type: "text", text: EVIL }] },
      { content: [], structuredContent: { [EVIL]: EVIL } },
      { content: [{ type: "resource_link", uri: `https://${EVIL}`, name: EVIL, mimeType: EVIL }] },
      {
        content: [{ type: "text", text: EVIL }],
        isError: true,
        _meta: { "io.grantgate/decision": { effect: EVIL, rule: EVIL } },
      },
    ]) {
      upstream.answer((req, res) => {
        const message = messageOf(req);
        return message.method === "tools/call" ? sendJson(res, answerTo(message, result)) : server.handle(req, res);
      });
      await expectPlain("call plain {} --server shown", { env: { ...env, ...more } });
    }
  });
});

describe("names that an operator gives", () => {
  it("are one line without controls, or are refused", async () => {
    const gateway = await startGateway();
    try {
      await gateway.putServer("s", { url: "http://127.0.0.1:1/mcp" });
      await gateway.putPolicy("s", "p", { version: "1", default: "deny" });
      for (const bad of ["\u001b[2J", "\u009b2J", "a\nb", "a\rb", "\u0000", "\u2028", " ", "\u0085"]) {
        for (const [path, body] of [
          ["/grants", { server: "s", policy: "p", label: bad }],
          ["/grants", { server: "s", policy: "p", label: "l", tags: [bad] }],
          ["/operators", { name: bad, role: "viewer" }],
        ] as const) {
          expect([bad, path, (await gateway.admin("POST", path, body)).status]).toEqual([bad, path, 422]);
        }
      }
    } finally {
      await gateway.close();
    }
  });
});
