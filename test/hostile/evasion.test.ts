/**
 * A client that speaks the protocol well and means to do what its policy forbids. Whatever form it finds for it, the
 * policy's answer is the same, it names the rule, and the server sees nothing; and what is allowed arrives just as it was
 * judged, to the last digit.
 */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type Gateway, type Grant, startGateway } from "../gate/gateway.ts";
import { type Answer, send } from "../gate/raw.ts";
import { call, ERAS, type Era, headersFor, ID, metaOf, speak } from "../gate/speak.ts";
import { minimalServer } from "../gate/upstreams/minimal.ts";
import { type Recorder, startRecorder } from "../gate/upstreams/recorder.ts";
import { CARRIED } from "./evasion/carried.ts";
import { JSON_TEXTS } from "./evasion/json.ts";
import { KEYS } from "./evasion/keys.ts";
import { NUMBERS } from "./evasion/numbers.ts";
import { PLACES } from "./evasion/places.ts";
import { LENIENT, NAMES, POLICY, SCHEMAS } from "./evasion/policy.ts";
import type { Row } from "./evasion/row.ts";
import { CHECKED } from "./evasion/schemas.ts";
import { TEXTS } from "./evasion/texts.ts";
import { MISSING, MISTYPED } from "./evasion/types.ts";

const RIDDLES: Readonly<Record<string, readonly Row[]>> = {
  numbers: NUMBERS,
  "values that are missing": MISSING,
  "values of the wrong type": MISTYPED,
  texts: TEXTS,
  "lists and keys": KEYS,
  "JSON in strings": JSON_TEXTS,
  "addresses, instants and lengths": PLACES,
  "tools that run other tools": CARRIED,
  "arguments that are checked by a schema": CHECKED,
};

let upstream: Recorder;
let gateway: Gateway;
let grant: Grant;
let free: Grant;

beforeAll(async () => {
  const tools = Object.entries(SCHEMAS).map(([name, schema]) => ({ name, inputSchema: { type: "object", ...schema } }));
  [upstream, gateway] = await Promise.all([startRecorder(minimalServer({ tools }).handle), startGateway()]);
  await gateway.putServer("upstream", { url: upstream.url });
  await gateway.putPolicy("upstream", "careful", POLICY);
  await gateway.putPolicy("upstream", "lenient", LENIENT);
  grant = await gateway.grant("upstream", "careful");
  free = await gateway.grant("upstream", "lenient");
  // So that schemas are known, or known to be missing, and nothing but calls is seen from here on.
  await send(grant.url, speak("legacy", grant, { method: "tools/list" }));
  for (const era of ERAS) await ask(era, "run", '{"tool":"strict_pay"}');
});

beforeEach(() => upstream.clear());

afterAll(() => Promise.all([gateway?.close(), upstream?.close()]));

function ask(era: Era, tool: string, args: string, to: Grant = grant): Promise<Answer> {
  const body = `{"jsonrpc":"2.0","id":${ID},"method":"tools/call","params":${paramsOf(era, tool, args)}}`;
  return send(to.url, { headers: headersFor(era, to, call(tool)), body });
}

function paramsOf(era: Era, tool: string, args: string): string {
  return `{"name":${JSON.stringify(tool)},"arguments":${args}${metaOf(era)}}`;
}

function denial(era: Era, rule: string, policy = "careful"): object {
  const decision = { effect: "deny", rule, policy, version: expect.any(String), request: expect.any(String) };
  return {
    jsonrpc: "2.0",
    id: ID,
    result: {
      ...(era === "modern" && { resultType: "complete" }),
      isError: true,
      content: [{ type: "text", text: expect.stringMatching(/^\[POLICY DENIED\] ./) }],
      _meta: expect.objectContaining({ "io.grantgate/decision": decision }),
    },
  };
}

/** By turns, so that every row is asked in both: what decides does not know them, what reads and answers does. */
function asked(args: readonly string[]): readonly (readonly [Era, string])[] {
  if (args.length === 1) return ERAS.map((era) => [era, args[0] ?? ""]);
  return args.map((text, at) => [at % 2 === 0 ? "legacy" : "modern", text]);
}

describe.each(Object.entries(RIDDLES))("under a policy, with %s, a client", (_subject, rows) => {
  const denied = rows.filter((row): row is Required<Row> => row.rule !== undefined);
  const allowed = rows.filter(({ rule }) => rule === undefined);

  it.each(denied.map((row) => [row.what, row.tool, row] as const))("is denied: %s (%s)", async (_what, tool, row) => {
    const { args, rule } = row;
    const turns = asked(args);
    const answers = await Promise.all(turns.map(([era, text]) => ask(era, tool, text)));
    const seen = answers.map(({ status, json }, at) => ({ asked: turns[at], status, json }));
    expect(seen).toEqual(turns.map((turn) => ({ asked: turn, status: 200, json: denial(turn[0], rule) })));
    expect(upstream.requests).toEqual([]);
  });

  const honest = { what: "an honest call after all that", tool: "open", args: ['{"honest":true}'] };
  const passing = [...allowed, honest].map((row) => [row.what, row.tool, row.args] as const);
  it.each(passing)("is let through as it was judged: %s (%s)", async (_what, tool, args) => {
    for (const [era, text] of asked(args)) {
      upstream.clear();
      const { status, json } = await ask(era, tool, text);
      expect({ status, json }).toMatchObject({ status: 200, json: { id: ID, result: { content: [{}] } } });
      expect(upstream.requests.map((request) => request.text)).toEqual([
        `{"jsonrpc":"2.0","id":${ID},"method":"tools/call","params":${paramsOf(era, tool, text)}}`,
      ]);
    }
  });
});

describe.each(ERAS)("under a policy that allows what it does not name, a %s client", (era) => {
  it("can't call what is hidden by any name that its globs fit, and is told that there is no such tool", async () => {
    for (const name of NAMES.hidden) {
      const { status, json } = await ask(era, name, "{}", free);
      const error = { code: -32602, message: `Unknown tool: ${name}` };
      expect({ status, json }).toEqual({ status: 200, json: { jsonrpc: "2.0", id: ID, error } });
    }
    expect(upstream.requests).toEqual([]);
  });

  it("can't call what is denied by any name that its globs fit", async () => {
    for (const name of NAMES.denied) {
      const { status, json } = await ask(era, name, "{}", free);
      expect({ status, json }).toEqual({ status: 200, json: denial(era, "/tools/wipe*/action", "lenient") });
    }
    expect(upstream.requests).toEqual([]);
  });

  it("calls a tool of another name by just that name", async () => {
    for (const name of NAMES.free) expect((await ask(era, name, "{}", free)).status).toBe(200);
    expect(upstream.requests.map(({ json }) => (json as { params: { name: string } }).params.name)).toEqual(NAMES.free);
  });
});
