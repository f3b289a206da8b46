/** Measures one case, the floors or the cold start, from setting the stage to clearing it. */
import type { Case } from "../cases.ts";
import { type ColdStart, coldStarts } from "./cold.ts";
import { type Measurable, type Paced, type Plan, pace, type Saturated, saturate } from "./compare.ts";
import { type Loader, startLoader } from "./load.ts";
import { type Stage, withCase, withColdStarters, withFloors } from "./stage.ts";

export type Effort = Omit<Plan, "connections"> & {
  readonly paceRounds: number;
  readonly paceMs: number;
  readonly coldStarts: number;
};

export type CaseResult = { readonly name: string; readonly title: string; readonly connections: number } & {
  readonly direct: Saturated;
  readonly passthrough: Saturated;
  readonly gateway: Saturated;
  /** For each rate one of each: direct, passthrough, gateway. */
  readonly paced: readonly (readonly Paced[])[];
};

/** Parts of what the slowest of them can do. */
const RATES = [0.25, 0.5, 0.75];
const FLOOR_CONNECTIONS = 32;
const MOST_GATHERED = 3;

/** Called whenever a turn is over. */
type Hear = () => void;

export function measureCase(one: Case, effort: Effort, hear: Hear): Promise<CaseResult> {
  return withCase(one, (stage) =>
    withLoader(async (loader) => {
      const before = await stage.upstream.calls(stage.path);
      const plan = { ...effort, rounds: roundsOf(one, effort), connections: one.connections };
      const [direct, passthrough, gateway] = await saturate(stage.on, loader, plan, hear);
      if (!direct || !passthrough || !gateway) throw new Error("one of three was not measured");
      const paced: Paced[][] = [];
      const slowest = Math.min(...[direct, passthrough, gateway].map(({ callsPerSecond }) => callsPerSecond));
      for (const part of one.paced ? RATES : []) {
        const how = { rounds: effort.paceRounds, turnMs: effort.paceMs, rate: slowest * part };
        paced.push(await pace(stage.on, loader, how, hear));
      }
      await audit(one, stage, loader, before);
      const { name, title, connections } = one;
      return { name, title, connections, direct, passthrough, gateway, paced };
    }),
  );
}

export function measureFloors(one: Case, effort: Effort, hear: Hear): Promise<Saturated[]> {
  return withFloors(one, ({ on }) =>
    withLoader((loader) => saturate(on, loader, { ...effort, connections: FLOOR_CONNECTIONS }, hear)),
  );
}

export function measureColdStarts(one: Case, effort: Effort, hear: Hear): Promise<ColdStart[]> {
  return withColdStarters(one, ({ on }) => coldStarts(on, effort.coldStarts, hear));
}

/** How many turns a case takes, for who waits for them. */
export function turnsOf(one: Case, effort: Effort): number {
  return 3 * (1 + roundsOf(one, effort) + (one.paced ? RATES.length * effort.paceRounds : 0));
}

/** Rounds that wait until all is gathered are long. */
function roundsOf({ gathered }: Case, { rounds }: Effort): number {
  return gathered ? Math.min(rounds, MOST_GATHERED) : rounds;
}

async function withLoader<R>(then: (loader: Loader) => Promise<R>): Promise<R> {
  const loader = startLoader();
  return then(loader).finally(loader.close);
}

/** Whatever was answered as a result had been at the upstream, once; of what was denied, nothing. */
async function audit(one: Case, stage: Stage<Measurable>, loader: Loader, before: number): Promise<void> {
  if (one.method !== "tools/call") return;
  const passed = stage.on.filter(({ name }) => name !== "gateway" || one.expects === "result");
  const sent = passed.reduce((sum, { asked }) => sum + loader.calls(asked.url), 0);
  const arrived = (await stage.upstream.calls(stage.path)) - before;
  if (arrived !== sent) throw new Error(`${one.name}: ${sent} calls should have arrived, ${arrived} did`);
}
