/** What `npm run bench` is told to do. Ends the process for what can't be done, and for `--help`. */
import { parseArgs } from "node:util";
import { type Case, casesFor } from "../cases.ts";
import type { Effort } from "./measure.ts";

export type Options = {
  /** All that there are. */
  readonly cases: readonly Case[];
  /** Whether a case, `cold` or `floors` is to be measured. */
  readonly isAsked: (name: string) => boolean;
  readonly effort: Effort;
  readonly strict: boolean;
  readonly write: boolean;
  /** Files to be written. */
  readonly json: string | undefined;
  readonly svg: string | undefined;
};

const FULL: Effort = {
  rounds: 5,
  turnMs: 800,
  warmUpMs: 400,
  atLeast: 16,
  paceRounds: 3,
  paceMs: 1_000,
  coldStarts: 7,
};
const QUICK: Effort = { ...FULL, rounds: 2, turnMs: 500, warmUpMs: 300, paceRounds: 1, coldStarts: 3 };
const [MANY, MANY_QUICK] = [10_000, 1_000];

export function optionsOf(args: readonly string[]): Options {
  const { values, positionals } = parsed(args);
  const cases = casesFor(count("grants", values.grants) ?? (values.quick ? MANY_QUICK : MANY));
  if (values.help) {
    console.log(help(cases));
    process.exit(0);
  }
  const names = [...cases.map(({ name }) => name), "cold", "floors"];
  // Names may follow each other, be separated by commas, or both.
  const only = [...(values.only ?? []), ...positionals].flatMap((said) => said.split(","));
  const unknown = only.filter((name) => !names.includes(name));
  if (unknown.length > 0) usage(`there is no ${unknown.join(" and no ")}; there are ${names.join(", ")}`);
  if (positionals.length > 0 && values.only === undefined) usage("what is to be measured stands behind --only");
  if (values.write && (only.length > 0 || values.quick)) usage("only a whole run is written into the documentation");
  const usual = values.quick ? QUICK : FULL;
  return {
    cases,
    isAsked: (name) => only.length === 0 || only.includes(name),
    effort: { ...usual, rounds: count("rounds", values.rounds) ?? usual.rounds },
    strict: values.strict,
    write: values.write,
    json: values.json,
    svg: values.svg,
  };
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        only: { type: "string", multiple: true },
        rounds: { type: "string" },
        grants: { type: "string" },
        quick: { type: "boolean", default: false },
        strict: { type: "boolean", default: false },
        json: { type: "string" },
        svg: { type: "string" },
        write: { type: "boolean", default: false },
        help: { type: "boolean", short: "h", default: false },
      },
    });
  } catch (error) {
    return usage(error instanceof Error ? error.message : String(error));
  }
}

function count(option: string, said: string | undefined): number | undefined {
  if (said === undefined) return undefined;
  const number = Number(said);
  if (!Number.isInteger(number) || number < 1) usage(`--${option} is a whole number from 1 on`);
  return number;
}

function usage(wrong: string): never {
  console.error(`${wrong}\n\n${help(casesFor(MANY))}`);
  process.exit(2);
}

function help(cases: readonly Case[]): string {
  return `npm run bench -- [options]

  --only CASE…    measure these only
  --quick         short rounds and few: to see that it runs
  --rounds N      rounds of each (5; 2 with --quick)
  --grants N      grants of the case that has many (${MANY.toLocaleString("en")}; ${MANY_QUICK.toLocaleString("en")} with --quick)
  --strict        end with 1 when a bar is not met
  --json FILE     write all numbers, with the machine and the versions
  --svg FILE      draw the ratios
  --write         put all of it into docs/performance.{md,json,svg}

Cases:
${cases.map(({ name, title }) => `  ${name.padEnd(20)}${title}`).join("\n")}
  ${"cold".padEnd(20)}the cold start
  ${"floors".padEnd(20)}Workers that say what of the cost is the platform's`;
}
