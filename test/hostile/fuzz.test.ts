/**
 * Requests and answers made by chance, held against readers of JSON that are not ours: what crosses the gateway says one
 * and the same thing to all of them, and it is what the policy allows. Fewer cases than a fuzzer wants, for every run;
 * `npm run fuzz` makes as many as one likes. `FUZZ_SEED` repeats a run, `FUZZ_CASES` makes it longer.
 */
import { afterAll, beforeAll, expect, it } from "vitest";
import { fuzzRequests, noTally } from "./fuzz/campaign.ts";
import { fuzzAnswers, noAnswers } from "./fuzz/campaign-answers.ts";
import { told } from "./fuzz/told.ts";
import { openWorld, type World } from "./fuzz/world.ts";

const SEED = Number(process.env.FUZZ_SEED ?? Date.now() % 1_000_000_007);
const CASES = Number(process.env.FUZZ_CASES ?? 3_000);
const HOURS = 3_600_000;

let world: World;

beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world?.close());

it(
  `lets nothing reach the server that some reader takes for what the policy does not allow (seed ${SEED})`,
  async () => {
    const tally = noTally();
    const found = await fuzzRequests(world, SEED, { from: 0, count: CASES }, tally);
    expect(found && told(found, SEED)).toBeNull();
    console.info(`${CASES} requests of seed ${SEED}: ${JSON.stringify(tally)}`);
    expect(tally.cases).toBe(CASES);
    // Whatever the seed, the way is walked to its end often enough, and left at each of its turns.
    expect(tally.arrived / CASES).toBeGreaterThan(0.2);
    expect(tally.changedArrived / CASES).toBeGreaterThan(0.12);
    expect(tally.refused / CASES).toBeGreaterThan(0.3);
    expect(tally.denied / CASES).toBeGreaterThan(0.06);
    expect(tally.notTaken / CASES).toBeLessThan(0.02);
  },
  HOURS,
);

it(
  `shows a client nothing that some reader takes for a hidden tool or another's answer (seed ${SEED})`,
  async () => {
    const tally = noAnswers();
    const count = Math.ceil(CASES / 3);
    const found = await fuzzAnswers(world, SEED, { from: 0, count }, tally);
    expect(found && told(found, SEED)).toBeNull();
    console.info(`${count} answers of seed ${SEED}: ${JSON.stringify(tally)}`);
    expect(tally.cases).toBe(count);
    expect(tally.changedServed / count).toBeGreaterThan(0.15);
    expect(tally.failed / count).toBeGreaterThan(0.2);
  },
  HOURS,
);
