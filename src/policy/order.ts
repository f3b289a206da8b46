/** `lt lte gt gte`: numbers by exact value, date-times by instant. */
import { compareNumbers } from "../json/decimal.ts";
import { isNumber, type Json } from "../json/value.ts";
import { type CriterionRead, made, unfit } from "./criterion.ts";
import { compareInstants, readInstant } from "./instant.ts";
import { type Outcome, outcomeOf } from "./outcome.ts";
import { shown, shownWithType } from "./quote.ts";

export type OrderOperator = "lt" | "lte" | "gt" | "gte";

type Sign = -1 | 0 | 1 | undefined;

const ORDERS = {
  lt: { fits: (sign: -1 | 0 | 1) => sign < 0, number: "below", date: "before", opposite: "gte" },
  lte: { fits: (sign: -1 | 0 | 1) => sign <= 0, number: "at most", date: "at or before", opposite: "gt" },
  gt: { fits: (sign: -1 | 0 | 1) => sign > 0, number: "above", date: "after", opposite: "lte" },
  gte: { fits: (sign: -1 | 0 | 1) => sign >= 0, number: "at least", date: "at or after", opposite: "lt" },
} as const;

export function opposite(operator: OrderOperator): OrderOperator {
  return ORDERS[operator].opposite;
}

export function orderCriterion(operator: OrderOperator, bound: Json): CriterionRead {
  const { fits } = ORDERS[operator];
  const judged = (sign: Sign): Outcome => (sign === undefined ? "unknown" : outcomeOf(fits(sign)));
  if (isNumber(bound)) {
    const judge = (value: Json) => judged(isNumber(value) ? compareNumbers(value, bound) : undefined);
    return made({ judge, absent: "fails", ...words(operator, "number", bound), wants: "a number" });
  }
  const instant = typeof bound === "string" ? readInstant(bound) : undefined;
  if (instant === undefined) {
    return unfit(
      `${operator} compares with a number or a date-time like "2026-01-31T00:00:00Z", found ${shownWithType(bound)}`,
    );
  }
  const judge = (value: Json) => {
    const other = typeof value === "string" ? readInstant(value) : undefined;
    return judged(other === undefined ? undefined : compareInstants(other, instant));
  };
  return made({
    judge,
    absent: "fails",
    ...words(operator, "date", bound),
    wants: 'a date-time like "2026-01-31T00:00:00Z"',
  });
}

function words(operator: OrderOperator, kind: "number" | "date", bound: Json): { says: string; denies: string } {
  const order = ORDERS[operator];
  return { says: `is ${order[kind]} ${shown(bound)}`, denies: `is ${ORDERS[order.opposite][kind]} ${shown(bound)}` };
}
