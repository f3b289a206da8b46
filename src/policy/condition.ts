/** Conditions made ready to judge: paths read, operators with their values, `not` moved into the operators. */
import { type Call, type Found, follow } from "./call.ts";
import type { Criterion } from "./criterion.ts";
import type { Condition } from "./document.ts";
import { criterionOf } from "./operator.ts";
import { everyOutcome, type Outcome, type Reading, someOutcome } from "./outcome.ts";
import { type Path, readPath } from "./path.ts";

export type Leaf = { readonly kind: "leaf"; readonly path: Path; readonly criterion: Criterion };

export type Term = Leaf | { readonly kind: "all" | "any"; readonly of: readonly Term[] };

export function compileCondition(condition: Condition, negated = false): Term {
  switch (condition.kind) {
    case "leaf":
      return compileLeaf(condition, negated);
    case "not":
      return compileCondition(condition.of, !negated);
    default: {
      // De Morgan: not all of them is any of their opposites.
      const kind = (condition.kind === "all") !== negated ? "all" : "any";
      return { kind, of: condition.of.map((each) => compileCondition(each, negated)) };
    }
  }
}

export function judge(term: Term, call: Call, reading: Reading): Outcome {
  switch (term.kind) {
    case "all":
      return everyOutcome(term.of, (each) => judge(each, call, reading));
    case "any":
      return someOutcome(term.of, (each) => judge(each, call, reading));
    case "leaf": {
      const ends = follow(term.path, call);
      const each = (end: Found) => judgeEnd(term.criterion, end, reading);
      return reading === "deny_if" ? someOutcome(ends, each) : everyOutcome(ends, each);
    }
  }
}

export function judgeEnd(criterion: Criterion, end: Found, reading: Reading): Outcome {
  switch (end.kind) {
    case "value":
      return criterion.judge(end.value);
    case "astray":
      return "unknown";
    case "absent":
      if (criterion.absent !== "guarded") return criterion.absent;
      return reading === "deny_if" ? "holds" : "fails";
  }
}

/** What can't be read can't be judged. Documents that were read hold no such leaf; a made-up one must not pass. */
const UNJUDGED: Criterion = {
  judge: () => "unknown",
  absent: "unknown",
  says: "can be judged",
  denies: "can't be judged",
  wants: "a rule that can be read",
};

function compileLeaf(condition: Extract<Condition, { kind: "leaf" }>, negated: boolean): Leaf {
  const path = readPath(condition.path);
  const criterion = criterionOf(condition.operator, condition.value, negated);
  if (!path.ok || !criterion.ok) return { kind: "leaf", path: { root: "args", steps: [] }, criterion: UNJUDGED };
  return { kind: "leaf", path: path.path, criterion: criterion.criterion };
}
