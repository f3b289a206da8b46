/**
 * What only the policy can tell of its cases: rules that it does not have, tools that nobody has. Pure.
 *
 * A made-up tool is a fair test where it is refused; one that is expected to pass is a typing error.
 */
import { child } from "../../json/pointer.ts";
import type { PolicyCase } from "../../policy/cases.ts";
import { type CompiledPolicy, compilePolicy } from "../../policy/compile.ts";
import type { PolicyDocument } from "../../policy/document.ts";
import { quoted } from "../../policy/quote.ts";
import { standingOf } from "../../policy/standing.ts";
import { didYouMean } from "../../policy/suggest.ts";
import { rulesOf } from "./rules.ts";
import type { ToolList } from "./tools-file.ts";

export type CaseNote = { readonly pointer: string; readonly message: string };

const OUTSIDE = ["(no policy)", "(hidden)", "(default deny)"];

export function crosscheckCases(
  cases: readonly PolicyCase[],
  document: PolicyDocument,
  tools: ToolList | undefined,
): CaseNote[] {
  const policy = compilePolicy(document);
  const rules = rulesOf(document)
    .filter(({ named }) => named)
    .map(({ pointer }) => pointer);
  return cases.flatMap((each) => [
    ...unknownRule(each, rules),
    ...(passes(each) ? unknownTool(each, policy, document, tools) : []),
  ]);
}

function unknownRule({ pointer, expect: { rule } }: PolicyCase, rules: readonly string[]): CaseNote[] {
  if (rule === undefined || OUTSIDE.includes(rule) || rules.includes(rule)) return [];
  const message = `the policy has no rule ${quoted(rule, 200)}${otherRules(rule, rules)}`;
  return [{ pointer: child(child(pointer, "expect"), "rule"), message }];
}

const NAMED = 5;

/** The rules of the same owner, or one that is written alike. */
function otherRules(rule: string, rules: readonly string[]): string {
  const owner = /^(?:\/all_tools|\/tools\/[^/]*)\//.exec(rule)?.[0];
  const beside = owner === undefined ? [] : rules.filter((each) => each.startsWith(owner));
  if (beside.length === 0) return didYouMean(rule, [...OUTSIDE, ...rules]);
  const more = beside.length > NAMED ? ` and ${beside.length - NAMED} more` : "";
  return `; it has ${beside.slice(0, NAMED).join(", ")}${more}`;
}

function passes({ grant, expect: { effect } }: PolicyCase): boolean {
  return grant !== null && (effect === "allow" || effect === "limit" || effect === "approval");
}

function unknownTool(
  { pointer, call: { tool } }: PolicyCase,
  policy: CompiledPolicy,
  document: PolicyDocument,
  tools: ToolList | undefined,
): CaseNote[] {
  const at = child(child(pointer, "call"), "tool");
  if (standingOf(policy, tool).kind === "unlisted") {
    const message = `the policy lists no tool ${quoted(tool)}${didYouMean(tool, document.tools.keys())}`;
    return [{ pointer: at, message }];
  }
  if (tools === undefined || tools.has(tool) || document.tools.has(tool)) return [];
  return [{ pointer: at, message: `the server lists no tool ${quoted(tool)}${didYouMean(tool, tools.keys())}` }];
}
