/**
 * What a grant's ledger writes down of a call: its decision and its ending, as the canonical JSON that goes into the
 * audit trail as it stands. Pure.
 *
 * A client chooses many of these texts; it must not choose how much is stored. Tokens and credentials must never come
 * near it, and of arguments only what the gate made of them by the policy's choice.
 */
import type { CounterState, Decided, Ended } from "../audit/record.ts";
import type { GrantRecord } from "../grant/record.ts";
import { formatMillionths } from "../json/decimal.ts";
import type { Outcome } from "./joint.ts";
import type { Demand, JournalEntry, Settlement, TakeRequest } from "./protocol.ts";

const LONGEST_TEXT = 512;
const LONGEST_ARGUMENTS = 65_536;
/** A policy may put thousands of limits on one tool. */
const MOST_COUNTERS = 100;

/** With nothing where a member may be left out. */
type Draft<T> = { readonly [K in keyof T]: T[K] | undefined };

/**
 * A decision as `Decided`, once the counters have spoken. Every call waits for this: members are written down in
 * canonical order, since sorting them would take four times as long.
 */
export function decidedText(at: number, grant: GrantRecord, request: TakeRequest, outcome: Outcome): string {
  const entry = judged(request, outcome);
  const counters = statesOf(request, outcome);
  const policy = entry.policy === undefined ? null : grant.policy;
  const text = JSON.stringify({
    at,
    bytes: entry.bytes,
    counters: counters.length > 0 ? counters : undefined,
    effect: clip(entry.effect),
    era: clip(entry.era),
    grant: grant.id,
    label: clip(grant.label),
    method: clip(entry.method),
    policy: policy === null ? undefined : { name: policy.name, version: policy.version },
    request: clip(entry.request),
    rule: maybe(entry.rule),
    server: grant.server,
    tool: maybe(entry.tool),
    trace: maybe(entry.trace),
  } satisfies Draft<Omit<Decided, "arguments">>);
  // Canonical text goes into canonical text as it is: this member comes before all others.
  return isRecordable(entry.arguments) ? `{"arguments":${entry.arguments},${text.slice(1)}` : text;
}

/** An ending as `Ended`. */
export function endedText(at: number, { status, latencyMs, bytes }: Settlement, gaveBack: boolean): string {
  return JSON.stringify({ at, bytes, gaveBack: gaveBack || undefined, latencyMs, status } satisfies Draft<Ended>);
}

/** Whether an ending is to be expected: of calls that were let through, and of no others. */
export function isLetThrough({ entry }: TakeRequest, outcome: Outcome): boolean {
  return outcome.kind === "taken" && entry?.effect === "allow";
}

function judged({ entry, demands }: TakeRequest, outcome: Outcome): JournalEntry {
  if (entry === null) throw new TypeError("a look that leaves no trace is not written down");
  switch (outcome.kind) {
    case "taken":
      return entry;
    case "limited":
      return { ...entry, effect: "limit", rule: demandAt(demands, outcome.demand).rule };
    case "failed":
      return { ...entry, effect: "deny", rule: "(failed closed)" };
  }
}

function statesOf({ demands, session }: TakeRequest, outcome: Outcome): CounterState[] {
  const state = ({ counter, scope, window }: Demand, used: bigint, max: bigint): CounterState => ({
    counter: clip(counter),
    max: formatMillionths(max),
    scope: scope === "session" && (session ?? null) === null ? "grant" : scope,
    used: formatMillionths(used),
    window: String(window),
  });
  if (outcome.kind === "failed") return [];
  if (outcome.kind === "limited") return [state(demandAt(demands, outcome.demand), outcome.used, outcome.max)];
  const counts = outcome.counts.slice(0, MOST_COUNTERS);
  return counts.map(({ used, max }, at) => state(demandAt(demands, at), used, max));
}

function demandAt(demands: readonly Demand[], at: number): Demand {
  const demand = demands[at];
  if (demand === undefined) throw new RangeError("no such demand in this call");
  return demand;
}

/** What is not JSON would be refused wherever the trail goes, for ever, and everything behind it would wait. */
function isRecordable(text: string | undefined): text is string {
  if (text === undefined || text.length > LONGEST_ARGUMENTS) return false;
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function maybe(text: string | undefined): string | undefined {
  return text === undefined ? undefined : clip(text);
}

function clip(text: string): string {
  return text.length <= LONGEST_TEXT ? text : `${text.slice(0, LONGEST_TEXT - 1)}…`;
}
