/** One entry of `require` or `deny_if`, and whether it lets a call through. */
import type { Call } from "./call.ts";
import { compileCondition, judge, type Term } from "./condition.ts";
import type { Wall } from "./document.ts";
import { everyOutcome, type Reading } from "./outcome.ts";

export type CompiledWall = {
  readonly rule: string;
  readonly reading: Reading;
  readonly terms: readonly Term[];
  /** The author's own text, when there is one. */
  readonly text: string | undefined;
};

export function compileWall(wall: Wall, rule: string, reading: Reading, reason: string | undefined): CompiledWall {
  return {
    rule,
    reading,
    terms: wall.conditions.map((each) => compileCondition(each)),
    text: wall.onDeny || reason || undefined,
  };
}

/** A `deny_if` denies when its conditions hold, a `require` when they do not; both when that can't be told. */
export function denies(wall: CompiledWall, call: Call): boolean {
  const outcome = everyOutcome(wall.terms, (term) => judge(term, call, wall.reading));
  return outcome !== (wall.reading === "deny_if" ? "fails" : "holds");
}
