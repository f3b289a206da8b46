/**
 * Limits are exact: whatever comes at once, whatever is evicted or edited, no call too many reaches the upstream.
 * Counting is done at the upstream, never by what the gateway says of itself.
 */
import type { ServerResponse } from "node:http";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type Gateway, type Grant, startGateway } from "./gateway.ts";
import { minimalServer } from "./upstreams/minimal.ts";
import { only } from "./upstreams/misbehave.ts";
import { type Recorder, startRecorder } from "./upstreams/recorder.ts";
import { answerTo, messageOf, sendJson, textResult } from "./upstreams/replies.ts";
import { DAY, inOneWindow, MINUTE } from "./window.ts";
import { type CallAnswer, call, callModern, decisionOf, post } from "./wire.ts";

let upstream: Recorder;
let gateway: Gateway;

beforeAll(async () => {
  upstream = await startRecorder();
  gateway = await startGateway();
  await gateway.putServer("pay", { url: upstream.url });
});

beforeEach(() => upstream.answer(minimalServer().handle));

afterAll(async () => {
  await gateway?.close();
  await upstream?.close();
});

/** A new grant under a policy of its own. */
async function grantUnder(name: string, tools: object): Promise<Grant> {
  await gateway.putPolicy("pay", name, { version: "1", default: "deny", tools });
  return gateway.grant("pay", name);
}

const perDay = (counter: string, max: number) => ({ counter, window: "day", max });
const perMinute = (counter: string, max: number) => ({ counter, window: "minute", max });

/** How many calls of a tool with this argument arrived. */
function arrived(from: string): number {
  return upstream.requests.filter(({ text }) => text.includes(`"from":"${from}"`)).length;
}

async function callOften(times: number, target: Grant, tool: string, args: Record<string, unknown> = {}) {
  const answers: CallAnswer[] = [];
  for (let time = 0; time < times; time++) answers.push(await call(target, tool, args));
  return answers;
}

const passed = (answers: readonly CallAnswer[]) =>
  answers.map(({ result }) => result !== undefined && result.isError !== true);

describe("a limit under parallel calls", () => {
  it("lets exactly 30 of 200 through to the server, and tells the others so", async () => {
    const { from, answers } = await inOneWindow(MINUTE, async () => {
      const grant = await grantUnder("thirty-a-minute", { charge: { limits: [perMinute("charges", 30)] } });
      const all = Array.from({ length: 200 }, (_, nth) => {
        const calls = nth % 2 === 0 ? call : callModern;
        return calls(grant, "charge", { from: grant.id });
      });
      return { from: grant.id, answers: await Promise.all(all) };
    });
    expect(arrived(from)).toBe(30);
    const refused = answers.filter(({ result }) => result?.isError === true);
    expect(refused).toHaveLength(170);
    for (const { status, result } of refused) {
      expect(status).toBe(200);
      expect(result?.content[0]?.text).toMatch(/^\[POLICY DENIED\] Limit reached: at most 30 per minute/);
    }
  });

  it("lets exactly 30 through for each of 20 grants that send 50 at once", async () => {
    const grants = await inOneWindow(MINUTE, async () => {
      await grantUnder("shared-policy", { charge: { limits: [perMinute("charges", 30)] } });
      const twenty = await Promise.all(Array.from({ length: 20 }, () => gateway.grant("pay", "shared-policy")));
      const rounds = Array.from({ length: 50 }, () => twenty).flat();
      await Promise.all(rounds.map((grant) => call(grant, "charge", { from: grant.id })));
      return twenty;
    });
    expect(grants.map(({ id }) => arrived(id))).toEqual(grants.map(() => 30));
  });
});

describe("a count", () => {
  it("survives its ledger being taken out of memory", async () => {
    const { answers, from } = await inOneWindow(DAY, async () => {
      const grant = await grantUnder("three-a-day", { charge: { limits: [perDay("charges", 3)] } });
      const before = await callOften(2, grant, "charge", { from: grant.id });
      await gateway.evict(grant.id);
      const between = await callOften(2, grant, "charge", { from: grant.id });
      await gateway.evict(grant.id);
      return { answers: [...before, ...between, await call(grant, "charge")], from: grant.id };
    });
    expect(passed(answers)).toEqual([true, true, true, false, false]);
    expect(arrived(from)).toBe(3);
    expect(decisionOf(answers[4])).toMatchObject({ effect: "limit", limit: 3, used: 3 });
  });

  it("is not touched by calls that are denied", async () => {
    const denyLarge = { conditions: [{ path: "args.amount", op: "gt", value: 100 }] };
    const answers = await inOneWindow(DAY, async () => {
      const grant = await grantUnder("small-charges", { charge: { deny_if: [denyLarge], limits: [perDay("c", 2)] } });
      const denied = await callOften(5, grant, "charge", { amount: 101 });
      return [...denied, ...(await callOften(3, grant, "charge", { amount: 100 }))];
    });
    const effects = answers.map((answer) => decisionOf(answer)).map((decision) => Object(decision).effect);
    expect(effects).toEqual(["deny", "deny", "deny", "deny", "deny", undefined, undefined, "limit"]);
  });

  it("is taken of all limits of a call or of none", async () => {
    const answers = await inOneWindow(DAY, async () => {
      const [wide, narrow] = [perDay("wide", 4), perDay("narrow", 1)];
      const grant = await grantUnder("two-counters", { both: { limits: [wide, narrow] }, wide: { limits: [wide] } });
      return { both: await callOften(4, grant, "both"), wide: await callOften(4, grant, "wide") };
    });
    expect(passed(answers.both)).toEqual([true, false, false, false]);
    expect(decisionOf(answers.both[3])).toMatchObject({ counter: "narrow", limit: 1, used: 1 });
    expect(passed(answers.wide)).toEqual([true, true, true, false]);
    expect(decisionOf(answers.wide[3])).toMatchObject({ counter: "wide", limit: 4, used: 4 });
  });

  it("adds up amounts exactly, and leaves room for what still fits", async () => {
    const amounts = [0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.300001, 0.3, 0.000001];
    const answers = await inOneWindow(DAY, async () => {
      const limit = { ...perDay("spent", 1), increment_from: "args.amount" };
      const grant = await grantUnder("one-a-day", { charge: { limits: [limit] } });
      const answers: CallAnswer[] = [];
      for (const amount of amounts) answers.push(await call(grant, "charge", { amount }));
      return answers;
    });
    expect(passed(answers)).toEqual([true, true, true, true, true, true, true, false, true, false]);
    expect(decisionOf(answers[7])).toMatchObject({ counter: "spent", limit: 1, used: 0.7 });
    expect(decisionOf(answers[9])).toMatchObject({ counter: "spent", limit: 1, used: 1 });
  });

  it("stays when the policy's max is edited, up or down", async () => {
    const answers = await inOneWindow(DAY, async () => {
      const grant = await grantUnder("edited", { charge: { limits: [perDay("charges", 2)] } });
      const two = await callOften(3, grant, "charge");
      await gateway.putPolicy("pay", "edited", withMax(3));
      const three = await callOften(2, grant, "charge");
      await gateway.putPolicy("pay", "edited", withMax(1));
      return [...two, ...three, await call(grant, "charge")];
    });
    expect(passed(answers)).toEqual([true, true, false, true, false, false]);
    expect(decisionOf(answers[5])).toMatchObject({ limit: 1, used: 3 });

    function withMax(max: number) {
      return { version: "1", default: "deny", tools: { charge: { limits: [perDay("charges", max)] } } };
    }
  });

  it("begins anew with a new grant, and the revoked one can spend nothing more", async () => {
    const { old, fresh } = await inOneWindow(DAY, async () => {
      const grant = await grantUnder("once-a-day", { charge: { limits: [perDay("charges", 1)] } });
      const spent = await callOften(2, grant, "charge");
      await gateway.revoke(grant.id);
      const afterwards = await call(grant, "charge");
      const successor = await gateway.grant("pay", "once-a-day");
      return { old: [...spent, afterwards], fresh: await callOften(2, successor, "charge") };
    });
    expect(old.map(({ status }) => status)).toEqual([200, 200, 401]);
    expect(passed(old.slice(0, 2))).toEqual([true, false]);
    expect(passed(fresh)).toEqual([true, false]);
  });

  it("gets its unit back when the server says the call did not run, and keeps it when the tool failed", async () => {
    const unknown = { code: -32602, message: "Unknown tool" };
    upstream.answer(
      only(
        "tools/call",
        (req, res) => {
          const message = messageOf(req);
          if (message.params?.name === "absent") sendJson(res, { jsonrpc: "2.0", id: message.id, error: unknown });
          else sendJson(res, answerTo(message, { ...textResult("no"), isError: true }));
        },
        minimalServer().handle,
      ),
    );
    const { failing, absent, used } = await inOneWindow(DAY, async () => {
      const grant = await grantUnder("giving-back", {
        absent: { limits: [perDay("absent", 5)] },
        failing: { limits: [perDay("failing", 5)] },
      });
      const answers = { failing: await call(grant, "failing"), absent: await call(grant, "absent") };
      return { ...answers, used: await usedOnceBack(grant, "absent") };
    });
    expect(failing.result?.isError).toBe(true);
    expect(absent.error).toEqual(unknown);
    expect(used).toEqual({ failing: 1, absent: 0 });
  });
});

describe("a limit in a session", () => {
  it("is not got round by giving another request the id of a call, so that its error answers the call", async () => {
    const held: ServerResponse[] = [];
    const refusal = { code: -32602, message: "No such resource" };
    // As the official SDK does: the answer to either request goes to whichever of the two came last.
    upstream.answer((req, res) => {
      const message = messageOf(req);
      if (message.params?.name === "charge") return void held.push(res);
      const failed = { jsonrpc: "2.0", id: message.id, error: refusal };
      if (message.params?.name === "absent") return sendJson(res, failed);
      if (message.method !== "resources/read") return minimalServer().handle(req, res);
      for (const call of held) sendJson(call, failed);
      res.destroy();
    });
    const { charged, used } = await inOneWindow(DAY, async () => {
      upstream.clear();
      held.length = 0;
      const limits = { charge: { limits: [perDay("charge", 5)] }, absent: { limits: [perDay("absent", 5)] } };
      const grant = await grantUnder("one-id", limits);
      const greeting = { protocolVersion: "2025-11-25", capabilities: {}, clientInfo: { name: "test", version: "1" } };
      const greeted = await post(grant, "initialize", greeting);
      const session = { "mcp-session-id": greeted.headers.get("mcp-session-id") ?? "" };
      const charging = post(grant, "tools/call", { name: "charge" }, session);
      await upstream.waitFor(({ text }) => text.includes('"charge"'));
      await post(grant, "resources/read", { uri: "nothing://here" }, session);
      const charged = (await (await charging).json()) as CallAnswer;
      await call(grant, "absent");
      return { charged, used: await usedOnceBack(grant, "absent") };
    });
    expect(charged.error).toEqual(refusal);
    expect(used).toEqual({ charge: 1, absent: 0 });
  });
});

/** Units go back behind the answer: the counts are asked for until they have. */
async function usedOnceBack(grant: Grant, counter: string): Promise<Record<string, number>> {
  for (;;) {
    const used = await usedOf(grant);
    if ((used[counter] ?? 0) === 0) return used;
  }
}

async function usedOf({ id }: Grant): Promise<Record<string, number>> {
  const { body } = await gateway.admin("GET", `/grants/${id}`);
  const { usage } = body as { usage: { counters: { counter: string; used: number }[] } };
  return Object.fromEntries(usage.counters.map(({ counter, used }) => [counter, used]));
}
