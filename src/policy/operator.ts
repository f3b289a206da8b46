/** The operators of the language, and the criterion that each makes with a value. */
import type { Json } from "../json/value.ts";
import { cidrCriterion } from "./cidr.ts";
import type { CriterionRead } from "./criterion.ts";
import { lengthCriterion } from "./length.ts";
import { opposite, orderCriterion } from "./order.ts";
import { equalCriterion, existsCriterion, memberCriterion } from "./sameness.ts";
import { affixCriterion, containsCriterion, regexCriterion } from "./text.ts";

export const OPERATORS = [
  "eq",
  "neq",
  "lt",
  "lte",
  "gt",
  "gte",
  "in",
  "not_in",
  "contains",
  "regex",
  "exists",
  "starts_with",
  "ends_with",
  "in_cidr",
  "not_in_cidr",
  "length_lte",
  "length_gte",
] as const;

export type Operator = (typeof OPERATORS)[number];

/**
 * The criterion of an operator with its value, or why that value does not fit. `negated` makes its opposite: `not eq` is
 * `neq`, `not lt` is `gte`, for absent values too.
 */
export function criterionOf(operator: Operator, value: Json, negated: boolean): CriterionRead {
  switch (operator) {
    case "eq":
    case "neq":
      return equalCriterion((operator === "eq") !== negated, value);
    case "in":
    case "not_in":
      return memberCriterion((operator === "in") !== negated, value);
    case "lt":
    case "lte":
    case "gt":
    case "gte":
      return orderCriterion(negated ? opposite(operator) : operator, value);
    case "exists":
      return existsCriterion(value, negated);
    case "contains":
      return containsCriterion(value, negated);
    case "regex":
      return regexCriterion(value, negated);
    case "starts_with":
      return affixCriterion("start", value, negated);
    case "ends_with":
      return affixCriterion("end", value, negated);
    case "in_cidr":
    case "not_in_cidr":
      return cidrCriterion((operator === "in_cidr") !== negated, value);
    case "length_lte":
    case "length_gte":
      return lengthCriterion(operator, value, negated);
  }
}
