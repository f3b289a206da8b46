/** Limits that can never bind, because another limit on the same counter always binds before. */
import { equalJson } from "../../json/equal.ts";
import { isNumber } from "../../json/value.ts";
import type { Limit } from "../document.ts";
import { below, note, pointerOf, type Spot } from "../problem.ts";
import { quoted } from "../quote.ts";
import { entriesIn, type Survey, sharedIn } from "./survey.ts";

type Placed = { readonly limit: Limit; readonly spot: Spot };

/** The limits that the calls of one entry take from together. */
type Together = readonly Placed[];

export function idleLimits(survey: Survey): void {
  const shared = placedIn(survey.document.allTools.limits, sharedIn(survey).spot);
  const taking = entriesIn(survey).filter(({ entry }) => entry.action !== "deny" && entry.action !== "hide");
  const own = taking.map(({ rules, spot }) => placedIn(rules.limits, spot));
  const lists: readonly Together[] = [...own.map((each) => [...shared, ...each]), shared];
  const taken = Map.groupBy(
    lists.flatMap((list) => list.map(({ limit }) => ({ counter: identityOf(limit), list }))),
    ({ counter }) => counter,
  );
  const bounds = new Map<string, number | undefined>();
  const boundBy = (other: Limit, idle: Limit): number | undefined => {
    const key = `${identityOf(other)} ${identityOf(idle)}`;
    if (!bounds.has(key))
      bounds.set(
        key,
        boundOf(
          other,
          idle,
          (taken.get(identityOf(idle)) ?? []).map((each) => each.list),
        ),
      );
    return bounds.get(key);
  };
  for (const { limit, spot } of [...shared, ...own.flat()]) {
    const [list = []] = (taken.get(identityOf(limit)) ?? []).map((each) => each.list);
    const binding = list.find((other) => limit.max >= (boundBy(other.limit, limit) ?? Number.POSITIVE_INFINITY));
    if (binding === undefined) continue;
    note(
      spot,
      `this limit never refuses a call: ${quoted(pointerOf(binding.spot), 200)} counts the same and refuses before it`,
    );
  }
}

function placedIn(limits: readonly Limit[], owner: Spot): readonly Placed[] {
  return limits.map((limit, index) => ({ limit, spot: below(below(owner, "limits"), index) }));
}

/** What the one limit lets into a window of the other at most; undefined when some call takes from that one alone. */
function boundOf(other: Limit, idle: Limit, lists: readonly Together[]): number | undefined {
  if (other.counter !== idle.counter || identityOf(other) === identityOf(idle)) return undefined;
  if (WIDTH[other.scope] < WIDTH[idle.scope]) return undefined;
  let most = 0;
  for (const list of lists) {
    const one = list.find(({ limit }) => identityOf(limit) === identityOf(other))?.limit;
    const two = list.find(({ limit }) => identityOf(limit) === identityOf(idle))?.limit;
    if (one === undefined || two === undefined || !sameIncrement(one, two)) return undefined;
    most = Math.max(most, one.max);
  }
  return most * windowsWithin(other, idle);
}

/** A counter of a wider scope counts all that one of a narrower does. */
const WIDTH = { session: 0, grant: 1, server: 2 } as const;

function sameIncrement({ increment: a }: Limit, { increment: b }: Limit): boolean {
  if (isNumber(a)) return isNumber(b) && equalJson(a, b);
  return !isNumber(b) && a.from === b.from;
}

const DAY = 86_400;
const SECONDS = { second: 1, minute: 60, hour: 3_600, day: DAY, week: 7 * DAY } as const;

function secondsOf({ window }: Limit, month: 28 | 31): number {
  if (window === "month") return month * DAY;
  return typeof window === "number" ? window : SECONDS[window];
}

/** At most so many windows of the one limit does a window of the other touch. */
function windowsWithin(one: Limit, other: Limit): number {
  const [length, span] = [secondsOf(one, 28), secondsOf(other, 31)];
  const fitting = Math.ceil(span / length);
  return one.align === "rolling" || begins(one, other, length, span) ? fitting : fitting + 1;
}

/** Whether the longer of two windows always begins where one of the shorter does. */
function begins(one: Limit, other: Limit, length: number, span: number): boolean {
  if (other.align === "rolling") return false;
  if (one.window === other.window) return true;
  const [shorter, longer] = length < span ? [one, other] : [other, one];
  const [short, long] = [Math.min(length, span), Math.max(length, span)];
  if (!isCounted(shorter)) return false;
  // Weeks and months begin where a day does.
  return (isCounted(longer) ? long : DAY) % short === 0;
}

/** From 1970 on, in windows of one length. */
function isCounted({ window }: Limit): boolean {
  return window !== "week" && window !== "month";
}

function identityOf({ counter, window, scope, align }: Limit): string {
  return JSON.stringify([counter, window, scope, align]);
}
