/** The parts of a policy document with their places, for all that looks through it for what its author can't have meant. */
import type { Json } from "../../json/value.ts";
import type { AllTools, Condition, PolicyDocument, ToolEntry } from "../document.ts";
import type { Reading } from "../outcome.ts";
import { below, type Spot } from "../problem.ts";

/** A tool as its server lists it. */
export type ListedTool = { readonly name: string; readonly inputSchema?: Json };

export type Survey = {
  readonly document: PolicyDocument;
  readonly top: Spot;
  /** What the server lists; undefined when that is not known. */
  readonly tools: readonly ListedTool[] | undefined;
};

/** `all_tools`, which is no entry, or one. */
export type Owner = { readonly rules: AllTools; readonly entry: ToolEntry | undefined; readonly spot: Spot };

export type Entry = Owner & { readonly key: string; readonly entry: ToolEntry };

export function sharedIn({ document, top }: Survey): Owner {
  return { rules: document.allTools, entry: undefined, spot: below(top, "all_tools") };
}

export function entriesIn({ document, top }: Survey): readonly Entry[] {
  const spot = below(top, "tools");
  return [...document.tools].map(([key, entry]) => ({ key, rules: entry, entry, spot: below(spot, key) }));
}

export function ownersIn(survey: Survey): readonly Owner[] {
  return [sharedIn(survey), ...entriesIn(survey)];
}

export type PlacedWall = {
  readonly reading: Reading;
  readonly conditions: readonly Condition[];
  readonly spot: Spot;
};

/** In the order in which they are looked at. */
export function wallsIn({ rules, spot }: Pick<Owner, "rules" | "spot">): readonly PlacedWall[] {
  const placed = (reading: Reading, walls: AllTools["require"]): readonly PlacedWall[] =>
    walls.map(({ conditions }, index) => ({ reading, conditions, spot: below(below(spot, reading), index) }));
  return [...placed("deny_if", rules.denyIf), ...placed("require", rules.require)];
}

export type PlacedCondition = {
  readonly condition: Condition;
  readonly reading: Reading;
  /** Under an odd number of `not`. */
  readonly negated: boolean;
  readonly spot: Spot;
};

/** Every condition of a list, groups and what is in them. */
export function conditionsIn(
  conditions: readonly Condition[],
  reading: Reading,
  list: Spot,
  negated = false,
): readonly PlacedCondition[] {
  return conditions.flatMap((condition, index) => within({ condition, reading, negated, spot: below(list, index) }));
}

function within(placed: PlacedCondition): readonly PlacedCondition[] {
  const { condition, reading, negated, spot } = placed;
  switch (condition.kind) {
    case "leaf":
      return [placed];
    case "not":
      return within({ condition: condition.of, reading, negated: !negated, spot: below(spot, "not") });
    default:
      return [placed, ...conditionsIn(condition.of, reading, below(spot, condition.kind), negated)];
  }
}

/** Every condition of an owner: those of its walls, and of its approval. */
export function allConditionsIn(owner: Owner): readonly PlacedCondition[] {
  const walls = wallsIn(owner).flatMap(({ conditions, reading, spot }) => {
    return conditionsIn(conditions, reading, below(spot, "conditions"));
  });
  const when = owner.entry?.approval?.when ?? [];
  return [...walls, ...conditionsIn(when, "deny_if", below(below(owner.spot, "approval"), "when"))];
}
