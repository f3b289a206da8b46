/** How a condition can be wrong by little: its operator the opposite or the neighbour, one part of a group gone. Pure. */
import type { Json } from "../../json/value.ts";
import { type Edit, inside, itemsOf, type Way } from "./edit.ts";
import { neighbours } from "./mutate-number.ts";

const TURNED: Readonly<Record<string, string>> = {
  gt: "gte",
  gte: "gt",
  lt: "lte",
  lte: "lt",
  eq: "neq",
  neq: "eq",
  in: "not_in",
  not_in: "in",
  in_cidr: "not_in_cidr",
  not_in_cidr: "in_cidr",
};

export function conditionEdits(condition: Json, way: Way): Edit[] {
  for (const group of ["all", "any"] as const) {
    const members = inside(condition, group);
    if (members !== undefined) return groupEdits(members, [...way, group]);
  }
  const negated = inside(condition, "not");
  return negated === undefined ? leafEdits(condition, way) : conditionEdits(negated, [...way, "not"]);
}

function groupEdits(members: Json, way: Way): Edit[] {
  return itemsOf(members).flatMap(([member, index]) => {
    const here = [...way, index];
    return [{ way: here, change: "condition dropped", to: () => undefined }, ...conditionEdits(member, here)];
  });
}

function leafEdits(condition: Json, way: Way): Edit[] {
  const op = inside(condition, "op");
  const value = inside(condition, "value");
  if (typeof op !== "string") return [];
  const turned = Object.hasOwn(TURNED, op) ? TURNED[op] : undefined;
  if (turned !== undefined) return [{ way: [...way, "op"], change: `${op} → ${turned}`, to: () => turned }];
  switch (op) {
    case "exists":
      return [{ way: [...way, "value"], change: `exists ${value} → ${!value}`, to: (old) => !old }];
    case "length_lte":
    case "length_gte":
      return neighbours(value, [...way, "value"], op);
    default:
      return [{ way, change: `${op} → not ${op}`, to: (old) => Object.assign(Object.create(null), { not: old }) }];
  }
}
