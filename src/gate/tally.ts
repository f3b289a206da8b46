/** What is counted of a decided message when it has ended. Only measures hang on it, never a decision. */
import { count } from "../observe/metrics.ts";
import type { Subject } from "../observe/subject.ts";
import type { Way } from "./way.ts";

export type Ended = {
  /** HTTP status of the upstream; null when it gave none, left out when it was not asked. */
  readonly status?: number | null;
  /** The answer's size in bytes, or the gateway's own answer. */
  readonly answer: number | string | null;
};

/** Null is not counted: what leaves no row in the journal. */
export function measured({ env, arrivedAt }: Way, subject: Subject | null, { answer, ...ended }: Ended): void {
  if (env.GRANTGATE_METRICS === undefined || subject === null) return;
  count(env, subject, {
    ...ended,
    latencyMs: Date.now() - arrivedAt,
    answerBytes: typeof answer === "string" ? new TextEncoder().encode(answer).byteLength : (answer ?? 0),
  });
}
