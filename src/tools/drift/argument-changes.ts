/** The arguments of a tool, one by one: new, gone, required, or taking something else. */
import { child } from "../../json/pointer.ts";
import { isObject, type Json, type JsonObject, member } from "../../json/value.ts";
import { differences, inWords } from "./differences.ts";
import type { Change } from "./drift.ts";
import { KIND, WEIGHT } from "./schema-changes.ts";
import { type Direction, directionOf } from "./schema-direction.ts";
import { named, told } from "./words.ts";

export function argumentChanges(pinned: JsonObject, seen: JsonObject): Change[] {
  const [before, after] = [propertiesOf(pinned), propertiesOf(seen)];
  const names = [...new Set([...Object.keys(before), ...Object.keys(after), ...requiredIn(seen)])];
  return [...names.flatMap((name) => argumentChange(name, pinned, seen)), ...restChange(pinned, seen)];
}

function argumentChange(name: string, pinned: JsonObject, seen: JsonObject): Change[] {
  const before = member(propertiesOf(pinned), name);
  const after = member(propertiesOf(seen), name);
  const at = child("/inputSchema/properties", name);
  const [wasNeeded, isNeeded] = [isRequired(pinned, name), isRequired(seen, name)];
  if (before === undefined && after !== undefined) {
    const type = isObject(after) ? member(after, "type") : undefined;
    const what = `${named(name)}${type === undefined ? "" : `, ${told(type)}`}`;
    if (isNeeded) return [neededChange(at, `It takes a new argument and must be given it: ${what}.`)];
    return [{ kind: "schema widened", weight: "high", at, text: `It takes a new argument: ${what}.` }];
  }
  if (before !== undefined && after === undefined) {
    // It may still be taken, as one that is not named.
    const direction = restOf(seen) === false ? "narrowed" : "changed";
    return [change(direction, at, `It names the argument ${named(name)} no longer.`)];
  }
  const changes = before === undefined || after === undefined ? [] : valueChange(name, at, before, after, pinned, seen);
  if (isNeeded && !wasNeeded) changes.push(neededChange(at, `The argument ${named(name)} must be given now.`));
  if (wasNeeded && !isNeeded) {
    const text = `The argument ${named(name)} need not be given any more.`;
    changes.push({ kind: "schema widened", weight: "medium", at, text });
  }
  return changes;
}

const SAYS: Readonly<Record<Direction, string>> = {
  same: "takes the same",
  narrowed: "takes less than before",
  widened: "takes more than before",
  changed: "takes something else, or it can't be told what",
};

function valueChange(
  name: string,
  at: string,
  before: Json,
  after: Json,
  pinned: JsonObject,
  seen: JsonObject,
): Change[] {
  const direction = directionOf(before, after, pinned, seen);
  if (direction === "same") return [];
  const deciding = differences(before, after).filter(({ kind }) => kind === "deciding");
  const how = deciding.length === 0 ? "what it refers to changed" : inWords(deciding);
  return [change(direction, at, `The argument ${named(name)} ${SAYS[direction]}: ${how}.`)];
}

function restChange(pinned: JsonObject, seen: JsonObject): Change[] {
  const [before, after] = [restOf(pinned), restOf(seen)];
  const direction = directionOf(before, after, pinned, seen);
  if (direction === "same") return [];
  const text = `Arguments that it does not name were ${restTold(before)} and are ${restTold(after)}.`;
  return [change(direction, "/inputSchema/additionalProperties", text)];
}

function restTold(rest: Json): string {
  if (rest === false) return "not taken";
  return rest === true ? "taken" : `taken where they fit ${told(rest)}`;
}

function restOf(schema: JsonObject): Json {
  return member(schema, "additionalProperties") ?? false;
}

function neededChange(at: string, text: string): Change {
  return { kind: "new required argument", weight: "high", at, text };
}

function change(direction: Direction, at: string, text: string): Change {
  return { kind: KIND[direction], weight: WEIGHT[direction], at, text };
}

function propertiesOf(schema: JsonObject): JsonObject {
  const given = member(schema, "properties");
  return isObject(given) ? given : {};
}

function isRequired(schema: JsonObject, name: string): boolean {
  return requiredIn(schema).includes(name);
}

function requiredIn(schema: JsonObject): readonly string[] {
  const given = member(schema, "required");
  return Array.isArray(given) ? given.filter((each) => typeof each === "string") : [];
}
