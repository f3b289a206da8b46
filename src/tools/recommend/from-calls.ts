/**
 * The least that a grant's recorded calls needed: the tools that it called and was let through to, each as often as it
 * called them and half as much again. All else is closed.
 *
 * Arguments are not looked at: what they happened to be is no rule. It must never open a tool that runs others, since
 * the record does not say which it ran.
 */
import { bareObject, type JsonObject } from "../../json/value.ts";
import { isGlob } from "../../policy/glob.ts";
import { RATE_LIMIT_SPACE } from "../../policy/limit.ts";
import { metaToolOf } from "../../policy/meta-tool.ts";
import type { ToolClass } from "../classify/class.ts";
import { classify } from "../classify/classify.ts";
import { boundedCases } from "./bounded-cases.ts";
import { type Bound, bindingOf, boundFor, type Peaks, peaksOf, SPANS } from "./peaks.ts";
import type { Left } from "./ruling.ts";

/** `at` is in Unix milliseconds; `effect` as the audit log has it. */
export type RecordedCall = { readonly tool: string; readonly at: number; readonly effect: string };

export type Needed = {
  readonly tool: string;
  /** Of its name: nothing else is known here. */
  readonly class: ToolClass;
  readonly calls: number;
  readonly peaks: Peaks;
  readonly limits: readonly Bound[];
};

export type Refused = { readonly tool: string; readonly effect: string; readonly calls: number };

export type Least = {
  readonly document: JsonObject;
  readonly cases: readonly JsonObject[];
  /** By name. */
  readonly needed: readonly Needed[];
  /** What was asked for and refused, the most frequent first. */
  readonly refused: readonly Refused[];
  /** What was called, and has no entry. */
  readonly left: readonly Left[];
};

export type LeastOptions = {
  readonly description: string;
  /** Whether more than its name says that the tool runs others: the policy that they were made under, or its schema. */
  readonly unwraps: (tool: string) => boolean;
};

export function leastFor(calls: readonly RecordedCall[], { description, unwraps }: LeastOptions): Least {
  const passed = [...Map.groupBy(calls.filter(isPassed), ({ tool }) => tool)].sort(([a], [b]) => (a < b ? -1 : 1));
  const whyNot = (tool: string): string | undefined => {
    if (tool === "" || isGlob(tool)) return 'no entry can name it: "*" stands for any characters';
    if (!unwraps(tool) && metaToolOf({ name: tool }) === undefined) return undefined;
    return "it runs other tools, and the record does not say which: write its entry by hand";
  };
  const left = passed.flatMap(([name]) => {
    const why = whyNot(name);
    return why === undefined ? [] : [{ name, why }];
  });
  const needed = passed.filter(([tool]) => whyNot(tool) === undefined).map(([tool, made]) => neededFor(tool, made));
  const entries = bareObject();
  for (const each of needed) entries[each.tool] = entryFor(each);
  const document: JsonObject = Object.assign(bareObject(), {
    version: "1",
    description,
    default: "deny",
    tools: entries,
  });
  return { document, cases: [...needed.flatMap(boundedCases), CLOSED], needed, refused: refusedIn(calls), left };
}

/** No tool can be named so: it would be a glob. */
const CLOSED: JsonObject = {
  name: "a tool that was not called is denied",
  call: { tool: "any other *" },
  expect: { effect: "deny", rule: "(default deny)" },
};

function isPassed({ effect }: RecordedCall): boolean {
  return effect === "allow";
}

function neededFor(tool: string, calls: readonly RecordedCall[]): Needed {
  const peaks = peaksOf(calls.map(({ at }) => at));
  const limits = bindingOf(SPANS.map((window) => ({ window, max: boundFor(peaks[window]) })));
  return { tool, class: classify({ name: tool }).class, calls: calls.length, peaks, limits };
}

function entryFor({ tool, class: toolClass, calls, peaks, limits }: Needed): JsonObject {
  const times = calls === 1 ? "once" : `${calls} times`;
  const most = SPANS.map((window) => `${peaks[window]} in ${window === "hour" ? "an" : "a"} ${window}`).join(", ");
  const look =
    toolClass === "read" || toolClass === "write" ? "" : ` By its name it is ${toolClass}: look at this one.`;
  const counter = counterOf(tool);
  return {
    description: `Called ${times}: at most ${most}.${look}`,
    limits: limits.map(({ window, max }) => ({ counter, window, max })),
  };
}

function counterOf(tool: string): string {
  return tool.startsWith(RATE_LIMIT_SPACE) ? `of ${tool}` : tool;
}

function refusedIn(calls: readonly RecordedCall[]): readonly Refused[] {
  const groups = Map.groupBy(
    calls.filter((call) => !isPassed(call)),
    ({ tool, effect }) => JSON.stringify([tool, effect]),
  );
  const refused = [...groups.values()].flatMap(([first, ...more]) =>
    first === undefined ? [] : [{ tool: first.tool, effect: first.effect, calls: more.length + 1 }],
  );
  return refused.sort((a, b) => b.calls - a.calls || (a.tool < b.tool ? -1 : 1));
}
