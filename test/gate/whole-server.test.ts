/**
 * The policies for whole servers, held to by calls: every tool that a server is known to have is called through the
 * gateway, as often as it may and once more. What is ruled out never arrives, what is allowed does, each within its
 * limit. The upstream lists what the policy names, and one tool that nobody has looked at.
 */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Gateway, type Grant, startGateway } from "./gateway.ts";
import { type Arguments, type Entry, shipped } from "./shipped.ts";
import { minimalServer } from "./upstreams/minimal.ts";
import { type Recorder, startRecorder } from "./upstreams/recorder.ts";
import { inOneWindow, MINUTE } from "./window.ts";
import { type CallAnswer, call, decisionOf, listedTools } from "./wire.ts";

const UNKNOWN = "tool_of_tomorrow";

describe.each([
  ["fortimanager", 584],
  ["fortios", 240],
  ["opnsense", 196],
  ["borealhost", 51],
])("%s under its standard policy", (slug, known) => {
  const { document, entries } = shipped(slug, "standard");
  const of = <K extends Entry["kind"]>(kind: K) =>
    entries.filter((entry): entry is Extract<Entry, { kind: K }> => entry.kind === kind);
  const closed = [...of("hidden"), ...of("denied")];
  const metas = of("unwrapped");

  let gateway: Gateway;
  let upstream: Recorder;

  beforeAll(async () => {
    const names = [...entries.map(({ tool }) => tool), UNKNOWN];
    const tools = names.map((name) => ({ name, inputSchema: { type: "object" } }));
    [gateway, upstream] = await Promise.all([startGateway(), startRecorder(minimalServer({ tools }).handle)]);
    await gateway.putServer(slug, { url: upstream.url, drift: "hold" });
    await gateway.putPolicy(slug, "standard", document);
  });
  afterAll(() => Promise.all([gateway?.close(), upstream?.close()]));

  /** A grant with counters of its own, and nothing that arrived before. */
  const begin = async (): Promise<Grant> => {
    const grant = await gateway.grant(slug, "standard");
    upstream.clear();
    return grant;
  };
  const arrived = (): Call[] => upstream.requests.flatMap(({ json }) => callIn(json));

  it(`names all ${known} tools that are known, and shows all but the hidden ones`, async () => {
    expect(entries).toHaveLength(known);
    const listed = await listedTools(await begin());
    const visible = entries.filter(({ kind }) => kind !== "hidden").map(({ tool }) => tool);
    expect(listed.toSorted()).toEqual(visible.toSorted());
  });

  it("lets every call of an open tool arrive as it was made", async () => {
    const grant = await begin();
    const answers = await all(of("open"), ({ tool, args }) => call(grant, tool, args));
    expect(answers.filter(({ result }) => result === undefined || result.isError)).toEqual([]);
    expect(sorted(arrived())).toEqual(sorted(of("open").map(({ tool, args }) => [tool, args])));
  });

  it("lets exactly as many calls of a limited tool arrive as its counter holds", async () => {
    const counters = [...Map.groupBy(of("limited"), ({ counter }) => counter).values()];
    for (const some of portions(counters)) {
      const tools = some.flat();
      const units = await inOneWindow(MINUTE, async () => {
        const grant = await begin();
        const calls = tools.flatMap((entry) => Array.from({ length: entry.max + 1 }, () => entry));
        const answers = await all(calls, ({ tool, args }) => call(grant, tool, args));
        const refused = answers.filter(({ result }) => result?.isError).map(decisionOf);
        expect(refused.filter((decision) => Object(decision).effect !== "limit")).toEqual([]);
        const names = Map.groupBy(arrived(), ([tool]) => tool);
        return some.map((sharing) =>
          sharing.reduce((sum, { tool, takes }) => sum + takes * (names.get(tool)?.length ?? 0), 0),
        );
      });
      expect(units).toEqual(some.map(([first]) => first?.max));
    }
  });

  it("lets no call arrive of a tool that is hidden, denied or new", async () => {
    const grant = await begin();
    const hidden = await all(of("hidden"), ({ tool, args }) => call(grant, tool, args));
    expect(hidden.map(({ error }) => error?.message)).toEqual(of("hidden").map(({ tool }) => `Unknown tool: ${tool}`));
    const denied = await all(of("denied"), ({ tool, args }) => call(grant, tool, args));
    expect(denied.map(ruleOf)).toEqual(of("denied").map(({ tool }) => `/tools/${tool}/action`));
    expect(ruleOf(await call(grant, UNKNOWN))).toBe("(default deny)");
    expect(arrived()).toEqual([]);
  });

  if (metas.length === 0) return;

  it("lets no such call arrive through a tool that runs others either", async () => {
    const grant = await begin();
    for (const { tool: meta, by } of metas) {
      const through = ({ tool, args }: Pick<Entry, "tool" | "args">) =>
        call(grant, meta, { [by.tool]: tool, [by.arguments]: args });
      const answers = await all(closed, through);
      expect(answers.map(ruleOf)).toEqual(
        closed.map(({ kind, tool }) => (kind === "hidden" ? "(hidden)" : `/tools/${tool}/action`)),
      );
      expect(ruleOf(await through({ tool: UNKNOWN, args: {} }))).toBe("(default deny)");
    }
    expect(arrived()).toEqual([]);
  });

  it("counts what such a tool runs with what is called directly", async () => {
    const limited = of("limited").find(({ counter }) => counter === "ipsec_phase1_interfaces");
    if (limited === undefined) throw new Error("nothing is counted under that name");
    const ways = [limited, ...metas].map((entry): Call => {
      if (entry.kind === "limited") return [entry.tool, entry.args];
      return [entry.tool, { [entry.by.tool]: limited.tool, [entry.by.arguments]: limited.args }];
    });
    const calls = ways.flatMap((way) => Array.from({ length: limited.max }, () => way));
    await inOneWindow(MINUTE, async () => {
      const grant = await begin();
      await all(calls, ([tool, args]) => call(grant, tool, args));
    });
    expect(arrived()).toHaveLength(limited.max);
  });
});

type Call = readonly [tool: string, args: Arguments];

function callIn(json: unknown): Call[] {
  const { method, params } = Object(json);
  return method === "tools/call" ? [[params.name, params.arguments ?? {}]] : [];
}

function ruleOf(answer: CallAnswer): unknown {
  return Object(decisionOf(answer)).rule;
}

function sorted(calls: readonly Call[]): string[] {
  return calls.map((each) => JSON.stringify(each)).sort();
}

/** Counters that are looked at together: few enough for their calls to fit well into a window. */
const AT_A_TIME = 20;

function portions<T>(items: readonly T[]): T[][] {
  return Array.from({ length: Math.ceil(items.length / AT_A_TIME) }, (_, nth) =>
    items.slice(nth * AT_A_TIME, (nth + 1) * AT_A_TIME),
  );
}

const CONNECTIONS = 24;

/** The results of `work` for each, in their order, some at once. */
async function all<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  const waiting = items.entries();
  const worker = async (): Promise<void> => {
    for (const [index, item] of waiting) results[index] = await work(item);
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, worker));
  return results;
}
