/**
 * What holds whatever broke: nothing ran above its limit or twice, every call that was answered or ran is in the audit
 * trail once, the trail is whole, what the API shows as used is what ran, and in the end no stream is left open.
 *
 * Each call bears a number of its own as its argument, and policies record arguments in full. Counting is done at the
 * upstream. The limits are of windows that outlast the test.
 */
import { expect, vi } from "vitest";
import { verifyChain } from "../../src/audit/chain.ts";
import type { Recorder } from "../gate/upstreams/recorder.ts";
import { messageOf } from "../gate/upstreams/replies.ts";
import { asked, numberOf, type Trail, trailOf } from "./trail.ts";

export type Counted = {
  readonly counter: string;
  /** The grant whose counter it is, or the server whose grants share it. */
  readonly of: { readonly grant: string } | { readonly server: string };
  readonly max: number;
  /** Whose calls count. */
  readonly tools: readonly string[];
  /** Calls that were interrupted between being counted and being let go on: so much stricter may the count be. */
  readonly interrupted?: number;
};

export type Given = {
  /** Origin of the gateway. */
  readonly gateway: string;
  readonly upstream: Recorder;
  /** Ids of all grants that called. */
  readonly grants: readonly string[];
  /** Numbers of the calls that were answered, but for those that were told that they could not be recorded. */
  readonly answered: Iterable<number>;
  /** Which of the upstream's calls are meant, by number; all where it is left out. */
  readonly ran?: (number: number) => boolean;
  readonly counters: readonly Counted[];
};

/** The trails, by grant. */
export async function expectInvariants(given: Given): Promise<ReadonlyMap<string, Trail>> {
  const trails = new Map<string, Trail>();
  for (const grant of given.grants) trails.set(grant, await wholeTrail(given.gateway, grant));
  const calls = callsIn(given.upstream).filter(({ number }) => given.ran?.(number) ?? true);
  const ran = calls.map(({ number }) => number);
  expect(new Set(ran).size, "no call runs twice").toBe(ran.length);
  const recorded = [...trails.values()]
    .flatMap(({ rows }) => rows.map(numberOf))
    .filter((number) => number !== undefined);
  expect(recorded.length, "no call is recorded twice").toBe(new Set(recorded).size);
  const known = new Set(recorded);
  const lost = [...given.answered, ...ran].filter((number) => !known.has(number));
  expect(lost, "every call that was answered or ran is recorded").toEqual([]);
  for (const counted of given.counters) await expectCounted(counted, given.gateway, calls, trails);
  return trails;
}

/** Waits until the upstream has nobody left who waits for it. */
export async function expectNoneOpen(upstream: Recorder): Promise<void> {
  await vi.waitFor(() => expect(upstream.open, "streams left open").toBe(0), { timeout: 10_000, interval: 20 });
}

type Call = { readonly number: number; readonly tool: string };

export function callsIn({ requests }: Pick<Recorder, "requests">): readonly Call[] {
  return requests.flatMap((req) => {
    const { method, params } = messageOf(req);
    const { name, arguments: args } = (params ?? {}) as { name?: string; arguments?: { number?: number } };
    if (method !== "tools/call" || args?.number === undefined) return [];
    return [{ number: args.number, tool: name ?? "" }];
  });
}

async function wholeTrail(gateway: string, grant: string): Promise<Trail> {
  const trail = await trailOf(gateway, grant);
  const { records, anchor, head } = trail;
  const whole = { kind: "whole", head, records: records.length };
  expect(await verifyChain(records, anchor, head), `the chain of ${grant}`).toEqual(whole);
  return trail;
}

async function expectCounted(
  { counter, of, max, tools, interrupted = 0 }: Counted,
  gateway: string,
  calls: readonly Call[],
  trails: ReadonlyMap<string, Trail>,
): Promise<void> {
  const rows = [...trails].flatMap(([grant, { rows }]) => ("server" in of || of.grant === grant ? rows : []));
  const whose = new Set(rows.map(numberOf));
  const back = new Set(rows.filter(({ upstream }) => upstream?.gaveBack === true).map(numberOf));
  const ran = calls.filter(({ number, tool }) => tools.includes(tool) && whose.has(number) && !back.has(number)).length;
  expect(ran, `${counter}: what ran`).toBeLessThanOrEqual(max);
  const used = await usedOf(gateway, of, counter);
  expect(used, `${counter}: what counts is what ran`).toBeGreaterThanOrEqual(ran);
  expect(used, `${counter}: what counts is what ran`).toBeLessThanOrEqual(Math.min(max, ran + interrupted));
}

type Usage = { readonly counters: readonly { readonly counter: string; readonly used: number }[] };

/** What the API says is used of a counter. */
export async function usedOf(gateway: string, of: Counted["of"], counter: string): Promise<number> {
  const usage =
    "grant" in of
      ? (await asked<{ usage: Usage }>(gateway, "GET", `/grants/${of.grant}`)).usage
      : await asked<Usage>(gateway, "GET", `/servers/${of.server}/usage`);
  return usage.counters.find((one) => one.counter === counter)?.used ?? 0;
}
