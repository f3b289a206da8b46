/**
 * A policy changed in one rule at a time: what its cases should notice. Pure.
 *
 * Works on the document as written, so that each mutant is a document that someone could have written by mistake. Some
 * are none (a `max` of 0); whoever runs them finds that out by reading them.
 */
import { child } from "../../json/pointer.ts";
import { isObject, type Json } from "../../json/value.ts";
import { type Edit, edited, inside, itemsOf, type Way } from "./edit.ts";
import { conditionEdits } from "./mutate-condition.ts";
import { movedRate, neighbours } from "./mutate-number.ts";

/** `owner` is what the changed rule belongs to: `/tools/…`, `/hide/…`, `/all_tools` or `/default`. */
export type Mutant = {
  readonly pointer: string;
  readonly owner: string;
  readonly change: string;
  readonly document: Json;
};

/** Lazily: a large policy has ten thousands of mutants, each a document. */
export function* mutants(document: Json): Generator<Mutant, void> {
  for (const { way, change, to } of editsOf(document)) {
    const pointer = way.reduce<string>(child, "");
    const [top] = way;
    const owner = way.slice(0, top === "tools" || top === "hide" ? 2 : 1).reduce<string>(child, "");
    yield { pointer, owner, change, document: edited(document, way, to) };
  }
}

function editsOf(document: Json): Edit[] {
  const at = (key: string): Json | undefined => inside(document, key);
  const { tools } = isObject(document) ? document : {};
  return [
    flipped(["default"], at("default"), { deny: "allow", allow: "deny" }),
    itemsOf(at("hide")).map(([, index]) => dropped(["hide", index], "hide entry")),
    ruleEdits(at("all_tools"), ["all_tools"]),
    isObject(tools) ? Object.keys(tools).map((name) => entryEdits(tools[name], ["tools", name])) : [],
  ].flat(2);
}

const OTHER_ACTION = { allow: "deny", deny: "allow", hide: "allow", require_approval: "allow" };

function entryEdits(entry: Json | undefined, way: Way): Edit[] {
  const at = (field: string): Json | undefined => (entry === undefined ? undefined : inside(entry, field));
  const approval = at("approval");
  const rate = at("rate_limit");
  const when = approval === undefined ? undefined : inside(approval, "when");
  return [
    [dropped(way, "tool entry")],
    flipped([...way, "action"], at("action"), OTHER_ACTION),
    ruleEdits(entry, way),
    rate === undefined ? [] : [...movedRate(rate, [...way, "rate_limit"]), dropped([...way, "rate_limit"], "limit")],
    at("unwrap") === undefined ? [] : [dropped([...way, "unwrap"], "unwrap")],
    approval === undefined ? [] : [dropped([...way, "approval"], "approval")],
    itemsOf(when).flatMap(([each, index]) => {
      const here = [...way, "approval", "when", index];
      return [dropped(here, "condition"), ...conditionEdits(each, here)];
    }),
  ].flat();
}

function ruleEdits(rules: Json | undefined, way: Way): Edit[] {
  const at = (field: string): Json | undefined => (rules === undefined ? undefined : inside(rules, field));
  return [
    (["deny_if", "require"] as const).flatMap((kind) =>
      itemsOf(at(kind)).flatMap(([wall, index]) => wallEdits(wall, kind, [...way, kind, index])),
    ),
    flipped([...way, "arguments"], at("arguments"), { strict: "open" }),
    itemsOf(at("limits")).flatMap(([limit, index]) => limitEdits(limit, [...way, "limits", index])),
  ].flat();
}

function wallEdits(wall: Json, kind: "deny_if" | "require", way: Way): Edit[] {
  const conditions = itemsOf(inside(wall, "conditions"));
  // A `require` without conditions requires nothing: that is the wall dropped, once more.
  const removable = kind === "deny_if" || conditions.length > 1;
  return [
    dropped(way, "wall"),
    ...conditions.flatMap(([condition, index]) => {
      const here = [...way, "conditions", index];
      return [...(removable ? [dropped(here, "condition")] : []), ...conditionEdits(condition, here)];
    }),
  ];
}

function limitEdits(limit: Json, way: Way): Edit[] {
  return [...neighbours(inside(limit, "max"), [...way, "max"], "max"), dropped(way, "limit")];
}

function flipped(way: Way, value: Json | undefined, words: Readonly<Record<string, string>>): Edit[] {
  const other = typeof value === "string" && Object.hasOwn(words, value) ? words[value] : undefined;
  return other === undefined ? [] : [{ way, change: `${way.at(-1)} ${value} → ${other}`, to: () => other }];
}

function dropped(way: Way, what: string): Edit {
  return { way, change: `${what} dropped`, to: () => undefined };
}
