/**
 * What a condition could come to over all calls there are. Only what is certain is left out: where it says that an
 * outcome is impossible, no call has it.
 */
import type { Condition } from "../document.ts";
import type { Outcome, Reading } from "../outcome.ts";
import { hasEach, readPath } from "../path.ts";
import type { PlacedWall } from "./survey.ts";

type Possible = ReadonlySet<Outcome>;

const ANY: Possible = new Set(["holds", "fails", "unknown"]);

/** Denies every call that comes to it. */
export function alwaysDenies({ reading, conditions }: PlacedWall): boolean {
  return !every(conditions.map((each) => possible(each, reading, false))).has(
    reading === "deny_if" ? "fails" : "holds",
  );
}

/** Lets every call pass. */
export function neverDenies({ reading, conditions }: PlacedWall): boolean {
  const outcomes = every(conditions.map((each) => possible(each, reading, false)));
  return outcomes.size === 1 && outcomes.has(reading === "deny_if" ? "fails" : "holds");
}

function possible(condition: Condition, reading: Reading, negated: boolean): Possible {
  switch (condition.kind) {
    case "leaf":
      return isEmptyList(condition) ? ofEmptyList(condition, reading, negated) : ANY;
    case "not":
      return possible(condition.of, reading, !negated);
    default: {
      const parts = condition.of.map((each) => possible(each, reading, negated));
      return (condition.kind === "all") !== negated ? every(parts) : some(parts);
    }
  }
}

type Leaf = Extract<Condition, { kind: "leaf" }>;

/** A condition that compares with a list of nothing. */
export function isEmptyList({ operator, value }: Leaf): boolean {
  return /^(?:not_)?in(?:_cidr)?$/.test(operator) && Array.isArray(value) && value.length === 0;
}

/** Nothing is in it, so all that can differ is whether there is a value, and whether the path leads to one. */
function ofEmptyList({ operator, path }: Leaf, reading: Reading, negated: boolean): Possible {
  const read = readPath(path);
  if (!read.ok || hasEach(read.path)) return ANY;
  const isIn = operator.startsWith("in") !== negated;
  if (isIn) return new Set(["fails", "unknown"]);
  return reading === "deny_if" ? new Set(["holds", "unknown"]) : ANY;
}

function every(parts: readonly Possible[]): Possible {
  return combined(parts, "holds", "fails");
}

function some(parts: readonly Possible[]): Possible {
  return combined(parts, "fails", "holds");
}

/** `unless` comes out when all parts come to it; one part is enough for `wins`. */
function combined(parts: readonly Possible[], unless: Outcome, wins: Outcome): Possible {
  const outcomes = new Set<Outcome>();
  if (parts.every((part) => part.has(unless))) outcomes.add(unless);
  if (parts.some((part) => part.has(wins))) outcomes.add(wins);
  if (parts.some((part) => part.has("unknown")) && parts.every((part) => part.has("unknown") || part.has(unless))) {
    outcomes.add("unknown");
  }
  return outcomes;
}
