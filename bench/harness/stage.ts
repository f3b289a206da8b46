/** Puts a case on the stage: its upstream, a passthrough and a gateway before it. What was put there goes away again. */
import type { Case } from "../cases.ts";
import { askedOf, look } from "./asked.ts";
import type { ColdStarter } from "./cold.ts";
import { prepareEmpty } from "./cold.ts";
import type { Measurable } from "./compare.ts";
import { BASE, FLOORS, startFloor } from "./floors.ts";
import { prepareGateway } from "./gateway.ts";
import { PASSTHROUGH, smallWorker } from "./passthrough.ts";
import { type RunningUpstream, startUpstream } from "./upstream.ts";
import { prepare, startWorker } from "./worker.ts";

export type Stage<T> = {
  readonly on: readonly T[];
  readonly upstream: RunningUpstream;
  /** Where the upstream is called. */
  readonly path: string;
};

/** What is to be undone, the last first. */
type Undo = (how: () => unknown) => void;

/** The upstream itself, the passthrough and the gateway, in this order. */
export function withCase<R>(one: Case, then: (stage: Stage<Measurable>) => Promise<R>): Promise<R> {
  return onStage(one, then, async (upstream, path, undo) => {
    const passthrough = await startWorker(smallWorker(PASSTHROUGH, upstream.url));
    undo(passthrough.close);
    const { start, remove, tokens } = await prepareFor(one, upstream, path);
    undo(remove);
    const gateway = await start();
    undo(gateway.close);
    const subject = async (name: string, { url, pid }: { url: string; pid: number }, by: readonly string[] = []) => {
      const asked = await askedOf(one, `${url}${path}`, by);
      const gated = name === "gateway";
      const expected = await look(asked, gated && one.expects === "denial");
      const settleMs = gated && one.gathered ? GATHERED_AFTER_MS : 0;
      return { name, pid, asked, expected, settleMs, warmUps: gated ? GATEWAY_WARM_UPS : 1 };
    };
    return [
      await subject("direct", upstream),
      await subject("passthrough", passthrough),
      await subject("gateway", gateway, tokens),
    ];
  });
}

/** The Workers that say what of the cost is the platform's. */
export function withFloors<R>(one: Case, then: (stage: Stage<Measurable>) => Promise<R>): Promise<R> {
  return onStage(one, then, async (upstream, path, undo) => {
    const all: Measurable[] = [];
    for (const floor of FLOORS) {
      const running = await startFloor(floor, upstream.url);
      undo(running.close);
      const asked = await askedOf(one, `${running.url}${path}`, []);
      const expected = await look(asked, false);
      all.push({ name: floor.name, pid: running.pid, asked, expected, settleMs: 0, warmUps: 1 });
    }
    if (!all.some(({ name }) => name === BASE)) throw new Error("the floors are without their base");
    return all;
  });
}

/** What starts cold. The gateway's grant has called before: its ledger and its server's inventory are there. */
export function withColdStarters<R>(one: Case, then: (stage: Stage<ColdStarter>) => Promise<R>): Promise<R> {
  return onStage(one, then, async (upstream, path, undo) => {
    const passthrough = await prepare(smallWorker(PASSTHROUGH, upstream.url));
    undo(passthrough.remove);
    const empty = await prepareEmpty();
    undo(empty.remove);
    const gateway = await prepareFor(one, upstream, path);
    undo(gateway.remove);
    const caller = (tokens: readonly string[]) => async (url: string) => {
      await look(await askedOf(one, `${url}${path}`, tokens), false);
    };
    const before = await gateway.start();
    await caller(gateway.tokens)(before.url).finally(before.close);
    return [
      { name: "passthrough", start: passthrough.start, call: caller([]) },
      { name: "empty", start: empty.start, call: caller([]) },
      { name: "gateway", start: gateway.start, call: caller(gateway.tokens) },
    ];
  });
}

async function onStage<T, R>(
  one: Case,
  then: (stage: Stage<T>) => Promise<R>,
  put: (upstream: RunningUpstream, path: string, undo: Undo) => Promise<T[]>,
): Promise<R> {
  const path = `/mcp/${one.name}`;
  const upstream = await startUpstream({ [path]: one.answer });
  const undone: (() => unknown)[] = [upstream.close];
  try {
    const on = await put(upstream, path, (how) => void undone.push(how));
    return await then({ on, upstream, path });
  } finally {
    for (const undo of undone.toReversed()) await undo();
  }
}

const GATEWAY_WARM_UPS = 4;
/** Longer than a gateway waits before it gathers, when nothing else is said. */
const GATHERED_AFTER_MS = 6_000;
const NEVER = String(365 * 86_400);

function prepareFor(one: Case, upstream: RunningUpstream, path: string) {
  const server = { url: `${upstream.url}${path}`, drift: one.drift };
  const { name: slug, policy, grants, gathered } = one;
  const vars = gathered ? {} : { AUDIT_DELAY_SECONDS: NEVER };
  return prepareGateway({ slug, server, policy, grants, vars });
}
