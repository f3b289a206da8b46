/**
 * The sentence of ours for a wall whose author gave none: what came, why that is denied, what would be allowed.
 *
 * Only called once a wall has denied. It must never decide anything, and never quote more than a short piece.
 */
import { type Call, type Found, follow } from "./call.ts";
import { judge, judgeEnd, type Leaf, type Term } from "./condition.ts";
import { pathLabel, strayed } from "./label.ts";
import type { Outcome, Reading } from "./outcome.ts";
import { hasEach } from "./path.ts";
import { shown, shownWithType } from "./quote.ts";
import type { CompiledWall } from "./wall.ts";

const NAMED = 3;

export function explain({ terms, reading }: CompiledWall, call: Call): string {
  if (reading === "require") {
    const [failed, alone] = firstWith(terms, ["fails", "unknown"], call, reading);
    const hint = alone ? "" : " It is one of several conditions of which one is enough.";
    return failed === undefined ? "A condition of this rule does not hold." : sentence(failed, call, reading) + hint;
  }
  const [unknown] = firstWith(terms, ["unknown"], call, reading);
  if (unknown !== undefined) return sentence(unknown, call, reading);
  const leaves = terms.flatMap(leavesOf).filter((leaf) => judge(leaf, call, reading) === "holds");
  const [only] = leaves;
  if (only === undefined) return "This rule denies every call that it applies to, whatever the arguments.";
  return leaves.length === 1 && terms.length === 1 ? sentence(only, call, reading) : together(leaves, call, reading);
}

/** The first leaf with such an outcome, in the first term that has it too, and whether it stands there alone. */
function firstWith(
  terms: readonly Term[],
  outcomes: readonly Outcome[],
  call: Call,
  reading: Reading,
): readonly [Leaf | undefined, boolean] {
  const has = (term: Term) => outcomes.includes(judge(term, call, reading));
  const term = terms.find(has);
  return term === undefined ? [undefined, true] : [leavesOf(term).find(has), term.kind !== "any"];
}

function leavesOf(term: Term): readonly Leaf[] {
  return term.kind === "leaf" ? [term] : term.of.flatMap(leavesOf);
}

function sentence(leaf: Leaf, call: Call, reading: Reading): string {
  const label = pathLabel(leaf.path);
  const { says, denies, wants } = leaf.criterion;
  const end = decisive(leaf, call, reading);
  if (end?.kind === "astray") return strayed(leaf.path, end);
  const one = hasEach(leaf.path) ? " in one of its elements" : "";
  if (end?.kind === "value" && leaf.criterion.judge(end.value) === "unknown") {
    return `${label} is ${shownWithType(end.value)}${one}; this rule can only judge ${wants} there.`;
  }
  const is = `${label} is ${end?.kind === "value" ? shown(end.value) : "absent"}${one}`;
  if (reading === "require") return `${is}; this rule requires that it ${says}.`;
  return `${is}; this rule denies it when it ${says}, and lets it pass when it ${denies}.`;
}

function together(leaves: readonly Leaf[], call: Call, reading: Reading): string {
  const parts = leaves.slice(0, NAMED).map((leaf) => {
    const end = decisive(leaf, call, reading);
    const label = pathLabel(leaf.path);
    const here = end?.kind === "value" ? shown(end.value) : "absent";
    return `${label.charAt(0).toLowerCase()}${label.slice(1)} ${leaf.criterion.says} (here: ${here})`;
  });
  const more = leaves.length - parts.length;
  return `This rule denies a call in which ${parts.join(" and ")}${more > 0 ? `, and ${more} more of its conditions hold` : ""}.`;
}

/** What the leaf's outcome came from: under `[*]`, the first element that settled it. */
function decisive(leaf: Leaf, call: Call, reading: Reading): Found | undefined {
  const ends = follow(leaf.path, call);
  const settling: Outcome = reading === "deny_if" ? "holds" : "fails";
  return (
    ends.find((end) => judgeEnd(leaf.criterion, end, reading) === settling) ??
    ends.find((end) => judgeEnd(leaf.criterion, end, reading) === "unknown")
  );
}
