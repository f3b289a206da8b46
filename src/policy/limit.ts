/** What a call asks of the counters. The counters themselves are the ledger's. */
import { formatMillionths, millionthsOf } from "../json/decimal.ts";
import { isNumber } from "../json/value.ts";
import { type Call, follow } from "./call.ts";
import type { Align, Limit, RateLimit, Scope } from "./document.ts";
import { pathLabel } from "./label.ts";
import { type Path, readPath } from "./path.ts";
import { quoted, shownWithType } from "./quote.ts";
import type { Window } from "./window.ts";

/** One counter to be taken from. `max` and `amount` are in millionths, so that six decimal places are exact. */
export type LimitDemand = {
  readonly rule: string;
  readonly counter: string;
  readonly window: Window;
  readonly align: Align;
  readonly scope: Scope;
  readonly max: bigint;
  readonly amount: bigint;
};

export type CompiledLimit = Omit<LimitDemand, "amount"> & { readonly amount: bigint | Path };

export type Demanded =
  | { readonly ok: true; readonly demand: LimitDemand }
  | { readonly ok: false; readonly rule: string; readonly text: string };

const UNIT = 1_000_000n;

/** Above every `max` there can be (10^12), for amounts too large to be worth counting out. */
const ABOVE_EVERY_MAX = 10n ** 13n * UNIT;

/** What stands before the counter of a `rate_limit`, whose names are a space of their own. No other name may begin so. */
export const RATE_LIMIT_SPACE = "rate_limit ";

/** The counter's name as the author knows it: of a `rate_limit`, the entry's key. */
export function counterLabel(counter: string): string {
  return counter.startsWith(RATE_LIMIT_SPACE) ? counter.slice(RATE_LIMIT_SPACE.length) : counter;
}

export function compileLimit(limit: Limit, rule: string): CompiledLimit {
  return {
    rule,
    counter: limit.counter,
    window: limit.window,
    align: limit.align,
    scope: limit.scope,
    max: BigInt(limit.max) * UNIT,
    amount: amountOf(limit.increment),
  };
}

const PLAIN = { scope: "grant", align: "calendar", increment: 1 } as const;

export function compileRateLimit(limit: RateLimit, key: string, rule: string): CompiledLimit {
  return compileLimit({ ...limit, ...PLAIN, counter: RATE_LIMIT_SPACE + key }, rule);
}

export function demand(limit: CompiledLimit, call: Call): Demanded {
  if (typeof limit.amount === "bigint") return { ok: true, demand: { ...limit, amount: limit.amount } };
  const path = limit.amount;
  const label = pathLabel(path);
  const [end] = follow(path, call);
  if (end?.kind !== "value") return no(limit, `${label} is absent`);
  if (!isNumber(end.value)) return no(limit, `${label} is ${shownWithType(end.value)}`);
  const amount = millionthsOf(end.value);
  switch (amount.kind) {
    case "amount":
      return { ok: true, demand: { ...limit, amount: amount.millionths } };
    case "huge":
      return { ok: true, demand: { ...limit, amount: ABOVE_EVERY_MAX } };
    default:
      return no(limit, `${label} is ${shownWithType(end.value)}`);
  }
}

function no(limit: CompiledLimit, why: string): Demanded {
  const text = `${why}; the limit ${quoted(counterLabel(limit.counter))} counts it (at most ${formatMillionths(limit.max)}), so it has to be a number of 0 or more with at most six decimal places.`;
  return { ok: false, rule: limit.rule, text };
}

function amountOf(increment: Limit["increment"]): bigint | Path {
  if (isNumber(increment)) {
    const amount = millionthsOf(increment);
    return amount.kind === "amount" ? amount.millionths : ABOVE_EVERY_MAX;
  }
  const path = readPath(increment.from);
  return path.ok ? path.path : ABOVE_EVERY_MAX;
}
