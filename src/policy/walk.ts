/**
 * The way of a call through a policy, in the one order there is.
 *
 * Deciding stops at the first step that refuses; explaining looks at all of them. Both come along here, so that what is
 * told of a decision is what was decided. It must never leave out a step that could refuse.
 */
import type { Call } from "./call.ts";
import type { CompiledPolicy } from "./compile.ts";
import { standingOf } from "./standing.ts";
import {
  atAction,
  atApproval,
  atArguments,
  atLimit,
  atPin,
  atStanding,
  atUnwrap,
  atWall,
  type Level,
  type Step,
} from "./step.ts";

export function* walk(policy: CompiledPolicy | null, outermost: Call): Generator<Step, void> {
  const levels: Level[] = [];
  let call: Call | undefined = outermost;
  while (call !== undefined) {
    const at = { depth: levels.length, call };
    const standing = standingOf(policy, call.tool);
    yield atStanding(at, standing);
    if (standing.kind !== "listed") break;
    const { entry } = standing;
    if (entry?.action === "deny") yield atAction(at, entry);
    const own = entry?.rules();
    const owners = own === undefined ? [standing.policy.allTools] : [standing.policy.allTools, own];
    levels.push({ ...at, own, owners });
    for (const { walls } of owners) for (const wall of walls) yield atWall(at, wall);
    // Only now: what the rules refuse by themselves must not make anyone ask the server.
    if (call.pinOf !== undefined) yield atPin(at, call.pinOf(call.tool));
    const strict = owners.find((owner) => owner.strict !== undefined)?.strict;
    if (strict !== undefined) yield atArguments(at, strict);
    call = undefined;
    if (own?.unwrap !== undefined) {
      const step = atUnwrap(at, own.unwrap, levels[0]?.own?.unwrap?.rule ?? own.unwrap.rule);
      yield step;
      if (step.refusal === undefined) call = step.inner;
    }
  }
  // What the call will do stands innermost, so that is what a human is asked about first.
  for (const level of levels.toReversed()) for (const each of level.own?.approvals ?? []) yield atApproval(level, each);
  for (const level of levels)
    for (const { limits } of level.owners) for (const each of limits) yield atLimit(level, each);
}
