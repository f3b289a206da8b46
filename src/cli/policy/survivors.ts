/** Runs a policy's cases against each of its mutants and keeps those that no case notices. Pure but for patience. */
import type { Json } from "../../json/value.ts";
import type { PolicyCase } from "../../policy/cases.ts";
import { type CompiledPolicy, compilePolicy } from "../../policy/compile.ts";
import { top } from "../../policy/problem.ts";
import { wholePolicy } from "../../policy/read.ts";
import { mutants } from "./mutants.ts";
import type { About } from "./play.ts";
import { runCase } from "./run-cases.ts";
import { casesByOwner } from "./touched.ts";

export type Survivor = { readonly pointer: string; readonly change: string };

export type Mutation = {
  /** Mutants that the cases were run against. */
  readonly tried: number;
  /** Changes that would make no valid policy. */
  readonly skipped: number;
  readonly survivors: readonly Survivor[];
};

/** Yields how many mutants have been looked at so far, after each, so that a caller can show it or take a breath. */
export function* mutate(document: Json, cases: readonly PolicyCase[], about: About): Generator<number, Mutation> {
  const survivors: Survivor[] = [];
  let tried = 0;
  let skipped = 0;
  const policy = policyIn(document);
  const concerned = policy && casesByOwner(policy, cases, about);
  for (const { pointer, owner, change, document: changed } of mutants(document)) {
    const mutant = policyIn(changed);
    if (mutant === undefined) {
      skipped++;
    } else {
      tried++;
      const noticed = concerned?.get(owner)?.some((each) => runCase(mutant, each, about).wrong.length > 0);
      if (!noticed) survivors.push({ pointer, change });
    }
    yield tried + skipped;
  }
  return { tried, skipped, survivors };
}

function policyIn(json: Json): CompiledPolicy | undefined {
  const spot = top();
  const document = wholePolicy(json, spot);
  return document === undefined || spot.notes.length > 0 ? undefined : compilePolicy(document);
}
