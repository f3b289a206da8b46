/** How a condition is written: `{path, op, value}`, or a group of conditions. */
import { isObject, type Json } from "../json/value.ts";
import type { Condition } from "./document.ts";
import { words } from "./face.ts";
import { criterionOf, OPERATORS } from "./operator.ts";
import { pathPattern, readPath } from "./path.ts";
import { below, note, type Spot } from "./problem.ts";
import { type Form, list, needed, object, shaped, string, tested, turned, word } from "./shape.ts";

const path: Form<string> = tested(
  string,
  (text) => {
    const read = readPath(text);
    return read.ok ? undefined : read.reason;
  },
  { pattern: pathPattern(true) },
);

const operator = word(OPERATORS);

const leafFields = object("a condition", {
  path: needed(path),
  op: needed(operator),
  value: needed(shaped(words({}), (value) => ({ value }))),
});

const leaf: Form<Condition> = shaped(leafFields.face, (value, spot) => {
  const read = leafFields(value, spot);
  if (isObject(value) && value.value !== undefined) checkValue(value.op, value.value, below(spot, "value"));
  return read && { kind: "leaf", path: read.path, operator: read.op, value: read.value.value };
});

/** Of the fields as written, so that an unfit value is reported beside a mistyped path. */
function checkValue(op: Json | undefined, value: Json, spot: Spot): void {
  const known = OPERATORS.find((each) => each === op);
  if (known === undefined) return;
  const criterion = criterionOf(known, value, false);
  if (!criterion.ok) note(spot, criterion.reason);
}

export const condition: Form<Condition> = shaped(
  () => ({ kind: "either", what: "a condition or group", of: [leaf, groups.all, groups.any, groups.not] }),
  (value, spot) => {
    const group = isObject(value) ? groupOf(Object.keys(value)) : undefined;
    return group === undefined ? leaf(value, spot) : groups[group](value, spot);
  },
);

const conditions = list("conditions", condition);

const groups: Readonly<Record<"all" | "any" | "not", Form<Condition>>> = {
  all: turned(object("a group of all", { all: needed(conditions) }), ({ all }) => ({ kind: "all", of: all })),
  any: turned(object("a group of any", { any: needed(conditions) }), ({ any }) => ({ kind: "any", of: any })),
  not: turned(object("a negation", { not: needed(condition) }), ({ not }) => ({ kind: "not", of: not })),
};

/** A condition with `path`, `op` or `value` is meant as one, whatever else stands in it. */
function groupOf(keys: readonly string[]): "all" | "any" | "not" | undefined {
  if (keys.some((key) => key === "path" || key === "op" || key === "value")) return undefined;
  return (["all", "any", "not"] as const).find((kind) => keys.includes(kind));
}
