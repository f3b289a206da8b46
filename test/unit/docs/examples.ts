/** The policies of docs/examples with their cases, run as `grantgate policy test` runs them. */
import { join } from "node:path";
import { charge, emptyBooks } from "../../../src/cli/policy/count.ts";
import { findFiles } from "../../../src/cli/policy/find.ts";
import { callOf, play } from "../../../src/cli/policy/play.ts";
import { type Run, suitesOf } from "../../../src/cli/policy/suite.ts";
import type { Limited } from "../../../src/ledger/take.ts";
import type { PolicyCase } from "../../../src/policy/cases.ts";
import { compilePolicy } from "../../../src/policy/compile.ts";
import { type Decision, decide, type LimitDemand } from "../../../src/policy/decide.ts";
import { readPolicy } from "../../../src/policy/read.ts";
import { ROOT } from "./page.ts";

export type Example = { readonly name: string } & Run;

export const EXAMPLES: readonly Example[] = findFiles(join(ROOT, "docs/examples"), ROOT)
  .flatMap(suitesOf)
  .map((suite) => {
    if (suite.kind === "broken") throw new Error(`${suite.file} can't be read: ${JSON.stringify(suite.problems)}`);
    return { ...suite, name: suite.policy.replace("examples/", "") };
  });

export function exampleOf(name: string): Example {
  const example = EXAMPLES.find((each) => each.name === name);
  if (example === undefined) throw new Error(`there is no docs/examples/${name}.json`);
  return example;
}

/** Everything that a client is told in any of the cases. */
export function allTold(): ReadonlySet<string> {
  return new Set(EXAMPLES.flatMap(({ results }) => results.flatMap(({ actual }) => actual.text ?? [])));
}

/** The case of an example in which the client is told this. */
export function caseThatTells({ results }: Example, text: string): PolicyCase {
  const found = results.find(({ actual }) => actual.text === text);
  if (found === undefined) throw new Error(`in no case is a client told ${text}`);
  return found.case;
}

/** The decision about a case's last call, and the limit that refused it. */
export function decided(
  { tested: { text, about } }: Example,
  last: PolicyCase,
): { readonly decision: Decision; readonly limit: { readonly demand: LimitDemand; readonly limited: Limited } | null } {
  const read = readPolicy(text);
  if (!read.ok) throw new Error("the example does not read");
  const policy = compilePolicy(read.document);
  const books = emptyBooks();
  for (const step of last.before) play(policy, step, books, about);
  const decision = decide(policy, callOf(last, about));
  if (decision.effect !== "allow" || last.grant === null) return { decision, limit: null };
  const limited = charge(books, decision.limits, last.grant, last.at);
  const demand = limited === null ? undefined : decision.limits[limited.demand];
  return { decision, limit: limited === null || demand === undefined ? null : { demand, limited } };
}
