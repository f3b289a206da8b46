/**
 * What no field can tell alone: two limits that would share one count by accident, a wall too large to judge.
 *
 * It looks at the document as written, not as read, so that it reports its findings beside all others. A part of the
 * wrong type is left alone here; the schema has reported it.
 */
import { isObject, type Json, type JsonObject } from "../json/value.ts";
import { below, note, onKey, pointerOf, type Spot } from "./problem.ts";
import { quoted } from "./quote.ts";
import { ties } from "./ties.ts";
import { readWindow } from "./window.ts";

const MOST_LEAVES = 100;
export const MOST_TOOLS = 5000;

export function crosscheck(document: Json, spot: Spot): void {
  if (!isObject(document)) return;
  const allTools = document.all_tools;
  const shared = new Map<string, Spot>();
  if (isObject(allTools)) checkRules(allTools, below(spot, "all_tools"), shared);
  const { tools } = document;
  if (!isObject(tools)) return;
  const names = Object.keys(tools);
  if (names.length > MOST_TOOLS)
    note(below(spot, "tools"), `at most ${MOST_TOOLS} tools fit a policy; here are ${names.length}`);
  for (const [glob, other] of ties(names)) {
    note(
      onKey(below(below(spot, "tools"), glob)),
      `this glob and ${quoted(other)} match some of the same names with as many literal characters; make one of them longer`,
    );
  }
  for (const name of names) {
    const entry = tools[name];
    if (isObject(entry)) checkRules(entry, below(below(spot, "tools"), name), new Map(shared));
  }
}

/** `seen`: the identities of limits that apply together, with the place of the first that has each. */
function checkRules(rules: JsonObject, spot: Spot, seen: Map<string, Spot>): void {
  for (const kind of ["deny_if", "require"] as const) {
    for (const [wall, at] of items(rules[kind], below(spot, kind))) {
      const count = isObject(wall) ? leaves(wall.conditions) : 0;
      if (count > MOST_LEAVES) note(at, `at most ${MOST_LEAVES} conditions fit one wall; here are ${count}`);
    }
  }
  const { approval } = rules;
  const asked = isObject(approval) ? leaves(approval.when) : 0;
  if (asked > MOST_LEAVES)
    note(below(spot, "approval"), `at most ${MOST_LEAVES} conditions fit one approval; here are ${asked}`);
  for (const [limit, at] of items(rules.limits, below(spot, "limits"))) {
    const identity = isObject(limit) ? identityOf(limit) : undefined;
    if (identity === undefined) continue;
    const first = seen.get(identity);
    if (first === undefined) seen.set(identity, at);
    else
      note(
        at,
        `this limit would share its count with ${quoted(pointerOf(first), 200)} (same counter, window, align and scope); give one another name`,
      );
  }
}

function items(value: Json | undefined, spot: Spot): readonly (readonly [Json, Spot])[] {
  return Array.isArray(value) ? value.map((item, index) => [item, below(spot, index)] as const) : [];
}

function leaves(value: Json | undefined): number {
  if (Array.isArray(value)) return value.reduce<number>((sum, each) => sum + leaves(each), 0);
  if (!isObject(value)) return 0;
  const inner = value.all ?? value.any ?? value.not;
  return inner === undefined ? 1 : leaves(inner);
}

function identityOf({ counter, window = null, scope = "grant", align = "calendar" }: JsonObject): string | undefined {
  const known = readWindow(window);
  if (typeof counter !== "string" || known === undefined) return undefined;
  return JSON.stringify([counter, known, scope, align]);
}
