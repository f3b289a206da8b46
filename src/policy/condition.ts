/** Conditions made ready to judge: paths read, operators with their values, `not` moved into the operators. */
import { child } from "../json/pointer.ts";
import { type Call, type Found, follow } from "./call.ts";
import type { Criterion } from "./criterion.ts";
import type { Condition } from "./document.ts";
import { criterionOf } from "./operator.ts";
import { everyOutcome, type Outcome, type Reading, someOutcome } from "./outcome.ts";
import { type Path, readPath } from "./path.ts";

/** `written` is the condition as the document has it; under a `not` the criterion is its opposite. */
export type Leaf = {
  readonly kind: "leaf";
  readonly pointer: string;
  readonly written: WrittenLeaf;
  readonly negated: boolean;
  readonly path: Path;
  readonly criterion: Criterion;
};

export type Term = Leaf | { readonly kind: "all" | "any"; readonly pointer: string; readonly of: readonly Term[] };

type WrittenLeaf = Extract<Condition, { kind: "leaf" }>;

/** `pointer` is where the condition stands in its document. */
function compileCondition(condition: Condition, pointer: string, negated = false): Term {
  switch (condition.kind) {
    case "leaf":
      return compileLeaf(condition, pointer, negated);
    case "not":
      return compileCondition(condition.of, child(pointer, "not"), !negated);
    default: {
      // De Morgan: not all of them is any of their opposites.
      const kind = (condition.kind === "all") !== negated ? "all" : "any";
      const at = child(pointer, condition.kind);
      return {
        kind,
        pointer,
        of: condition.of.map((each, index) => compileCondition(each, child(at, index), negated)),
      };
    }
  }
}

/** Of a list whose conditions all have to hold. */
export function compileConditions(conditions: readonly Condition[], pointer: string): readonly Term[] {
  return conditions.map((each, index) => compileCondition(each, child(pointer, index)));
}

export function judgeAll(terms: readonly Term[], call: Call, reading: Reading): Outcome {
  return everyOutcome(terms, (term) => judge(term, call, reading));
}

export function judge(term: Term, call: Call, reading: Reading): Outcome {
  switch (term.kind) {
    case "all":
      return judgeAll(term.of, call, reading);
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

function compileLeaf(written: WrittenLeaf, pointer: string, negated: boolean): Leaf {
  const leaf = { kind: "leaf", pointer, written, negated } as const;
  const path = readPath(written.path);
  const criterion = criterionOf(written.operator, written.value, negated);
  if (!path.ok || !criterion.ok) return { ...leaf, path: { root: "args", steps: [] }, criterion: UNJUDGED };
  return { ...leaf, path: path.path, criterion: criterion.criterion };
}
