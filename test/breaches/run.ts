/**
 * Shows that tests guard what they say they guard: takes one defence after the other out of a copy of the repository,
 * and sees whether the tests notice. The repository itself is never changed.
 *
 *   npm run breaches -- [topic…] [--only <number or words>] [--list] [--check]
 *
 * `--list` only says what would be tried, `--check` only whether it could be. Ends with 1 unless every breach was
 * noticed.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { askedBy, chosen } from "./runner/asked.ts";
import { attempt, type Outcome } from "./runner/attempt.ts";
import { faultsIn } from "./runner/check.ts";
import { copyOf } from "./runner/copy.ts";
import { redOf } from "./runner/green.ts";
import { type Listed, readTopics, topicNames } from "./runner/topics.ts";
import { say, sayTimed } from "./runner/voice.ts";

const REPOSITORY = join(import.meta.dirname, "../..");

function read(file: string): string | undefined {
  try {
    return readFileSync(join(REPOSITORY, file), "utf8");
  } catch {
    return undefined;
  }
}

async function main(): Promise<boolean> {
  const { topics, only, work } = askedBy(process.argv.slice(2));
  const known = topicNames();
  const unknown = topics.find((topic) => !known.includes(topic));
  if (unknown !== undefined) throw new Error(`There is no topic ${unknown}. There are: ${known.join(", ")}`);
  const listed = chosen(await readTopics(topics.length === 0 ? known : topics), only);
  if (listed.length === 0) throw new Error("There is no such breach");
  if (work === "list") {
    for (const { topic, number, breach } of listed) say(`${topic} ${number}  ${breach.defence}`);
    return true;
  }
  const faults = faultsIn(listed, read);
  for (const fault of faults) say(fault, "red");
  if (faults.length > 0) return false;
  if (work === "check") {
    say(`${listed.length} breaches can be tried`);
    return true;
  }
  return tryAll(listed);
}

async function tryAll(listed: readonly Listed[]): Promise<boolean> {
  const began = performance.now();
  const copy = copyOf(REPOSITORY);
  const files = [...new Set(listed.flatMap(({ breach }) => breach.tests))];
  say(`${listed.length} breaches, ${files.length} test files; first the tests without a breach …`);
  const red = await redOf(copy, files);
  for (const [file, why] of red) say(`${file} is red without a breach: ${why}`, "red");
  if (red.size === 0) sayTimed("all green", began, "grey");
  const kinds: Outcome["kind"][] = [];
  for (const { topic, number, breach } of listed) {
    const since = performance.now();
    say(`\n${topic} ${number}  ${breach.defence}`);
    const file = breach.tests.find((test) => red.has(test));
    const outcome: Outcome =
      file !== undefined ? { kind: "not tried", why: `${file} is red without it` } : await attempt(copy, breach);
    tell(outcome, breach.expects, since);
    kinds.push(outcome.kind);
  }
  const count = (kind: Outcome["kind"]) => kinds.filter((one) => one === kind).length;
  const unnoticed = count("not noticed") + count("not tried");
  const sum = `${count("noticed")} noticed, ${count("not noticed")} not noticed, ${count("not tried")} not tried`;
  say("");
  sayTimed(sum, began, unnoticed === 0 ? "green" : "red");
  return unnoticed === 0;
}

function tell(outcome: Outcome, expects: RegExp, since: number): void {
  if (outcome.kind === "noticed") {
    const more = outcome.by.length > 1 ? ` and ${outcome.by.length - 1} like it` : "";
    const of = `(${outcome.failed} of ${outcome.of} tests failed)`;
    sayTimed(`  noticed by: ${outcome.by[0]}${more} ${of}`, since, "green");
  } else if (outcome.kind === "not noticed") {
    sayTimed(`  NOT NOTICED: of ${outcome.of} tests none that failed fits ${expects}`, since, "red");
    for (const name of outcome.failed.slice(0, 5)) say(`    failed: ${name}`);
  } else {
    sayTimed(`  error, not tried: ${outcome.why}`, since, "yellow");
  }
}

// What is to be removed at the end is removed on "exit", which a signal alone would pass by.
for (const [signal, code] of [
  ["SIGINT", 130],
  ["SIGTERM", 143],
] as const)
  process.once(signal, () => process.exit(code));

try {
  process.exitCode = (await main()) ? 0 : 1;
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 2;
}
