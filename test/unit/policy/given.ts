/** What the tests of this room share: a policy from a plain value, a call from a text, and what came of it. */
import { parseJson } from "../../../src/json/parse.ts";
import { isObject, type JsonObject } from "../../../src/json/value.ts";
import { type CompiledPolicy, compilePolicy } from "../../../src/policy/compile.ts";
import { type Call, type Decision, decide } from "../../../src/policy/decide.ts";
import { type PolicyProblem, readPolicy } from "../../../src/policy/read.ts";

export function policyOf(document: unknown): CompiledPolicy {
  const text = typeof document === "string" ? document : JSON.stringify(document);
  const read = readPolicy(text);
  if (!read.ok) throw new Error(`the policy does not read: ${JSON.stringify(read.problems)}`);
  return compilePolicy(read.document);
}

/** A policy that lists the one tool `t` and refuses all others. */
export function policyFor(entry: unknown, rest: object = {}): CompiledPolicy {
  return policyOf({ version: "1", default: "deny", tools: { t: entry }, ...rest });
}

/** Arguments as text, so that numbers keep the digits a caller would send. */
export function callOf(args = "{}", rest: Partial<Call> = {}): Call {
  return {
    tool: "t",
    arguments: objectOf(args),
    server: "billing",
    grant: { id: "g1", label: "laptop", tags: ["dev", "eu"] },
    time: Date.UTC(2026, 0, 1),
    ...rest,
  };
}

export function objectOf(text: string): JsonObject {
  const parsed = parseJson(text);
  if (!parsed.ok || !isObject(parsed.value)) throw new Error(`no JSON object: ${text}`);
  return parsed.value;
}

/** `allow`, or the effect with the rule: `deny /tools/t/deny_if/0`. */
export function verdict(decision: Decision): string {
  return decision.effect === "allow" ? "allow" : `${decision.effect} ${decision.rule}`;
}

export function textOf(decision: Decision): string {
  return decision.effect === "deny" || decision.effect === "approval" ? decision.text : "";
}

/** What a `deny_if` and a `require` with this one condition make of the arguments. */
export function judged(condition: unknown, args: string): { readonly deny_if: string; readonly require: string } {
  const of = (list: "deny_if" | "require") =>
    decide(policyFor({ [list]: [{ conditions: [condition] }] }), callOf(args)).effect;
  return { deny_if: of("deny_if"), require: of("require") };
}

export const HOLDS = { deny_if: "deny", require: "allow" };
export const FAILS = { deny_if: "allow", require: "deny" };
/** Can't be told; also what an absent value comes to for an operator that guards. */
export const DENIES = { deny_if: "deny", require: "deny" };

export function problemsOf(document: unknown): readonly PolicyProblem[] {
  const read = readPolicy(typeof document === "string" ? document : JSON.stringify(document));
  return read.ok ? [] : read.problems;
}

/** Problems of a document whose only tool `t` has this entry, as `pointer: message`. */
export function faultsOf(entry: unknown, rest: object = {}): readonly string[] {
  const problems = problemsOf({ version: "1", default: "deny", tools: { t: entry }, ...rest });
  return problems.map(({ pointer, message }) => `${pointer}: ${message}`);
}
