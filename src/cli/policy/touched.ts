/**
 * Which parts of a policy a case has to do with. What it never comes to can't change what comes of it, so its mutants
 * need not be tried. Pure. It must never leave out a part that is looked at.
 */
import type { CaseStep, PolicyCase } from "../../policy/cases.ts";
import type { CompiledPolicy } from "../../policy/compile.ts";
import type { Standing } from "../../policy/standing.ts";
import { walk } from "../../policy/walk.ts";
import { type About, callOf } from "./play.ts";

/** The cases that each part has to do with, by its pointer: an entry, a `hide` entry, `/all_tools` or `/default`. */
export function casesByOwner(
  policy: CompiledPolicy,
  cases: readonly PolicyCase[],
  about: About,
): ReadonlyMap<string, readonly PolicyCase[]> {
  const found = new Map<string, PolicyCase[]>();
  for (const each of cases) {
    const owners = new Set([...each.before, each].flatMap((step) => ownersOf(policy, step, about)));
    for (const owner of owners) {
      const concerned = found.get(owner);
      if (concerned === undefined) found.set(owner, [each]);
      else concerned.push(each);
    }
  }
  return found;
}

function ownersOf(policy: CompiledPolicy, step: CaseStep, about: About): string[] {
  if (step.grant === null) return [];
  const owners = ["/all_tools"];
  for (const each of walk(policy, callOf(step, about))) {
    if (each.kind === "standing") owners.push(ownerOf(each.standing));
    if (each.refusal !== undefined) break;
  }
  return owners;
}

/** What decides how the tool stands: changed, it could stand otherwise. */
function ownerOf(standing: Standing): string {
  switch (standing.kind) {
    case "hidden":
      return standing.by.startsWith("/hide/") ? standing.by : standing.by.replace(/\/action$/, "");
    case "listed":
      return standing.entry?.pointer ?? "/default";
    default:
      return "/default";
  }
}
