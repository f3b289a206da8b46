/**
 * One data point for every decided message, when it has ended, in Workers Analytics Engine. It is there to be added up:
 * it may be sampled, and counts and limits must never hang on it.
 */
import type { Subject } from "./subject.ts";

/** How it ended. */
export type Measures = {
  /** HTTP status of the upstream; null when it gave none, left out when it was not asked. */
  readonly status?: number | null;
  /** From the message's arrival to its end, in milliseconds. */
  readonly latencyMs: number;
  readonly answerBytes: number;
};

/** What a binding to Analytics Engine is for; without one nothing is counted. */
export type Meter = { readonly GRANTGATE_METRICS?: AnalyticsEngineDataset };

const LONGEST = 256;

/** The order of blobs and doubles is what queries go by: new ones go to the end. */
export function count({ GRANTGATE_METRICS: dataset }: Meter, subject: Subject, measures: Measures): void {
  const { grant, server, method, tool, era, effect, rule, policy, bytes = 0 } = subject;
  const { status, latencyMs, answerBytes } = measures;
  try {
    dataset?.writeDataPoint({
      indexes: [grant],
      blobs: [server, method, tool ?? "", era, effect, rule ?? "", policy?.name ?? "", classOf(status)].map((text) =>
        text.slice(0, LONGEST),
      ),
      doubles: [1, latencyMs, bytes, answerBytes],
    });
  } catch {
    // A call never fails for its measures.
  }
}

function classOf(status: number | null | undefined): string {
  if (status === undefined) return "not asked";
  return status === null ? "none" : `${Math.floor(status / 100)}xx`;
}
