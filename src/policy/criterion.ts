/**
 * An operator with its value, ready to judge what a path leads to. Every operator is one of these, its negation
 * too, so that `not` is read away when a policy is compiled.
 */
import type { Json } from "../json/value.ts";
import { type Outcome, outcomeOf } from "./outcome.ts";

export type Criterion = {
  /** Judges a value that is present. Must answer "unknown" for every type that the operator does not judge. */
  readonly judge: (value: Json) => Outcome;
  /** What an absent value comes to. `guarded`: holds in a `deny_if`, fails in a `require`, so it denies in both. */
  readonly absent: Outcome | "guarded";
  /** What it says of a value, after "it": `is above 100`. */
  readonly says: string;
  /** What it says when it does not hold: `is at most 100`. */
  readonly denies: string;
  /** The type it can judge: `a number`. */
  readonly wants: string;
};

export type CriterionRead =
  | { readonly ok: true; readonly criterion: Criterion }
  | { readonly ok: false; readonly reason: string };

/**
 * What judges, or its opposite. The opposite guards, as `neq` does beside `eq`: an absent value is no reason to let a
 * call pass that must not contain, match or lie in something.
 */
export function either(negated: boolean, positive: Omit<Criterion, "absent">): CriterionRead {
  if (!negated) return made({ ...positive, absent: "fails" });
  const { judge, says, denies, wants } = positive;
  const opposite = (value: Json): Outcome => {
    const outcome = judge(value);
    return outcome === "unknown" ? "unknown" : outcomeOf(outcome === "fails");
  };
  return made({ judge: opposite, absent: "guarded", says: denies, denies: says, wants });
}

export function made(criterion: Criterion): CriterionRead {
  return { ok: true, criterion };
}

export function unfit(reason: string): CriterionRead {
  return { ok: false, reason };
}
