/**
 * What is mutated: the rooms that decide, as far as they are pure. What needs a platform is held to account by its own
 * tests and by `test/breaches/`.
 */
export type Room = {
  readonly name: string;
  /** Globs of what is mutated. */
  readonly files: readonly string[];
  /** Where its tests are: a room is to be shown right by its own tests, not by what happens to pass through it. */
  readonly tests: string;
};

/** Files of `src/ledger` that import no platform. */
const PURE_LEDGER = [
  "bill",
  "commit",
  "counter",
  "counters",
  "force",
  "identity",
  "joint",
  "open-here",
  "record",
  "rolling",
  "take",
  "turn",
  "usage",
  "weight",
  "windows",
];

export const ROOMS: readonly Room[] = [
  { name: "mcp", files: ["src/mcp/**/*.ts"], tests: "test/unit/mcp" },
  {
    name: "policy",
    files: ["src/policy/**/*.ts"],
    tests: "test/unit/policy",
  },
  {
    name: "ledger",
    files: PURE_LEDGER.map((file) => `src/ledger/${file}.ts`),
    tests: "test/unit/ledger",
  },
];

/** The least score of each room, in percent. */
export const BAR = 90;
