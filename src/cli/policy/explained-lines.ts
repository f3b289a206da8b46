/** The way of a call through a policy, told as a person would: each rule in turn, what it saw, what it made of it. Pure. */
import { canonicalJson } from "../../json/canonical.ts";
import { isObject, type Json } from "../../json/value.ts";
import type { ExplainedCondition, ExplainedStep, Seen } from "../../policy/explained.ts";
import type { Outcome } from "../../policy/outcome.ts";
import { shownWithType } from "../../policy/quote.ts";
import { allowanceText } from "../../policy/told.ts";
import { cut } from "../table.ts";

/** `at` is the pointer of a rule or a condition that stands in the policy. */
export type Line = { readonly indent: number; readonly text: string; readonly at?: string };

/** What a rule is and what it saw; without what came of it, which the step itself says. */
export function stepLines(step: ExplainedStep): Line[] {
  switch (step.kind) {
    case "standing":
      return [line(0, STANDINGS[step.standing](step))];
    case "pin":
      return [line(0, `its definition is ${step.pin}`)];
    case "action":
      return [line(0, "refuses every call of the tool")];
    case "arguments":
      return [
        line(0, "arguments have to fit the tool's schema"),
        ...(step.schema === "unknown" ? [line(1, "the schema is not known: it would stand in tools.json")] : []),
      ];
    case "unwrap": {
      const { inner } = step;
      return [line(0, inner === null ? "carries no call" : `carries a call of ${inner.tool} ${json(inner.arguments)}`)];
    }
    case "wall":
      return [
        line(0, step.reading === "deny_if" ? denyIf(step) : require(step)),
        ...conditionLines(step.conditions, 1),
        ...(step.truth === "unknown" ? [line(0, "what can't be told is denied")] : []),
      ];
    case "approval":
      return [
        line(0, step.conditions.length === 0 ? "asks a human about every call" : "asks a human when all of this holds"),
        ...conditionLines(step.conditions, 1),
      ];
    case "limit":
      return [line(0, limitText(step))];
  }
}

type Of<K extends ExplainedStep["kind"]> = Extract<ExplainedStep, { readonly kind: K }>;

const STANDINGS: Readonly<Record<Of<"standing">["standing"], (step: ExplainedStep) => string>> = {
  "no policy": () => "the grant has no policy",
  hidden: ({ tool }) => `hides ${tool}`,
  unlisted: ({ tool }) => `no entry names ${tool}, and what is not named is denied`,
  listed: ({ tool, rule }) =>
    rule === "/default" ? `no entry names ${tool}, and what is not named is allowed` : `is the entry of ${tool}`,
};

function denyIf({ conditions }: Of<"wall">): string {
  return conditions.length === 0 ? "denies every call" : `denies when ${together(conditions)}`;
}

function require({ conditions }: Of<"wall">): string {
  return conditions.length === 0 ? "requires nothing" : `requires that ${together(conditions)}`;
}

function together({ length }: readonly unknown[]): string {
  return length === 1 ? "this holds" : "all of this holds";
}

function limitText({ counter, amount, max, window, align, scope }: Of<"limit">): string {
  const takes = amount === null ? "can't tell what the call takes" : `takes ${amount}`;
  return `${takes} from ${JSON.stringify(counter)}, ${allowanceText(max, { window, align, scope })}`;
}

const OUTCOMES: Readonly<Record<Outcome, string>> = {
  holds: "holds",
  fails: "does not hold",
  unknown: "can't be told",
};

function conditionLines(conditions: readonly ExplainedCondition[], indent: number): Line[] {
  return conditions.flatMap((condition): Line[] => {
    const { outcome, pointer } = condition;
    if (condition.kind !== "leaf") {
      const what = condition.kind === "all" ? "all of" : "any of";
      const head = line(indent, `${what}: ${OUTCOMES[outcome]}`, pointer);
      return [head, ...conditionLines(condition.of, indent + 1)];
    }
    const { path, op, value, negated, seen } = condition;
    const text = `${negated ? "not " : ""}${path} ${op} ${json(value)}: ${OUTCOMES[outcome]}`;
    if (seen.length === 1) return [line(indent, `${text}, ${seenText(seen[0])}`, pointer)];
    if (seen.length === 0) return [line(indent, `${text}, the list is empty`, pointer)];
    return [line(indent, text, pointer), ...elementLines(seen, indent + 1)];
  });
}

const NAMED = 5;

function elementLines(seen: readonly Seen[], indent: number): Line[] {
  const lines = seen
    .slice(0, NAMED)
    .map((each, index) => line(indent, `element ${index}: ${OUTCOMES[each.outcome]}, ${seenText(each)}`));
  const more = seen.length - NAMED;
  return more > 0 ? [...lines, line(indent, `and ${more} more`)] : lines;
}

function seenText(seen: Seen | undefined): string {
  switch (seen?.kind) {
    case "value":
      return `it is ${value(seen.value)}`;
    case "astray":
      return `on the way to it ${seen.wanted} is needed, and ${value(seen.value)} stands there`;
    default:
      return "it is absent";
  }
}

/** An argument: whether a number is one, or a text that looks like it, is often the whole point. */
function value(seen: Json): string {
  return Array.isArray(seen) || isObject(seen) ? json(seen) : shownWithType(seen);
}

/** As much of a text as fits a line. */
function json(value: Json): string {
  return cut(canonicalJson(value), 60);
}

function line(indent: number, text: string, at?: string): Line {
  return { indent, text, ...(at !== undefined && { at }) };
}
