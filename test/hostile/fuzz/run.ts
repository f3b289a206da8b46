/**
 * The fuzzer for as long as one likes: `npm run fuzz -- [--cases N] [--seed S] [--only N] [--answers]`. Exits with 1 when it found
 * something. It builds the Worker first, unless `--built` says that this has been done.
 */
import { parseArgs } from "node:util";
import { setup } from "../../gate/build.ts";
import { fuzzRequests, noTally } from "./campaign.ts";
import { fuzzAnswers, noAnswers } from "./campaign-answers.ts";
import { told } from "./told.ts";
import { openWorld } from "./world.ts";

const { values } = parseArgs({
  options: {
    cases: { type: "string", default: "20000" },
    seed: { type: "string", default: String(Date.now() % 1_000_000_007) },
    only: { type: "string" },
    answers: { type: "boolean", default: false },
    built: { type: "boolean", default: false },
  },
});

const STEP = 5_000;
const seed = Number(values.seed);
const only = values.only === undefined ? null : Number(values.only);
const cases = only === null ? Number(values.cases) : 1;
if (![seed, cases, only ?? 0].every(Number.isSafeInteger))
  throw new Error("--cases, --seed and --only are whole numbers");

if (!values.built) await setup();
const world = await openWorld();
const tally = { ...noTally(), ...noAnswers() };
try {
  for (let from = only ?? 0; tally.cases < cases; from += STEP) {
    const count = Math.min(STEP, cases - tally.cases);
    const fuzz = values.answers ? fuzzAnswers : fuzzRequests;
    const found = await fuzz(world, seed, { from, count }, tally);
    console.log(`seed ${seed}: ${JSON.stringify(tally)}`);
    if (found === null) continue;
    console.error(told(found, seed));
    process.exitCode = 1;
    break;
  }
} finally {
  await world.close();
}
