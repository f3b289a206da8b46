/**
 * A client that wants more than its limits give: all at once, by every way in, across the edges of windows, by odd
 * amounts, by leaving early, by new tokens. What counts is what the server has seen.
 */
import type { ServerResponse } from "node:http";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { ringOf } from "../../src/upstream/root-key.ts";
import { sealSession } from "../../src/upstream/session.ts";
import { type Gateway, type Grant, startGateway } from "../gate/gateway.ts";
import { type Answer, open, send, sendAndLeave } from "../gate/raw.ts";
import { call, ERAS, type Era, headersFor, ID, metaOf, openSession, speak, textOf, withHeader } from "../gate/speak.ts";
import { minimalServer } from "../gate/upstreams/minimal.ts";
import { only, resetConnection } from "../gate/upstreams/misbehave.ts";
import { type Handler, type Recorder, startRecorder } from "../gate/upstreams/recorder.ts";
import { answerTo, messageOf, sendJson, textResult } from "../gate/upstreams/replies.ts";
import { DAY, inOneWindow } from "../gate/window.ts";
import { ROOT_KEY } from "../gate/workerd.ts";

let upstream: Recorder;
let gateway: Gateway;

beforeAll(async () => {
  [upstream, gateway] = await Promise.all([startRecorder(), startGateway()]);
  await gateway.putServer("pay", { url: upstream.url });
});

beforeEach(() => {
  upstream.clear();
  upstream.answer(minimalServer().handle);
});

afterAll(() => Promise.all([gateway?.close(), upstream?.close()]));

const perDay = (counter: string, max: number, more: object = {}) => ({ counter, window: "day", max, ...more });

/** Units go back behind the answer. */
const PATIENT = { timeout: 30_000 };

let policies = 0;

/** A new grant under a policy of its own. */
async function grantUnder(tools: object): Promise<Grant> {
  const name = `p${++policies}`;
  await putTools(name, tools);
  return gateway.grant("pay", name);
}

function putTools(name: string, tools: object): Promise<void> {
  return gateway.putPolicy("pay", name, { version: "1", default: "deny", tools });
}

/** A call whose arguments are written just so. */
function pay(era: Era, to: Grant, args = "{}", tool = "pay", headers: readonly string[] = []): Promise<Answer> {
  const params = `{"name":${JSON.stringify(tool)},"arguments":${args}${metaOf(era)}}`;
  const body = `{"jsonrpc":"2.0","id":${ID},"method":"tools/call","params":${params}}`;
  return send(to.url, { headers: [...headersFor(era, to, call(tool)), ...headers], body });
}

type Told = {
  readonly result?: {
    readonly isError?: boolean;
    readonly _meta?: { readonly "io.grantgate/decision"?: { readonly effect: string; readonly rule: string } };
  };
};

/** The effect and the rule by which a call was refused, or `ran`. */
function outcome({ json }: Answer): string {
  const { result } = json as Told;
  const decision = result?._meta?.["io.grantgate/decision"];
  if (decision !== undefined) return `${decision.effect} ${decision.rule}`;
  return result !== undefined && result.isError !== true ? "ran" : `failed ${JSON.stringify(json)}`;
}

const ran = (answers: readonly Answer[]) => answers.filter((answer) => outcome(answer) === "ran").length;

/** How many calls the server has seen. */
function arrived(): number {
  return upstream.requests.filter(({ json }) => messageOf({ json } as never).method === "tools/call").length;
}

/** What is in the counters of a grant. */
async function usedOf({ id }: Grant): Promise<Record<string, number>> {
  const { body } = await gateway.admin("GET", `/grants/${id}`);
  const { usage } = body as { usage: { counters: { counter: string; used: number }[] } };
  return Object.fromEntries(usage.counters.map(({ counter, used }) => [counter, used]));
}

const times = <T>(count: number, make: (nth: number) => T): T[] => Array.from({ length: count }, (_, nth) => make(nth));

describe("a limit that is run at by every way in at once", () => {
  it("lets exactly max of 200 through: two tools, a tool that runs them, both eras, with and without sessions", async () => {
    const { answers, seen, used } = await inOneWindow(DAY, async () => {
      upstream.clear();
      const limits = [perDay("all", 30)];
      const grant = await grantUnder({
        pay: { limits },
        refund: { limits },
        run: { unwrap: { tool: "args.tool", arguments: "args.params" } },
      });
      const sessions = [[], await openSession(grant), await openSession(grant)];
      const answers = await Promise.all(
        times(200, (nth) => {
          const era = ERAS[nth % 2] ?? "legacy";
          const session = era === "legacy" ? (sessions[nth % 3] ?? []) : [];
          if (nth % 5 === 0) return pay(era, grant, '{"tool":"pay","params":{}}', "run", session);
          return pay(era, grant, "{}", nth % 5 < 3 ? "pay" : "refund", session);
        }),
      );
      return { answers, seen: arrived(), used: await usedOf(grant) };
    });
    expect({ ran: ran(answers), seen, used }).toEqual({ ran: 30, seen: 30, used: { all: 30 } });
    const refused = answers.map(outcome).filter((how) => how !== "ran");
    expect(new Set(refused)).toEqual(new Set(["limit /tools/pay/limits/0", "limit /tools/refund/limits/0"]));
  });

  it("never lets more than max of an amount through, whatever the amounts and their order", async () => {
    const amounts = times(120, (nth) => ["0.1", "0.333333", "1e-6", "2.5", "7"][nth % 5] ?? "");
    const { sum, used, left } = await inOneWindow(DAY, async () => {
      upstream.clear();
      const grant = await grantUnder({ pay: { limits: [perDay("spent", 50, { increment_from: "args.amount" })] } });
      await Promise.all(amounts.map((amount, nth) => pay(ERAS[nth % 2] ?? "legacy", grant, `{"amount":${amount}}`)));
      const millionths = upstream.requests.map(({ text }) => {
        return Math.round(1e6 * Number(/"amount":([^}]+)/.exec(text)?.[1]));
      });
      const sum = millionths.reduce((all, each) => all + each, 0);
      const { spent = 0 } = await usedOf(grant);
      const rest = ((50_000_000 - sum) / 1e6).toFixed(6);
      const left = [await pay("legacy", grant, `{"amount":${rest}}`), await pay("modern", grant, '{"amount":1e-6}')];
      return { sum, used: spent, left: left.map(outcome) };
    });
    expect(sum).toBeLessThanOrEqual(50_000_000);
    expect(sum).toBeGreaterThan(43_000_000);
    expect(Math.round(used * 1e6)).toBe(sum);
    expect(left).toEqual(["ran", "limit /tools/pay/limits/0"]);
  });

  it("holds for all grants, policies and tools of a server that name its counter", async () => {
    const { answers, seen } = await inOneWindow(DAY, async () => {
      upstream.clear();
      const limits = [perDay(`ours-${++policies}`, 25, { scope: "server" })];
      const first = await grantUnder({ pay: { limits } });
      const grants = [
        first,
        ...(await Promise.all(times(4, () => grantUnder({ "p*": { limits }, refund: { limits } })))),
      ];
      const answers = await Promise.all(
        times(100, (nth) => {
          const grant = grants[nth % 5] ?? first;
          return pay(ERAS[nth % 2] ?? "legacy", grant, "{}", grant !== first && nth % 3 === 0 ? "refund" : "pay");
        }),
      );
      // Whoever gets yet another grant gets nothing more.
      const late = await grantUnder({ pay: { limits } });
      return { answers: [...answers, await pay("modern", late), await pay("legacy", late)], seen: arrived() };
    });
    expect({ ran: ran(answers), seen }).toEqual({ ran: 25, seen: 25 });
    expect(outcome(answers.at(-1) ?? expect.fail())).toBe("limit /tools/pay/limits/0");
  });
});

describe("the edges of windows", () => {
  /** When each call was let through, by the clock of the ledger. */
  async function instantsOf({ id }: Grant): Promise<number[]> {
    await gateway.admin("GET", `/audit/chain/${id}`);
    const { body } = await gateway.admin("GET", `/audit?grant=${id}&effect=allow&limit=100`);
    const { items } = body as { items: { method: string; time: string }[] };
    return items.filter(({ method }) => method === "tools/call").map(({ time }) => Date.parse(time));
  }

  const most = (counts: Iterable<number>) => Math.max(...counts);

  it("let no more through than max on each side, and within any second where it rolls", async () => {
    const limit = { counter: "c", window: "second", max: 5 };
    const [calendar, rolling] = await Promise.all([
      grantUnder({ pay: { limits: [limit] } }),
      grantUnder({ pay: { limits: [{ ...limit, align: "rolling" }] } }),
    ]);
    const began = Date.now();
    const refused = { calendar: 0, rolling: 0 };
    while (Date.now() - began < 2_200 || refused.calendar === 0 || refused.rolling === 0) {
      const answers = await Promise.all(
        times(16, (nth) => pay(ERAS[nth % 2] ?? "legacy", nth < 8 ? calendar : rolling)),
      );
      refused.calendar += 8 - ran(answers.slice(0, 8));
      refused.rolling += 8 - ran(answers.slice(8));
    }
    const [fixed, rolled] = [await instantsOf(calendar), await instantsOf(rolling)];
    expect(fixed.length + rolled.length).toBe(arrived());
    const seconds = Map.groupBy(fixed, (at) => Math.floor(at / 1_000));
    expect(seconds.size).toBeGreaterThan(1);
    expect(most([...seconds.values()].map(({ length }) => length))).toBe(5);
    const within = rolled.map((from) => rolled.filter((at) => at >= from && at < from + 1_000).length);
    expect(rolled.length).toBeGreaterThan(5);
    expect(most(within)).toBe(5);
  });

  it("are none where a window rolls, and the refusal says so", async () => {
    const refused = await inOneWindow(DAY, async () => {
      const grant = await grantUnder({ pay: { limits: [perDay("c", 2, { align: "rolling" })] } });
      for (const era of ERAS) expect(outcome(await pay(era, grant))).toBe("ran");
      return pay("legacy", grant);
    });
    expect(refused.text).toMatch(/\[POLICY DENIED\] Limit reached: at most 2 within any day/);
    expect(refused.json).toMatchObject({ result: { _meta: { "io.grantgate/decision": { limit: 2, used: 2 } } } });
  });
});

describe.each(ERAS)("an amount that a %s client names", (era) => {
  const LIMIT = perDay("spent", 500, { increment_from: "args.amount" });
  const NONE = [
    ...['"1"', '"0"', '"NaN"', '""', "null", "true", "false", "[1]", '{"amount":1}', "-1", "-0.000001", "-1e400"],
    ...["-1e-400", "0.0000001", "1e-7", "1.0000001", "1e-999999999999", "0.00000000000000000000000000000000001"],
  ].map((amount) => `{"amount":${amount}}`);

  it("is denied when it can't be counted, and takes nothing", async () => {
    const grant = await grantUnder({ pay: { limits: [perDay("calls", 5), LIMIT] } });
    const bad = [...NONE, "{}", '{"Amount":1}', '{"__proto__":{"amount":1}}', '{"amount\\u0000":1}'];
    const answers = await Promise.all(bad.map((args) => pay(era, grant, args)));
    expect(answers.map(outcome)).toEqual(bad.map(() => "deny /tools/pay/limits/1"));
    expect([arrived(), await usedOf(grant)]).toEqual([0, {}]);
  });

  it("is above the limit however large it is, and takes nothing", async () => {
    const grant = await grantUnder({ pay: { limits: [LIMIT] } });
    const huge = [
      "500.000001",
      "501",
      "1e13",
      "9007199254740993",
      "18446744073709551617",
      "1e400",
      "1e99999999999999999999",
    ];
    const answers = await Promise.all(huge.map((amount) => pay(era, grant, `{"amount":${amount}}`)));
    expect(answers.map(outcome)).toEqual(huge.map(() => "limit /tools/pay/limits/0"));
    expect(answers.map(({ headers }) => headers["retry-after"])).toEqual(huge.map(() => undefined));
    expect([arrived(), await usedOf(grant)]).toEqual([0, {}]);
  });

  it("is counted to the millionth in any form, and arrives in that form", async () => {
    const good = ["0", "-0", "-0.0", "0e400", "1e-6", "0.000001", "1.000000000", "100e-2", "0.1e1", "496.999998"];
    const { answers, used, seen } = await inOneWindow(DAY, async () => {
      upstream.clear();
      const grant = await grantUnder({ pay: { limits: [LIMIT] } });
      const answers: Answer[] = [];
      for (const amount of [...good, "0.000001"]) answers.push(await pay(era, grant, `{"amount":${amount}}`));
      const seen = upstream.requests.map(({ text }) => /"amount":([^}]+)/.exec(text)?.[1]);
      return { answers, used: await usedOf(grant), seen };
    });
    expect(answers.map(outcome)).toEqual([...good.map(() => "ran"), "limit /tools/pay/limits/0"]);
    expect([seen, used]).toEqual([good, { spent: 500 }]);
  });

  it("is read as strictly in a string of JSON, and as what stands at its path and nowhere else", async () => {
    const inText = { counter: "spent", window: "day", max: 10, increment_from: "args.data|json.amount" };
    const grant = await grantUnder({ pay: { limits: [inText] } });
    const texts = [
      '{"amount":1,"amount":0}',
      '{"amount":0}{"amount":9}',
      '\ufeff{"amount":0}',
      '{"amount":"0"}',
      "0",
      "",
    ];
    const args = [...texts.map((data) => JSON.stringify({ data })), '{"data":{"amount":0}}', '{"amount":0}'];
    const answers = await Promise.all(args.map((text) => pay(era, grant, text)));
    expect(answers.map(outcome)).toEqual(args.map(() => "deny /tools/pay/limits/0"));
    expect(arrived()).toBe(0);
  });
});

describe("a call that one of its limits refuses", () => {
  it.each([0, 1, 2, 3])("takes nothing of the others, however often it comes: limit %i", async (narrow) => {
    const { refusals, used, left } = await inOneWindow(DAY, async () => {
      const roomy = (at: number, max = 40) => (at === narrow ? 2 : max);
      const rolls = { counter: "rolls", window: "day", max: roomy(0), align: "rolling" };
      const ours = { counter: `ours-${++policies}`, window: "week", max: roomy(1), scope: "server" };
      const amount = { counter: "amount", window: "month", max: roomy(3), increment_from: "args.n" };
      const limits = [rolls, ours, perDay("small", roomy(2)), amount];
      const grant = await grantUnder({ all: { limits }, rolls: { limits: [rolls] }, ours: { limits: [ours] } });
      for (const _ of [1, 2]) expect(outcome(await pay("legacy", grant, '{"n":1}', "all"))).toBe("ran");
      const again = await Promise.all(times(20, (nth) => pay(ERAS[nth % 2] ?? "legacy", grant, '{"n":1}', "all")));
      const used = await usedOf(grant);
      const left = { rolls: ran(await many(grant, "rolls")), ours: ran(await many(grant, "ours")) };
      return { refusals: new Set(again.map(outcome)), used, left };
    });
    expect(refusals).toEqual(new Set([`limit /tools/all/limits/${narrow}`]));
    expect(used).toEqual({ rolls: 2, small: 2, amount: 2 });
    expect(left).toEqual({ rolls: narrow === 0 ? 0 : 38, ours: narrow === 1 ? 0 : 38 });
  });

  const many = (grant: Grant, tool: string) => Promise.all(times(45, () => pay("modern", grant, "{}", tool)));

  it("in the tool that another tool runs takes nothing of what runs it", async () => {
    const { answers, used } = await inOneWindow(DAY, async () => {
      const grant = await grantUnder({
        run: { unwrap: { tool: "args.tool", arguments: "args.params" }, limits: [perDay("runs", 100)] },
        pay: { limits: [perDay("pays", 2)] },
      });
      const answers: Answer[] = [];
      for (const _ of times(6, () => 0)) answers.push(await pay("legacy", grant, '{"tool":"pay"}', "run"));
      return { answers, used: await usedOf(grant) };
    });
    expect(answers.map(outcome)).toEqual(["ran", "ran", ...times(4, () => "limit /tools/pay/limits/0")]);
    expect(used).toEqual({ runs: 2, pays: 2 });
  });
});

describe.each(ERAS)("what is no call of a %s client", (era) => {
  it("takes nothing, and neither does what is refused before it is one", async () => {
    const { used, answers } = await inOneWindow(DAY, async () => {
      const wall = { deny_if: [{ conditions: [{ path: "args.bad", op: "exists", value: true }] }] };
      const grant = await grantUnder({ pay: { ...wall, limits: [perDay("c", 3)] } });
      const headers = headersFor(era, grant, call("pay"));
      const text = textOf(era, call("pay"));
      const { id: _, ...notice } = JSON.parse(text) as { id: number };
      await Promise.all([
        ...times(5, () => send(grant.url, speak(era, grant, { method: "tools/list" }))),
        ...["ping", "initialize", "server/discover", "tools/CALL", "tasks/list"].map((method) =>
          send(grant.url, speak(era, grant, { method, params: { name: "pay" } })),
        ),
        send(grant.url, { headers, body: JSON.stringify(notice) }),
        send(grant.url, { headers, body: `[${text},${text}]` }),
        send(grant.url, { headers, body: text.replace("{", '{"id":8,') }),
        send(grant.url, { headers, body: text.replace('"pay"', '"pay","Name":"pay"') }),
        send(grant.url, { headers: withHeader(headers, "Content-Type", "text/plain"), body: text }),
        send(grant.url, { headers: [...headers, "Mcp-Session-Id", "mine", "Mcp-Name", "other"], body: text }),
        send(grant.url, { headers: withHeader(headers, "Authorization", "Bearer no"), body: text }),
        ...times(5, () => pay(era, grant, '{"bad":1}')),
        pay(era, grant, "{}", "PAY"),
      ]);
      const used = await usedOf(grant);
      upstream.clear();
      return { used, answers: await Promise.all(times(5, () => pay(era, grant))) };
    });
    expect(used).toEqual({});
    expect([ran(answers), arrived()]).toEqual([3, 3]);
  });
});

/** Keeps calls waiting for ever. */
const silent: Handler = only("tools/call", () => {}, minimalServer().handle);

describe("a call that its client gives up", () => {
  const limits = [perDay("c", 5)];

  it.each(ERAS)("is counted once it has arrived, in the %s era", async (era) => {
    const used = await inOneWindow(DAY, async () => {
      upstream.clear();
      upstream.answer(silent);
      const grant = await grantUnder({ pay: { limits } });
      const there = upstream.waitFor(({ text }) => text.includes('"tools/call"'));
      await sendAndLeave(grant.url, speak(era, grant, call("pay")), there);
      const cancelled = { method: "notifications/cancelled", params: { requestId: ID } };
      const body = JSON.stringify({ jsonrpc: "2.0", ...cancelled });
      expect((await send(grant.url, { headers: headersFor(era, grant, cancelled), body })).status).toBe(202);
      upstream.answer(minimalServer().handle);
      expect(ran(await Promise.all(times(8, () => pay(era, grant))))).toBe(4);
      return usedOf(grant);
    });
    expect(used).toEqual({ c: 5 });
  });

  it.each(ERAS)("at any moment of its way is counted or never arrives, in the %s era", async (era) => {
    const { seen, used } = await inOneWindow(DAY, async () => {
      upstream.clear();
      const grant = await grantUnder({ pay: { limits } });
      const moments = times(40, (nth) => (nth % 4 === 0 ? Promise.resolve() : pay(era, grant, "{}", `none${nth}`)));
      await Promise.all(moments.map((when) => sendAndLeave(grant.url, speak(era, grant, call("pay")), when)));
      // Whatever was still on its way has been counted before these are.
      await Promise.all(times(10, () => pay(era, grant)));
      return { seen: arrived(), used: await usedOf(grant) };
    });
    expect(used).toEqual({ c: 5 });
    expect(seen).toBeLessThanOrEqual(5);
  });

  it("or that breaks at the server is counted", async () => {
    const used = await inOneWindow(DAY, async () => {
      upstream.answer(only("tools/call", resetConnection(), minimalServer().handle));
      const grant = await grantUnder({ pay: { limits } });
      await Promise.all(ERAS.map((era) => pay(era, grant)));
      return usedOf(grant);
    });
    expect(used).toEqual({ c: 2 });
  });
});

describe("units that go back", () => {
  const unknown = { code: -32602, message: "Unknown tool" };

  /** Keeps calls of `pay` waiting until they are let go, and says of all others that they did not run. */
  function holding(): { readonly handle: Handler; letGo(): void } {
    const held: (() => void)[] = [];
    return {
      handle: (req, res: ServerResponse) => {
        const message = messageOf(req);
        if (message.params?.name === "pay") held.push(() => sendJson(res, answerTo(message, textResult("paid"))));
        else if (message.method !== "tools/call") return minimalServer().handle(req, res);
        else sendJson(res, { jsonrpc: "2.0", id: message.id, error: unknown });
      },
      letGo: () => {
        for (const go of held) go();
      },
    };
  }

  it.each(ERAS)("are those of the call that did not run, though another has its id, in the %s era", async (era) => {
    const used = await inOneWindow(DAY, async () => {
      upstream.clear();
      const { handle, letGo } = holding();
      upstream.answer(handle);
      const limits = {
        pay: { limits: [perDay("c", 9)] },
        absent: { limits: [perDay("c", 9, { increment: 2 }), perDay("d", 9)] },
      };
      const [grant, other] = [await grantUnder(limits), await grantUnder(limits)];
      const paying = [pay(era, grant), pay(era, other)];
      await upstream.waitFor(() => arrived() === 2);
      await Promise.all(times(3, () => pay(era, grant, "{}", "absent")));
      letGo();
      expect((await Promise.all(paying)).map(outcome)).toEqual(["ran", "ran"]);
      await expect.poll(async () => (await usedOf(grant)).d, PATIENT).toBe(0);
      return [await usedOf(grant), await usedOf(other)];
    });
    expect(used).toEqual([{ c: 1, d: 0 }, { c: 1 }]);
  });

  it("go back once: a client that repeats a call which does not run has no more than before", async () => {
    const { answers, used } = await inOneWindow(DAY, async () => {
      upstream.clear();
      upstream.answer(holding().handle);
      const grant = await grantUnder({ absent: { limits: [perDay("c", 5)] }, echo: { limits: [perDay("c", 5)] } });
      for (const nth of times(12, (n) => n)) {
        await Promise.all(times(3, () => pay(ERAS[nth % 2] ?? "legacy", grant, "{}", "absent")));
      }
      await expect.poll(async () => (await usedOf(grant)).c, PATIENT).toBe(0);
      upstream.answer(minimalServer().handle);
      const answers = await Promise.all(times(15, () => pay("modern", grant, "{}", "echo")));
      return { answers, used: await usedOf(grant) };
    });
    expect([ran(answers), used]).toEqual([5, { c: 5 }]);
  });
});

describe("a spent limit stays spent", () => {
  it("whatever becomes of the grant, its token, its ledger and its policy", async () => {
    const answers = await inOneWindow(DAY, async () => {
      const limit = perDay("c", 2);
      let grant = await grantUnder({ pay: { limits: [limit] } });
      const policy = `p${policies}`;
      const seen: Record<string, string> = {};
      const tryAfter = async (what: string) => {
        seen[what] = outcome(await pay("modern", grant)).split(" ")[0] ?? "";
      };
      await tryAfter("nothing");
      await tryAfter("one call");
      await tryAfter("two");
      const { body } = await gateway.admin("POST", `/grants/${grant.id}/rotate`, { overlapSeconds: 0 });
      grant = { ...grant, ...(body as Grant) };
      await tryAfter("a rotation");
      for (const deed of ["suspend", "resume"]) await gateway.admin("POST", `/grants/${grant.id}/${deed}`);
      await tryAfter("a pause");
      await gateway.evict(grant.id);
      await tryAfter("an eviction");
      await gateway.putServer("pay", { url: upstream.url, name: "moved" });
      await tryAfter("an edit of the server");
      await putTools(policy, { other: { limits: [limit] }, "p*": { limits: [limit], rate_limit: "5/minute" } });
      await tryAfter("the limit at another entry");
      await putTools(policy, { pay: { limits: [{ ...limit, max: 1 }] } });
      await tryAfter("a smaller max");
      await putTools(policy, { pay: { limits: [{ ...limit, counter: "d" }] } });
      await tryAfter("another name");
      await putTools(policy, { pay: { limits: [{ ...limit, max: 3 }] } });
      await tryAfter("the old name and a larger max");
      await tryAfter("the larger max, too");
      return seen;
    });
    expect(answers).toEqual({
      ...{ nothing: "ran", "one call": "ran", two: "limit", "a rotation": "limit", "a pause": "limit" },
      ...{ "an eviction": "limit", "an edit of the server": "limit", "the limit at another entry": "limit" },
      ...{ "a smaller max": "limit", "another name": "ran", "the old name and a larger max": "ran" },
      "the larger max, too": "limit",
    });
  });

  it("for a session by any of the texts that name it, and begins anew for no session that a client makes up", async () => {
    const { known, madeUp } = await inOneWindow(DAY, async () => {
      upstream.clear();
      const grant = await grantUnder({ pay: { limits: [perDay("c", 2, { scope: "session" })] } });
      const named = () => sealSession(ringOf(ROOT_KEY), { grant: grant.id, server: "pay" }, "session-of-its-own");
      const known: string[] = [];
      for (const _ of times(4, () => 0)) {
        known.push(outcome(await pay("legacy", grant, "{}", "pay", ["Mcp-Session-Id", await named()])));
      }
      const sessions = [
        ...times(5, (nth) => `session-${nth}`),
        `${await named()}x`,
        (await named()).replace(".", ".A"),
      ];
      const madeUp = await Promise.all(sessions.map((id) => pay("legacy", grant, "{}", "pay", ["Mcp-Session-Id", id])));
      return { known, madeUp };
    });
    expect(known).toEqual(["ran", "ran", "limit /tools/pay/limits/0", "limit /tools/pay/limits/0"]);
    expect(madeUp.map(({ status }) => status)).toEqual(madeUp.map(() => 404));
    expect(arrived()).toBe(2);
  });

  it("in each session for itself, and for a grant without sessions as in one", async () => {
    const answers = await inOneWindow(DAY, async () => {
      const grant = await grantUnder({ pay: { limits: [perDay("c", 1, { scope: "session" })] } });
      const [one, two] = [await openSession(grant), await openSession(grant)];
      const answers: Answer[] = [];
      for (const session of [one, two, one, two, []]) answers.push(await pay("legacy", grant, "{}", "pay", session));
      // The modern era has no sessions, whatever its headers name.
      return [...answers, await pay("modern", grant), await pay("modern", grant, "{}", "pay", two)];
    });
    const limited = "limit /tools/pay/limits/0";
    expect(answers.map(outcome)).toEqual(["ran", "ran", limited, limited, "ran", limited, limited]);
    expect(answers.at(-1)?.text).toContain("at most 1 per day for this grant");
  });

  it.each([
    ["that lies in the name space of another kind", [perDay("rate_limit pay", 5)]],
    ["that is another's by its place in time", [perDay("c", 5), perDay("c", 9)]],
    ["of no size", [perDay("c", 0)]],
    ["that gives", [perDay("c", 5, { increment: -1 })]],
    ["that counts what is in a list", [perDay("c", 5, { increment_from: "args.items[*].n" })]],
  ])("and no policy has a counter %s", async (_what, limits) => {
    const policy = { version: "1", default: "deny", tools: { pay: { limits } } };
    expect((await gateway.admin("PUT", "/policies/pay/refused", policy)).status).toBe(422);
  });
});

describe("a call of several rounds", () => {
  it("pays for each of them, and each is judged by what it says itself", async () => {
    upstream.answer(
      only(
        "tools/call",
        (req, res) => {
          const message = messageOf(req);
          const asks = { resultType: "input_required", requestState: "state-1", inputRequests: {} };
          sendJson(res, answerTo(message, message.params?.requestState === undefined ? asks : textResult("done")));
        },
        minimalServer().handle,
      ),
    );
    const round = (grant: Grant, args: object, more: object) =>
      send(
        grant.url,
        speak("modern", grant, { method: "tools/call", params: { name: "pay", arguments: args, ...more } }),
      );
    const second = { requestState: "state-1", inputResponses: {} };
    const { answers, seen } = await inOneWindow(DAY, async () => {
      upstream.clear();
      const wall = { deny_if: [{ conditions: [{ path: "args.amount", op: "gt", value: 100 }] }] };
      const grant = await grantUnder({ pay: { ...wall, limits: [perDay("c", 2)] } });
      const answers = [
        await round(grant, { amount: 1 }, {}),
        await round(grant, { amount: 500 }, second),
        await round(grant, { amount: 1 }, second),
        await round(grant, { amount: 1 }, {}),
        await round(grant, { amount: 1 }, second),
      ];
      return { answers, seen: upstream.requests.map(({ json }) => messageOf({ json } as never).params?.requestState) };
    });
    const limited = "limit /tools/pay/limits/0";
    expect(answers.map(outcome)).toEqual(["ran", "deny /tools/pay/deny_if/0", "ran", limited, limited]);
    expect(seen).toEqual([undefined, "state-1"]);
  });
});

it("and a stream that is open all the while takes nothing either", async () => {
  const grant = await grantUnder({ pay: { limits: [perDay("c", 1)] } });
  const session = await openSession(grant);
  const headers = [...headersFor("legacy", grant, call("pay")), ...session];
  const streams = await Promise.all(times(3, () => open(grant.url, { verb: "GET", headers })));
  expect(await usedOf(grant)).toEqual({});
  expect(outcome(await pay("legacy", grant, "{}", "pay", session))).toBe("ran");
  for (const { leave } of streams) leave();
});
