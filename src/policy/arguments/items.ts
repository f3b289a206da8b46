/** Keywords about lists. A list of schemas in `items` is what `prefixItems` was before 2020. */
import { samenessText } from "../../json/sameness.ts";
import { type Json, member } from "../../json/value.ts";
import { attempt } from "./branches.ts";
import { type Check, type Keywords, type Maker, malformed } from "./check.ts";
import { type Fault, unfit, type Where, within } from "./fault.ts";
import { countOf } from "./numbers.ts";
import { type Run, spend, stop, weightOf } from "./run.ts";
import { seenItems } from "./trail.ts";

const items: Maker = (_given, schema, document) => {
  const written = member(schema, "items");
  const prefix = member(schema, "prefixItems") ?? (Array.isArray(written) ? written : []);
  const rest = Array.isArray(written) ? member(schema, "additionalItems") : written;
  if (!Array.isArray(prefix) || (Array.isArray(written) && prefix !== written)) return malformed("items");
  const first = prefix.map((each) => document.check(each));
  const others = rest === undefined ? undefined : document.check(rest);
  return (value, where, run) => {
    if (!Array.isArray(value)) return undefined;
    const upTo = others === undefined ? Math.min(first.length, value.length) : value.length;
    for (let index = 0; index < upTo; index++) {
      const fault = spend(run, 1) ? itemFault(first[index] ?? others, value, index, where, run) : undefined;
      if (fault !== undefined || run.stopped !== undefined) return fault;
    }
    const seen = upTo === value.length ? "all" : Array.from({ length: upTo }, (_, index) => index);
    run.trail.push({ kind: "items", of: value, seen });
    return undefined;
  };
};

function itemFault(check: Check | undefined, list: Json[], index: number, where: Where, run: Run): Fault | undefined {
  return check?.(list[index] ?? null, within(where, index), run);
}

const contains: Maker = (given, schema, document) => {
  const least = countOf(member(schema, "minContains") ?? 1);
  const most = countOf(member(schema, "maxContains") ?? Number.MAX_SAFE_INTEGER);
  if (least === undefined || most === undefined) return malformed("contains");
  const check = document.check(given);
  const wants = `a list with at least ${least}${most < Number.MAX_SAFE_INTEGER ? ` and at most ${most}` : ""} of certain items`;
  return (value, where, run) => {
    if (!Array.isArray(value)) return undefined;
    const seen: number[] = [];
    for (let index = 0; index < value.length && spend(run, 1); index++) {
      const fits = attempt(check, value[index] ?? null, within(where, index), run) === undefined;
      if (fits) seen.push(index);
    }
    if (seen.length < least || seen.length > most) return unfit(where, value, wants);
    run.trail.push({ kind: "items", of: value, seen });
    return undefined;
  };
};

const unevaluated: Maker = (given, _schema, document) => {
  const check = document.check(given);
  return (value, where, run, from) => {
    if (!Array.isArray(value) || !spend(run, run.trail.length - from)) return undefined;
    const before = seenItems(run, from, value);
    if (before === "all") return undefined;
    for (let index = 0; index < value.length && spend(run, 1); index++) {
      const fault = before.has(index) ? undefined : itemFault(check, value, index, where, run);
      if (fault !== undefined) return fault;
    }
    run.trail.push({ kind: "items", of: value, seen: "all" });
    return undefined;
  };
};

function itemCount(keyword: string, fitting: (count: number, bound: number) => boolean, says: string): Maker {
  return (given) => {
    const bound = countOf(given);
    if (bound === undefined) return malformed(keyword);
    const wants = `a list of ${says} ${bound} ${bound === 1 ? "item" : "items"}`;
    return (value, where) =>
      !Array.isArray(value) || fitting(value.length, bound) ? undefined : unfit(where, value, wants);
  };
}

const uniqueItems: Maker = (given) => {
  if (given === false) return undefined;
  if (given !== true) return malformed("uniqueItems");
  return (value, where, run) => {
    if (!Array.isArray(value) || !spend(run, 8 * weightOf(value))) return undefined;
    const texts = value.map(samenessText);
    if (texts.includes(undefined)) stop(run, "a number is too long to be compared");
    return new Set(texts).size === value.length ? undefined : unfit(where, value, "a list without repetitions");
  };
};

export const ITEMS: Keywords = [
  ["minItems", itemCount("minItems", (count, bound) => count >= bound, "at least")],
  ["maxItems", itemCount("maxItems", (count, bound) => count <= bound, "at most")],
  ["prefixItems", items],
  ["items", (given, schema, document) => (member(schema, "prefixItems") ? undefined : items(given, schema, document))],
  ["contains", contains],
  ["uniqueItems", uniqueItems],
];

/** To be checked behind all others of a schema. */
export const UNEVALUATED_ITEMS: Keywords = [["unevaluatedItems", unevaluated]];
