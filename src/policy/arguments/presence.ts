/** Keywords about which members an object must have, how many, and which go together. */
import { isObject, type Json, type JsonObject, member } from "../../json/value.ts";
import { type Check, type Keywords, type Maker, malformed } from "./check.ts";
import { type Fault, unfit, type Where, within } from "./fault.ts";
import { countOf } from "./numbers.ts";
import { type Run, spend } from "./run.ts";
import { typeWanted } from "./values.ts";

const required: Maker = (given, schema) => {
  const names = namesIn(given);
  if (names === undefined) return malformed("required");
  return (value, where, run) => (isObject(value) ? missing(names, value, where, run, schema) : undefined);
};

function missing(
  names: readonly string[],
  value: JsonObject,
  where: Where,
  run: Run,
  schema: JsonObject,
): Fault | undefined {
  const key = spend(run, names.length) ? names.find((each) => !Object.hasOwn(value, each)) : undefined;
  if (key === undefined) return undefined;
  const properties = member(schema, "properties");
  const property = isObject(properties) ? member(properties, key) : undefined;
  const wants = isObject(property) ? typeWanted(member(property, "type")) : undefined;
  return { kind: "absent", where: within(where, key), wants };
}

function namesIn(given: Json | undefined): readonly string[] | undefined {
  return Array.isArray(given) && given.every((each) => typeof each === "string") ? given : undefined;
}

function memberCount(keyword: string, fitting: (count: number, bound: number) => boolean, says: string): Maker {
  return (given) => {
    const bound = countOf(given);
    if (bound === undefined) return malformed(keyword);
    const wants = `an object of ${says} ${bound} ${bound === 1 ? "member" : "members"}`;
    return (value, where, run) => {
      const count = isObject(value) ? Object.keys(value).length : undefined;
      return count === undefined || !spend(run, count) || fitting(count, bound)
        ? undefined
        : unfit(where, value, wants);
    };
  };
}

/** `dependentRequired`, `dependentSchemas`, and `dependencies`, which was both before 2019. */
function dependent(keyword: string, allowed: "names" | "schemas" | "both"): Maker {
  return (given, schema, document) => {
    if (!isObject(given)) return malformed(keyword);
    const rules: (readonly [string, Check])[] = [];
    for (const key of Object.keys(given)) {
      const rule = given[key] ?? null;
      const names = allowed === "schemas" ? undefined : namesIn(rule);
      if (names === undefined && allowed === "names") return malformed(keyword);
      const check: Check = (value, where, run) =>
        isObject(value) ? missing(names ?? [], value, where, run, schema) : undefined;
      rules.push([key, names === undefined ? document.check(rule) : check]);
    }
    return (value, where, run) => {
      if (!isObject(value) || !spend(run, rules.length)) return undefined;
      for (const [key, check] of rules) {
        const fault = Object.hasOwn(value, key) ? check(value, where, run) : undefined;
        if (fault !== undefined) return fault;
      }
      return undefined;
    };
  };
}

export const PRESENCE: Keywords = [
  ["required", required],
  ["minProperties", memberCount("minProperties", (count, bound) => count >= bound, "at least")],
  ["maxProperties", memberCount("maxProperties", (count, bound) => count <= bound, "at most")],
  ["dependentRequired", dependent("dependentRequired", "names")],
  ["dependentSchemas", dependent("dependentSchemas", "schemas")],
  ["dependencies", dependent("dependencies", "both")],
];
