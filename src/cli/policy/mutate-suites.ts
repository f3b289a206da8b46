/** Runs every suite's cases against the policy's mutants, and says how far it is to whoever watches. */
import { setImmediate } from "node:timers/promises";
import { isBad, placed, type Run, type Suite } from "./suite.ts";
import { type Mutation, mutate } from "./survivors.ts";
import { hasCases, type Mutations, type PlacedMutation } from "./tally.ts";

/** After so many mutants others get their turn: Ctrl-C, and the screen. */
const BREATH = 50;

/** Cases that fail already notice nothing, so a suite with such is left out. */
export async function mutateSuites(suites: readonly Suite[], tell: (text: string) => void): Promise<Mutations> {
  const mutations = new Map<Suite, PlacedMutation>();
  for (const suite of suites) {
    if (suite.kind === "run" && hasCases(suite) && !isBad(suite)) mutations.set(suite, await mutateSuite(suite, tell));
  }
  tell("");
  return mutations;
}

async function mutateSuite({ file, tested }: Run, tell: (text: string) => void): Promise<PlacedMutation> {
  const steps = mutate(tested.document, tested.cases, tested.about);
  let step = steps.next();
  for (; !step.done; step = steps.next()) {
    if (step.value % BREATH !== 0) continue;
    tell(`${file}  ${step.value} mutants`);
    await setImmediate();
  }
  const result: Mutation = step.value;
  return { ...result, survivors: placed(tested.text, result.survivors) };
}
