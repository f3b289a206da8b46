/**
 * Stands in for fast-check while mutants are tried: fewer runs, and the same ones every time. A mutant that is noticed
 * today must be noticed tomorrow, and thousands of them must not each cost thousands of runs. What only many runs would
 * notice counts as not noticed.
 */
import fastCheck from "../../node_modules/fast-check/lib/fast-check.js";

const MOST_RUNS = 50;

function assert(...[property, parameters]: Parameters<typeof fastCheck.assert>): void | Promise<void> {
  const numRuns = Math.min(parameters?.numRuns ?? MOST_RUNS, MOST_RUNS);
  return fastCheck.assert(property, { seed: 1, ...parameters, numRuns });
}

/** The unit "binary", without the table of a million characters that is made for it in each worker. */
const CHARACTER = fastCheck
  .oneof(fastCheck.nat(0xd7ff), fastCheck.integer({ min: 0xe000, max: 0x10ffff }))
  .map((code) => String.fromCodePoint(code));

function string(constraints: Parameters<typeof fastCheck.string>[0] = {}) {
  return fastCheck.string(constraints.unit === "binary" ? { ...constraints, unit: CHARACTER } : constraints);
}

// biome-ignore lint/style/noDefaultExport: the package has one, and the tests import it.
export default { ...fastCheck, assert, string };
