/** One entry of `require` or `deny_if`, and whether it lets a call through. */
import { child } from "../json/pointer.ts";
import type { Call } from "./call.ts";
import { compileConditions, judgeAll, type Term } from "./condition.ts";
import type { Wall } from "./document.ts";
import type { Reading } from "./outcome.ts";

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
    terms: compileConditions(wall.conditions, child(rule, "conditions")),
    text: wall.onDeny || reason || undefined,
  };
}

/** A `deny_if` denies when its conditions hold, a `require` when they do not; both when that can't be told. */
export function denies({ terms, reading }: CompiledWall, call: Call): boolean {
  return judgeAll(terms, call, reading) !== (reading === "deny_if" ? "fails" : "holds");
}
