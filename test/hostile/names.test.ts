/**
 * Names that look like an allowed one, or like a hidden one, to somebody: here a name is its code points and nothing
 * else. What is hidden is told apart from what does not exist by nobody, neither when it is called nor when it is listed.
 */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type Gateway, type Grant, startGateway } from "../gate/gateway.ts";
import { type Answer, send } from "../gate/raw.ts";
import { call, ERAS, type Era, ID, type Message, speak, textOf } from "../gate/speak.ts";
import { minimalServer } from "../gate/upstreams/minimal.ts";
import { type Recorder, startRecorder } from "../gate/upstreams/recorder.ts";
import { DAY, inOneWindow } from "../gate/window.ts";
import { denial, expectUnharmed, type Field, openField, refusal } from "./field.ts";

const COMPOSED = "caf\u00e9";
const DECOMPOSED = "cafe\u0301";

const POLICY = {
  version: "1",
  default: "deny",
  hide: ["vault"],
  tools: {
    echo: {
      deny_if: [{ conditions: [{ path: "args.mode", op: "eq", value: "destroy" }], on_deny: "Nothing is destroyed." }],
    },
    "read_*": {},
    wipe: { action: "deny", reason: "Nobody wipes." },
    ration: { limits: [{ counter: "rations", window: "day", max: 1 }] },
    [COMPOSED]: {},
  },
};

/** Names that somebody might take for `echo`. */
const TWINS: readonly (readonly [string, string])[] = [
  ["in capitals", "ECHO"],
  ["with a capital", "Echo"],
  ["in fullwidth letters", "\uff45\uff43\uff48\uff4f"],
  ["in bold letters", "\u{1d41e}\u{1d41c}\u{1d421}\u{1d428}"],
  ["with a Cyrillic letter", "ech\u043e"],
  ["with a Greek letter", "ech\u03bf"],
  ["with a dot below", "ech\u1ecd"],
  ["with a mark to combine", "echo\u0301"],
  ["with a selector behind it", "echo\ufe0f"],
  ["with an invisible letter in it", "ec\u200bho"],
  ["with a joiner in it", "ec\u200dho"],
  ["with a soft hyphen in it", "ec\u00adho"],
  ["with a byte order mark in front", "\ufeffecho"],
  ["with a mark for right to left", "\u202eecho"],
  ["with a tag behind it", "echo\u{e0020}"],
  ["with a space behind it", "echo "],
  ["with a space in front", " echo"],
  ["with a no-break space behind it", "echo\u00a0"],
  ["with a tab behind it", "echo\t"],
  ["with a line break behind it", "echo\n"],
  ["with NUL behind it", "echo\0"],
  ["with NUL and more behind it", "echo\0wipe"],
  ["with DEL behind it", "echo\u007f"],
  ["as a path", "x/../echo"],
  ["below a server", "upstream/echo"],
  ["with a dot behind it", "echo."],
  ["twice", "echo,echo"],
  ["in quotes", '"echo"'],
  ["as an escape", "\\u0065cho"],
  ["as a percent form", "%65cho"],
  ["as base64", "=?base64?ZWNobw==?="],
  ["as a glob", "ech*"],
  ["as a pattern", "ech."],
  ["with but a part of it", "ech"],
];

/** Names that mean something to a careless look-up. */
const PROTOTYPE = ["__proto__", "constructor", "toString", "hasOwnProperty", "valueOf", "prototype", "length", "0", ""];

let field: Field;

beforeAll(async () => {
  field = await openField(POLICY);
});

afterAll(() => field?.close());

function ask(era: Era, message: Message): Promise<Answer> {
  return send(field.grant.url, { headers: field.headers(era, message), body: textOf(era, message) });
}

describe.each(ERAS)("a call of a %s client never reaches the server", (era) => {
  afterEach(() => expectUnharmed(field, era));

  it.each<[string, Message, string, string]>([
    ["by an argument that the policy denies", call("echo", { mode: "destroy" }), "/tools/echo/deny_if/0", "Nothing is"],
    ["by a tool that the policy denies", call("wipe"), "/tools/wipe/action", "Nobody wipes."],
    ["by a tool that the policy does not list", call("format"), "(default deny)", "The policy does not list"],
    ...PROTOTYPE.map((name): [string, Message, string, string] => [
      `by a tool called "${name}"`,
      call(name),
      "(default deny)",
      "",
    ]),
    ...TWINS.map(([how, name]): [string, Message, string, string] => [
      `by an allowed name ${how}`,
      call(name),
      "(default deny)",
      "",
    ]),
    ["by the twin of an allowed name in other code points", call(DECOMPOSED), "(default deny)", ""],
    ["by the beginning of what a glob allows, in capitals", call("READ_all"), "(default deny)", ""],
    ["by what a glob allows, with NUL in front", call("\0read_all"), "(default deny)", ""],
    ["by the name of what is hidden, in capitals", call("VAULT"), "(default deny)", ""],
  ])("%s", async (_name, message, rule, text) => {
    expect(await ask(era, message)).toMatchObject({ status: 200, json: denial(era, rule, text) });
  });

  it("by an allowed name with half a surrogate pair behind it, which no header can carry", async () => {
    const expected = era === "legacy" ? denial(era, "(default deny)", "") : refusal(-32020);
    expect(await ask(era, call("echo\ud800"))).toMatchObject({ status: era === "legacy" ? 200 : 400, json: expected });
  });

  it("by a limit that is used up", async () => {
    const answers = await inOneWindow(DAY, async () => {
      const rationed = await field.gateway.grant("upstream", "careful");
      const first = await send(rationed.url, speak(era, rationed, call("ration")));
      expect(field.upstream.requests.map(({ json }) => json)).toEqual([JSON.parse(textOf(era, call("ration")))]);
      field.upstream.clear();
      return [first, await send(rationed.url, speak(era, rationed, call("ration")))];
    });
    expect(answers).toMatchObject([
      { status: 200, json: { result: { content: [{ text: "{}" }] } } },
      { status: 200, json: denial(era, "/tools/ration/limits/0", "Limit reached: at most 1 per day") },
    ]);
  });

  it.each([
    ...["tasks/get", "tasks/result", "tasks/list", "tasks/cancel", "tasks/update", "TOOLS/CALL", "tools/Call"],
    ...["tools/call/", "tools//call", "tools/call2", "tools/", "tools.call", "tools/get", "tools/run", "call"],
    ...["sampling/createMessage", "elicitation/create", "roots/list", "rpc.discover", "notifications/initialized"],
    ...["constructor", "__proto__", "resources/delete", "prompts/set", "completion"],
    // No header can carry these.
    ...(era === "legacy" ? ["tools/call ", " tools/call", "tools/call\0", "tools/call\n", "tool\u017f/call"] : []),
    ...(era === "legacy"
      ? ["server/discover", "subscriptions/listen", "x".repeat(100_000)]
      : ["initialize", "ping", "logging/setLevel", "resources/subscribe", "resources/unsubscribe"]),
  ])("by the method %j", async (method) => {
    const params = { name: "wipe", taskId: "t" };
    const headers = field.headers(era, { method });
    const answer = await send(field.grant.url, { headers, body: textOf(era, { method, params }) });
    expect(answer).toMatchObject({ status: era === "modern" ? 404 : 200, json: refusal(-32601) });
  });
});

it("a name of four million letters is refused as any other, and little is said of it", async () => {
  const answer = await ask("legacy", call("x".repeat(4_000_000)));
  expect(answer).toMatchObject({ status: 200, json: denial("legacy", "(default deny)", "The policy does not list") });
  expect(answer.text.length).toBeLessThan(1_000);
  await expectUnharmed(field, "legacy");
});

describe("what a policy hides", () => {
  const SCHEMA = {
    type: "object",
    properties: { key: { type: "string", "x-mcp-header": "Key" } },
    required: ["key"],
  };
  const THERE = ["vault", "vault_key", "sealed", "plain"];
  const HIDDEN = ["vault", "vault_key", "sealed"];
  /** Hidden by the same rules, but on no server. */
  const ABSENT = ["crypt", "vault_lid", "locked"];

  const tools = { sealed: { action: "hide", arguments: "strict" }, locked: { action: "hide", arguments: "strict" } };
  const HIDING = { version: "1", hide: ["vault", "crypt", "vault_*"], tools };

  let upstream: Recorder;
  let gateway: Gateway;
  /** All other tools may be called. */
  let open: Grant;
  /** No other tool may be called. */
  let shut: Grant;

  beforeAll(async () => {
    const server = minimalServer({ tools: THERE.map((name) => ({ name, inputSchema: SCHEMA })) });
    [upstream, gateway] = await Promise.all([startRecorder(server.handle), startGateway()]);
    await gateway.putServer("held", { url: upstream.url, drift: "hold" });
    await gateway.putPolicy("held", "open", { ...HIDING, default: "allow" });
    await gateway.putPolicy("held", "shut", { ...HIDING, default: "deny" });
    [open, shut] = await Promise.all([gateway.grant("held", "open"), gateway.grant("held", "shut")]);
    // From here on the gateway knows all that the server has.
    for (const era of ERAS) await send(open.url, speak(era, open, { method: "tools/list" }));
  });

  beforeEach(() => upstream.clear());

  afterEach(() => {
    expect(upstream.requests.filter(({ text }) => text.includes('"tools/call"'))).toEqual([]);
  });

  afterAll(() => Promise.all([upstream?.close(), gateway?.close()]));

  const CALLS: readonly [string, object | undefined][] = [
    ["without arguments", undefined],
    ["with arguments as its schema wants them", { key: "k" }],
    ["with arguments that its schema does not know", { other: 1 }],
  ];

  /** All that a client sees, with neither what is drawn by lot nor the name. */
  async function seenOf(grant: Grant, era: Era, tool: string, args: object | undefined): Promise<unknown> {
    const { status, headers, text } = await send(grant.url, speak(era, grant, call(tool, args)));
    const { date: _, traceresponse: __, "content-length": ___, ...rest } = headers;
    return [status, rest, text.replaceAll(tool, "?").replaceAll(/01[0-9A-Z]{24}/g, "")];
  }

  it.each(ERAS.flatMap((era) => CALLS.map(([how, args]) => [era, how, args] as const)))(
    "is told apart from what no server has by no %s client that calls it %s",
    async (era, _how, args) => {
      const unknown = [
        200,
        expect.anything(),
        `{"jsonrpc":"2.0","id":${ID},"error":{"code":-32602,"message":"Unknown tool: ?"}}`,
      ];
      for (const name of [...HIDDEN, ...ABSENT]) {
        const seen = await seenOf(shut, era, name, args);
        expect(seen).toEqual(unknown);
        expect(await seenOf(open, era, name, args)).toEqual(seen);
        // Under `"default":"allow"` any other name is looked up, and answered for the server that does not have it.
        expect(await seenOf(open, era, "nobody", args)).toEqual(seen);
      }
      // Under `"default":"deny"` what is not listed is denied, whether the server has it or not.
      const unlisted = await seenOf(shut, era, "plain", args);
      expect(unlisted).toEqual([200, expect.anything(), expect.stringContaining("[POLICY DENIED]")]);
      expect(await seenOf(shut, era, "nobody", args)).toEqual(unlisted);
    },
  );

  it.each(ERAS)("shows in no twin of its name to a %s client", async (era) => {
    const twins = ["Vault", "vault ", "vault\0", "va\u200bult", "\uff56ault", "v\u0430ult", "VAULT", "vault\u0301"];
    for (const twin of twins) {
      const seen = await seenOf(open, era, twin, undefined);
      const shown = JSON.stringify(twin).slice(1, -1);
      const text = `{"jsonrpc":"2.0","id":${ID},"error":{"code":-32602,"message":"Unknown tool: ${shown}"}}`;
      expect(seen).toEqual([200, expect.anything(), text.replaceAll(twin, "?")]);
    }
  });

  it.each(ERAS)("is in no list of a %s client, whatever else it asks with it", async (era) => {
    for (const params of [{}, { cursor: "vault" }, { name: "vault" }, { filter: ["vault"], includeHidden: true }]) {
      const { json, text } = await send(open.url, speak(era, open, { method: "tools/list", params }));
      expect(json).toMatchObject({ result: { tools: [{ name: "plain" }] } });
      for (const name of HIDDEN) expect(text).not.toContain(name);
      expect((await send(shut.url, speak(era, shut, { method: "tools/list", params }))).json).toMatchObject({
        result: { tools: [] },
      });
    }
  });
});
