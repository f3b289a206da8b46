/** `--fail-on`: the classes and kinds of finding with which a scan in CI fails. */
import { CLASSES, type ToolClass } from "../../tools/classify/class.ts";
import { usage } from "../failure.ts";
import { FINDING_KINDS, type FindingKind } from "./kinds.ts";
import { findingsOf, type Report } from "./report.ts";

export type Condition = ToolClass | FindingKind;

const CONDITIONS: readonly Condition[] = [...CLASSES.toReversed(), ...FINDING_KINDS];

/** `lists`: each with commas between its words. */
export function readConditions(lists: readonly string[]): readonly Condition[] {
  const words = lists.flatMap((list) => list.split(",")).map((word) => word.trim().toLowerCase());
  const conditions = words.filter((word) => word !== "").map(readCondition);
  if (lists.length > 0 && conditions.length === 0) throw usage("--fail-on names nothing.", KNOWN);
  return [...new Set(conditions)];
}

const KNOWN = `It takes: ${CONDITIONS.join(", ")}.`;

function readCondition(word: string): Condition {
  const condition = CONDITIONS.find((each) => each === word);
  if (condition === undefined) throw usage(`--fail-on does not know "${word}".`, KNOWN);
  return condition;
}

export type Met = { readonly condition: Condition; readonly count: number };

/** Those that hold, and for how many tools or prompts. */
export function conditionsMet(report: Report, conditions: readonly Condition[]): readonly Met[] {
  const all = findingsOf(report);
  return conditions
    .map((condition) => {
      const ofClass = report.tools.filter((tool) => tool.class === condition).length;
      const ofKind = new Set(all.filter(({ finding }) => finding.kind === condition).map(({ of }) => of)).size;
      return { condition, count: ofClass + ofKind };
    })
    .filter(({ count }) => count > 0);
}
