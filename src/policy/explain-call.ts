/**
 * Tells the whole way of one call. It goes along the walk that decides and judges by the functions that judge there; it
 * must never come to an outcome of its own.
 */
import { formatMillionths } from "../json/decimal.ts";
import type { Call } from "./call.ts";
import { follow } from "./call.ts";
import type { CompiledPolicy } from "./compile.ts";
import { judge, judgeAll, judgeEnd, type Term } from "./condition.ts";
import type { Refusal } from "./decision.ts";
import type { Detail, ExplainedCondition, ExplainedStep, Explanation } from "./explained.ts";
import { type CompiledLimit, counterLabel } from "./limit.ts";
import type { Reading } from "./outcome.ts";
import type { Standing } from "./standing.ts";
import type { Step } from "./step.ts";
import { walk } from "./walk.ts";

export function explainCall(policy: CompiledPolicy | null, call: Call): Explanation {
  const steps: ExplainedStep[] = [];
  let refusal: Refusal | undefined;
  for (const step of walk(policy, call)) {
    steps.push(explainedStep(step, refusal === undefined));
    refusal ??= step.refusal;
  }
  const text = refusal === undefined || refusal.effect === "hide" ? null : refusal.text;
  return { effect: refusal?.effect ?? "allow", rule: refusal?.rule ?? null, text, steps };
}

const OUTCOMES = { deny: "denies", hide: "hides", approval: "asks" } as const;

function explainedStep(step: Step, reached: boolean): ExplainedStep {
  const { depth, call, refusal } = step;
  return {
    depth,
    tool: call.tool,
    rule: ruleOf(step),
    outcome: refusal === undefined ? "passes" : OUTCOMES[refusal.effect],
    text: refusal === undefined || refusal.effect === "hide" ? null : refusal.text,
    reached,
    ...detailOf(step),
  };
}

/** The rule that was looked at, also where it let the call pass. */
function ruleOf(step: Step): string {
  switch (step.kind) {
    case "standing":
      return standingRule(step.standing);
    case "pin":
      return "(definition)";
    case "action":
      return `${step.entry.pointer}/action`;
    case "wall":
      return step.wall.rule;
    case "arguments":
      return step.rule;
    case "unwrap":
      return step.unwrap.rule;
    case "approval":
      return step.approval.rule;
    case "limit":
      return step.limit.rule;
  }
}

function standingRule(standing: Standing): string {
  switch (standing.kind) {
    case "no policy":
      return "(no policy)";
    case "hidden":
      return standing.by;
    case "unlisted":
      return "/default";
    case "listed":
      return standing.entry?.pointer ?? "/default";
  }
}

function detailOf(step: Step): Detail {
  const { kind, call } = step;
  switch (kind) {
    case "standing":
      return { kind, standing: step.standing.kind };
    case "pin":
      return { kind, pin: step.pin };
    case "action":
      return { kind };
    case "wall":
      return { kind, reading: step.wall.reading, ...judged(step.wall.terms, call, step.wall.reading) };
    case "arguments":
      return { kind, schema: call.schemaOf?.(call.tool) === undefined ? "unknown" : "known" };
    case "unwrap":
      return { kind, inner: step.inner === undefined ? null : innerOf(step.inner) };
    case "approval":
      return { kind, ...judged(step.approval.when, call, "deny_if") };
    case "limit":
      return { kind, ...limitDetail(step.limit), amount: step.demand ? formatMillionths(step.demand.amount) : null };
  }
}

function innerOf({ tool, arguments: args }: Call) {
  return { tool, arguments: args };
}

function limitDetail({ counter, window, align, scope, max }: CompiledLimit) {
  return { counter: counterLabel(counter), window, align, scope, max: formatMillionths(max) };
}

function judged(terms: readonly Term[], call: Call, reading: Reading) {
  const conditions = terms.map((term) => explainedCondition(term, call, reading));
  return { truth: judgeAll(terms, call, reading), conditions };
}

function explainedCondition(term: Term, call: Call, reading: Reading): ExplainedCondition {
  const { kind, pointer } = term;
  const outcome = judge(term, call, reading);
  if (kind !== "leaf")
    return { kind, pointer, outcome, of: term.of.map((each) => explainedCondition(each, call, reading)) };
  const { path, operator, value } = term.written;
  const seen = follow(term.path, call).map((end) => ({ ...end, outcome: judgeEnd(term.criterion, end, reading) }));
  return { kind, pointer, outcome, path, op: operator, value, negated: term.negated, seen };
}
