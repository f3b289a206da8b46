/**
 * What judging a condition can come to. Three outcomes, not two: a value of a type that an operator can't judge
 * neither holds nor fails, and every wall denies on it. It must never become a plain boolean on the way.
 */

export type Outcome = "holds" | "fails" | "unknown";

/**
 * Which kind of list a condition stands in. It decides what an absent value means to a negative operator, and
 * whether one element under `[*]` is enough.
 */
export type Reading = "deny_if" | "require";

export function outcomeOf(truth: boolean): Outcome {
  return truth ? "holds" : "fails";
}

/** Strong Kleene "and": `fails` wins over `unknown`. Nothing at all holds. */
export function everyOutcome<T>(parts: readonly T[], judge: (part: T) => Outcome): Outcome {
  let result: Outcome = "holds";
  for (const part of parts) {
    const outcome = judge(part);
    if (outcome === "fails") return "fails";
    if (outcome === "unknown") result = "unknown";
  }
  return result;
}

/** Strong Kleene "or": `holds` wins over `unknown`. Nothing at all fails. */
export function someOutcome<T>(parts: readonly T[], judge: (part: T) => Outcome): Outcome {
  let result: Outcome = "fails";
  for (const part of parts) {
    const outcome = judge(part);
    if (outcome === "holds") return "holds";
    if (outcome === "unknown") result = "unknown";
  }
  return result;
}
