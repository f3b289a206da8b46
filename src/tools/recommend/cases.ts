/**
 * Cases for a recommended policy: each of its rules is reached by one, and each bound stands between two, so that no
 * rule can be loosened or taken out unnoticed (`policy test --mutate`).
 */

import type { JsonObject } from "../../json/value.ts";
import { callOf, freeName, limitOf, pointer, type Shown } from "./case.ts";
import { isChecked } from "./entry.ts";
import { exampleFor, misfitFor } from "./example.ts";
import { innerCases } from "./inner-cases.ts";
import { type Left, LONGEST_NAME, type Ruling } from "./ruling.ts";

export function casesFor(
  rulings: readonly Ruling[],
  left: readonly Left[],
  strict: boolean,
): { readonly cases: readonly JsonObject[]; readonly unshown: readonly string[] } {
  const shown = rulings.map((ruling) => shownAs(ruling, strict));
  const unshown = shown.flatMap(({ ruling, call }) => (call === undefined ? [ruling.name] : []));
  const cases = [
    ...shown.flatMap((each) => casesOf(each, strict)),
    ...sharedCases(shown),
    ...innerCases(shown),
    ...left
      .filter(({ name }) => name !== "" && name.length <= LONGEST_NAME)
      .map(({ name }) => unlisted(name, `${name} is not listed, so it is denied`)),
    unlisted(freeName(shown), "a tool that is not listed is denied"),
  ];
  return { cases, unshown };
}

function shownAs(ruling: Ruling, strict: boolean): Shown {
  if (!isChecked(ruling.rule, strict)) return { ruling, call: callOf(ruling.name) };
  const args = exampleFor(ruling.schema);
  return { ruling, call: args === undefined ? undefined : callOf(ruling.name, args) };
}

function casesOf({ ruling, call }: Shown, strict: boolean): JsonObject[] {
  const { name, rule } = ruling;
  const checked = isChecked(rule, strict) ? uncheckedCases(ruling) : [];
  if (call === undefined) return checked;
  switch (rule.kind) {
    case "open":
      return [{ name: `${name} is open`, call, expect: { effect: "allow" } }, ...checked];
    case "limited": {
      const { max } = rule;
      return [
        { name: `${name} passes ${max} times a minute`, call, times: max, expect: { effect: "allow" } },
        { name: `${name} is refused after that`, call, times: max + 1, expect: limitOf(ruling) },
        ...checked,
      ];
    }
    case "hidden":
      return [{ name: `${name} is hidden`, call, expect: { effect: "hide" } }];
    case "denied":
      return [
        {
          name: `${name} is denied`,
          call,
          expect: { effect: "deny", rule: pointer(name, "action"), text: rule.reason },
        },
      ];
    case "unwrapped":
      return [];
  }
}

function uncheckedCases({ name, schema }: Ruling): JsonObject[] {
  const args = misfitFor(schema);
  if (args === undefined) return [];
  const expect = { effect: "deny", rule: pointer(name, "arguments") };
  return [{ name: `${name} takes nothing that its schema does not`, call: callOf(name, args), expect }];
}

/** Of each counter that tools share: what one of them took is missing for the next. */
function sharedCases(shown: readonly Shown[]): JsonObject[] {
  const sharing = Map.groupBy(shown, ({ ruling: { rule } }) => (rule.kind === "limited" ? rule.counter : undefined));
  return [...sharing].flatMap(([counter, members]) => {
    const [first, second] = members.filter(({ call }) => call !== undefined);
    if (counter === undefined || first?.call === undefined || second?.call === undefined) return [];
    if (first.ruling.rule.kind !== "limited") return [];
    return [
      {
        name: `${second.ruling.name} counts with ${first.ruling.name} as one of the ${counter}`,
        before: [{ call: first.call, times: first.ruling.rule.max }],
        call: second.call,
        expect: limitOf(second.ruling),
      },
    ];
  });
}

function unlisted(tool: string, name: string): JsonObject {
  return { name, call: { tool }, expect: { effect: "deny", rule: "(default deny)" } };
}
