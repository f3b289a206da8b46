/** Rules that no call ever comes to, and walls that never deny. */
import type { AllTools, ToolEntry } from "../document.ts";
import { below, note, onKey, pointerOf, type Spot } from "../problem.ts";
import { quoted } from "../quote.ts";
import { alwaysDenies, neverDenies } from "./possible.ts";
import { entriesIn, ownersIn, type Survey, sharedIn, wallsIn } from "./survey.ts";

export function unreachedRules(survey: Survey): void {
  for (const owner of ownersIn(survey)) {
    for (const wall of wallsIn(owner)) if (neverDenies(wall)) note(wall.spot, "this wall never denies anything");
  }
  const shared = sharedIn(survey);
  const blocking = behindWall(shared.rules, shared.spot);
  for (const { key, entry, spot } of entriesIn(survey)) {
    if (entry.action === "deny" || entry.action === "hide") {
      for (const field of fieldsOf(entry))
        note(onKey(below(spot, field)), `${UNUSED[entry.action]}, so this is never looked at`);
    } else if (blocking !== undefined) {
      note(onKey(spot), `${quoted(blocking)} denies every call of every tool, so ${quoted(key)} is never looked at`);
    } else behindWall(entry, spot, fieldsOf(entry));
  }
}

const UNUSED = { deny: '"action" denies every call of this tool', hide: '"action" hides this tool' } as const;

/** Pointer to the wall that denies every call, once all that stands behind it was noted. */
function behindWall(rules: AllTools, spot: Spot, fields = sharedFieldsOf(rules)): string | undefined {
  const walls = wallsIn({ rules, spot });
  const first = walls.findIndex(alwaysDenies);
  const wall = walls[first];
  if (wall === undefined) return undefined;
  const pointer = pointerOf(wall.spot);
  const message = `${quoted(pointer)} denies every call before this is looked at`;
  for (const later of walls.slice(first + 1)) note(later.spot, message);
  for (const field of fields) if (field !== "require" && field !== "deny_if") note(onKey(below(spot, field)), message);
  return pointer;
}

/** Fields with rules in them. */
function fieldsOf(entry: ToolEntry): readonly string[] {
  return [
    ...sharedFieldsOf(entry),
    ...(entry.rateLimit ? ["rate_limit"] : []),
    ...(entry.unwrap ? ["unwrap"] : []),
    ...(entry.approval ? ["approval"] : []),
  ];
}

function sharedFieldsOf(rules: AllTools): readonly string[] {
  return [
    ...(rules.denyIf.length > 0 ? ["deny_if"] : []),
    ...(rules.require.length > 0 ? ["require"] : []),
    ...(rules.arguments === "strict" ? ["arguments"] : []),
    ...(rules.limits.length > 0 ? ["limits"] : []),
  ];
}
