/**
 * What changed between a tool's pinned definition and the one last seen, and how much it matters. Pure.
 *
 * Where it can't be told whether a change takes more than before, it counts as if it did.
 */
import { canonicalJson } from "../../json/canonical.ts";
import { child } from "../../json/pointer.ts";
import { type Json, type JsonObject, member } from "../../json/value.ts";
import { steeringIn } from "../steering/steering.ts";
import { annotationChanges } from "./annotations.ts";
import { classChanges, classOf } from "./class-change.ts";
import { schemaChanges } from "./schema-changes.ts";
import { outputChange } from "./schema-direction.ts";
import { named, told } from "./words.ts";

/** From the least to the most. */
export const WEIGHTS = ["low", "medium", "high", "critical"] as const;

export type Weight = (typeof WEIGHTS)[number];

export type ChangeKind =
  | "title"
  | "description"
  | "annotations"
  | "output schema"
  | "schema reworded"
  | "schema narrowed"
  | "schema widened"
  | "schema changed"
  | "default changed"
  | "new required argument"
  | "class raised"
  | "class lowered"
  | "new tool"
  | "vanished"
  | "swapped"
  | "steering text"
  | "other field";

export type Change = {
  readonly kind: ChangeKind;
  readonly weight: Weight;
  /** JSON Pointer (RFC 6901) into the definition; "" is all of it. */
  readonly at: string;
  /** A sentence for people. */
  readonly text: string;
};

/**
 * Null stands for no definition: of a new tool, or one that vanished. Heaviest first. `others` are the names of the
 * server's tools, for finding text about them.
 */
export function changesBetween(
  pinned: JsonObject | null,
  seen: JsonObject | null,
  others: ReadonlySet<string> = NONE,
): readonly Change[] {
  if (seen === null) return pinned === null ? [] : [VANISHED];
  const changes = pinned === null ? [newTool(seen)] : fieldChanges(pinned, seen);
  return heaviestFirst([...changes, ...newSteering(pinned, seen, others)]);
}

const NONE: ReadonlySet<string> = new Set();

const VANISHED: Change = { kind: "vanished", weight: "medium", at: "", text: "The server does not list it any more." };

function heaviestFirst(changes: readonly Change[]): Change[] {
  return changes.toSorted((a, b) => WEIGHTS.indexOf(b.weight) - WEIGHTS.indexOf(a.weight));
}

/** How much the heaviest of them matters; "low" of none. */
export function heaviest(changes: readonly Change[]): Weight {
  return heaviestFirst(changes)[0]?.weight ?? "low";
}

function newTool(seen: JsonObject): Change {
  const { class: toolClass, risk, evidence } = classOf(seen);
  const why = evidence[0]?.text ?? "nothing tells what it does";
  return {
    kind: "new tool",
    weight: risk,
    at: "",
    text: `It was not there before. It is taken for ${toolClass}: ${why}.`,
  };
}

const KNOWN = new Set(["name", "title", "description", "inputSchema", "outputSchema", "annotations", "_meta", "icons"]);

function fieldChanges(pinned: JsonObject, seen: JsonObject): Change[] {
  const before = (key: string) => member(pinned, key);
  const after = (key: string) => member(seen, key);
  const others = [...new Set([...Object.keys(pinned), ...Object.keys(seen)])].filter((key) => !KNOWN.has(key));
  return [
    ...classChanges(pinned, seen),
    ...textChange("title", before("title"), after("title")),
    ...textChange("description", before("description"), after("description")),
    ...annotationChanges(before("annotations"), after("annotations")),
    ...schemaChanges(before("inputSchema"), after("inputSchema")),
    ...outputChange(before("outputSchema"), after("outputSchema")),
    ...others.flatMap((key) => otherChange(key, before(key), after(key))),
  ];
}

function textChange(kind: "title" | "description", before: Json | undefined, after: Json | undefined): Change[] {
  if (same(before, after)) return [];
  const weight = kind === "title" ? "low" : "medium";
  const how = after === undefined ? "is gone" : before === undefined ? "is new" : "is another";
  return [{ kind, weight, at: `/${kind}`, text: `Its ${kind} ${how}.` }];
}

function otherChange(key: string, before: Json | undefined, after: Json | undefined): Change[] {
  if (same(before, after)) return [];
  const text = `Its field ${named(key)} was ${told(before)} and is ${told(after)}.`;
  return [{ kind: "other field", weight: "medium", at: child("", key), text }];
}

/** What steers in the new definition and was not in the pinned one in the same words. */
function newSteering(pinned: JsonObject | null, seen: JsonObject, others: ReadonlySet<string>): Change[] {
  const known = new Set((pinned === null ? [] : steeringIn(pinned, others)).map(({ kind, text }) => `${kind} ${text}`));
  return steeringIn(seen, others)
    .filter(({ kind, text }) => !known.has(`${kind} ${text}`))
    .map(({ at, text }) => ({ kind: "steering text", weight: "critical", at, text }));
}

function same(before: Json | undefined, after: Json | undefined): boolean {
  if (before === undefined || after === undefined) return before === after;
  return canonicalJson(before) === canonicalJson(after);
}
